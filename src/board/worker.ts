import type { Outcome, StopCause } from '../outcome/outcome.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import type { SpecId } from '../spec/spec.ts'
import type { AgentUsage, Exit, ProcessIdentity, ProcessRef, Role } from './event.ts'

/** Where a worker stands. `done` is final. */
export type WorkerState =
  | { readonly type: 'queued' }
  | { readonly type: 'preparing' }
  | { readonly type: 'running'; readonly attempt: number }
  /** Between two attempts, without a slot; `until` in epoch ms. */
  | { readonly type: 'waiting'; readonly until: number }
  | { readonly type: 'verifying' }
  | { readonly type: 'finalizing' }
  | { readonly type: 'stopping'; readonly cause: StopCause }
  | { readonly type: 'done'; readonly outcome: Outcome }

/** A stretch of a worker's life, for the timeline. Times are epoch milliseconds; `to` is absent while it lasts. */
export interface Span {
  readonly type: 'preparing' | 'setup' | 'agent' | 'waiting' | 'verifying' | 'finalizing'
  readonly attempt: number
  readonly from: number
  readonly to?: number
}

/** A process we started, from intent to confirmed end. */
export interface TrackedProcess {
  readonly token: string
  readonly specId: SpecId
  readonly role: Role
  readonly attempt: number
  readonly worktree: string
  readonly stdout: string
  readonly stderr: string
  /** Of an agent's process: which one. */
  readonly agent?: string
  /** Epoch ms of the intent. */
  readonly spawningAt: number
  /** Absent between intent and record. */
  readonly identity?: ProcessIdentity
  readonly noted: readonly ProcessRef[]
  /** Those who did not end after SIGKILL; they are still there as long as it is not `gone`. */
  readonly left?: readonly ProcessRef[]
  readonly gone?: {
    readonly exit: Exit
    readonly swept: readonly ProcessRef[]
    readonly killed: boolean
    readonly at: number
  }
}

export interface Worker {
  readonly planned: PlannedWorker
  readonly state: WorkerState
  /** Attempts started so far. */
  readonly attempts: number
  /** Pid of the newest agent process. */
  readonly pid?: number
  readonly spans: readonly Span[]
  /** Epoch ms; from the slot's being given to `worker-done`. */
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly worktree?: string
  /** The branch really used. */
  readonly branch?: string
  readonly base?: string
  readonly start?: string
  readonly specIgnored: boolean
  /** The tree of what `setup` left uncommitted, where it left anything. */
  readonly setupLeft?: string
  readonly commits: readonly string[]
  readonly head?: string
  readonly salvaged: boolean
  readonly branchReturned: boolean
  readonly patch?: string
  readonly patchWithheld?: string
  /** First stop cause; later ones are ignored. */
  readonly stopCause?: StopCause
  /** Newest line of the agent's output and when it came (epoch ms). */
  readonly activity?: { readonly at: number; readonly text: string; readonly lines: number; readonly tools?: number }
  /** The agent of the newest attempt, where accounts have different ones. */
  readonly agent?: string
  /** The account of the newest attempt. */
  readonly account?: string
  /** Each attempt's conversation, the newest last. */
  readonly sessions: readonly string[]
  /** The model that the newest attempt was told to use, empty where it was told none; absent before it. */
  readonly asked?: string
  /** The model that the agent says it uses. */
  readonly model?: string
  /** By attempt. */
  readonly usage: ReadonlyMap<number, AgentUsage>
  /** Attempts that the provider let down. */
  readonly setbacks: readonly Setback[]
  /** It has not printed anything since then (epoch ms), and how busy it was; gone with the next line. */
  readonly quiet?: { readonly since: number; readonly cpuShare: number }
}

/** Processes of a worker that were still there after SIGKILL, when they were last looked at. */
export const leftOf = (processes: Iterable<TrackedProcess>, { planned }: Worker): readonly ProcessRef[] =>
  [...processes].flatMap(({ specId, gone, left = [] }) => (specId === planned.specId && !gone ? left : []))

/** An attempt that ended with its provider, not with the agent's work. */
export interface Setback {
  readonly attempt: number
  readonly account: string
  readonly reason: string
  readonly message: string
}

/** The model of the newest attempt, else the one that is planned; where nobody asked for one, the one that the agent says it uses. */
export const modelOf = ({ planned, asked = planned.model ?? '', model }: Worker): string | undefined =>
  asked === '' ? model : asked
