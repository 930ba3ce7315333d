import type { Conclusion, Outcome, StopCause } from '../outcome/outcome.ts'
import type { Plan } from '../plan/plan.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import type { SpecId } from '../spec/spec.ts'

/** ISO 8601 in UTC with milliseconds. */
export type Timestamp = string

/**
 * A process as the operating system knows it, so that a reused pid is never taken for it.
 * Linux: `start` is field 22 of /proc/<pid>/stat (clock ticks since boot). macOS: the text of `ps -o lstart=`.
 */
export interface ProcessIdentity {
  readonly pid: number
  readonly start: string
  /** /proc/sys/kernel/random/boot_id; empty on macOS. */
  readonly boot: string
  /** `pid:[4026531836]`, the pid namespace; empty on macOS. */
  readonly namespace: string
}

/** pid and start time of a descendant, noted while it ran. Boot and namespace are its ancestor's. */
export interface ProcessRef {
  readonly pid: number
  readonly start: string
}

/** How a process ended, as its parent was told; `unknown` where the parent (we) died first. */
export type Exit =
  | { readonly type: 'code'; readonly code: number }
  | { readonly type: 'signal'; readonly signal: string }
  | { readonly type: 'unknown' }

/** Which command of a worker a process runs. */
export type Role = 'setup' | 'agent' | 'verify'

/** What an agent used. `costUsd` is absent where nobody names a price. */
export interface AgentUsage {
  /** Tokens read, those from a cache among them. */
  readonly input: number
  readonly cached: number
  /** Tokens written, thinking among them. */
  readonly output: number
  readonly costUsd?: number
  /** The cost was computed from a price list, not told by the agent. */
  readonly estimated?: boolean
}

/** What recovery finds: a live process stopped, a dead one's record, one out of reach, saved work, a gate that never opened. */
export type RecoveredKind = 'reaped' | 'stale' | 'lost' | 'salvaged' | 'never-ran'

/** A setting in force, for people: its name, its value, and who decided it (`input model`, `.chant/config.md:5`, `default`). */
export interface Setting {
  readonly name: string
  readonly value: string
  readonly from: string
}

/** Everything about a run that is known before its first worker starts. */
export interface RunInfo {
  /** `<GITHUB_RUN_ID>-<GITHUB_RUN_ATTEMPT>-<GITHUB_JOB>-<GITHUB_ACTION>`, or `local-<time>`. */
  readonly key: string
  readonly mode: 'run' | 'plan'
  readonly version: string
  /** Absolute paths. `project` is the workspace plus `working-directory`. */
  readonly workspace: string
  readonly project: string
  readonly stateDir: string
  readonly main: ProcessIdentity
  /** What workers start from. `name` is a branch, tag or input as a person would say it. */
  readonly base: { readonly sha: string; readonly name: string }
  readonly maxParallel: number
  readonly agent: string
  /** Names of the accounts that agents work on, in their order; one where nobody named any. */
  readonly accounts: readonly string[]
  /** Date of the price list, where costs may be estimated by it. */
  readonly pricesDate?: string
  /** `max-cost-usd`. */
  readonly maxCostUsd?: number
  /** Inputs that differ from their default, for "how this run was started". Values are cleaned of secrets. */
  readonly inputs: Readonly<Record<string, string>>
  /** What decided how specs are worked and who said so. Values are cleaned. Absent in journals of older versions. */
  readonly settings?: readonly Setting[]
  /** Names of environment variables not handed to agents. */
  readonly withheld: readonly string[]
  /** Addresses for links; absent off GitHub. */
  readonly links?: {
    /** `https://github.com/<owner>/<repo>` */ readonly repository: string
    readonly run: string
  }
  /** Nothing was chosen, and on a pull request that means the specs that it adds or changes. */
  readonly changedOnly?: boolean
  /** What check runs are written to: the commit that people look at, and the project directory in the repository, `/` at its end. */
  readonly checks?: { readonly commit: string; readonly prefix: string }
  /** `logs` folder of readable logs, absolute. */
  readonly logsDir: string
}

/** Every fact of a run. Appended to `journal.ndjson` before anybody acts on it or shows it. */
export type EventBody =
  /** First event of every journal. */
  | { readonly type: 'run-started'; readonly run: RunInfo }
  | { readonly type: 'planned'; readonly plan: Plan }
  /** What the linter says of the planned specs, which are worked all the same: how much in all, and the first of it. */
  | { readonly type: 'linted'; readonly total: number; readonly specs: number; readonly found: readonly Diagnostic[] }
  /** A slot was given to this worker; its worktree is being made. */
  | { readonly type: 'worker-preparing'; readonly specId: SpecId }
  /** The worktree stands on `branch`; `start` is the commit the agent's work begins after; `base` is what it was made from. */
  | {
      readonly type: 'worktree-created'
      readonly specId: SpecId
      readonly worktree: string
      readonly branch: string
      readonly base: string
      readonly start: string
      /** git ignores the spec's file, so it is never committed and the finalised copy goes to the artifact. */
      readonly specIgnored: boolean
    }
  /** `setup` left files uncommitted. They are no agent's work: `tree` has them, beside the commit `start`. */
  | { readonly type: 'setup-left'; readonly specId: SpecId; readonly tree: string }
  /** Intent: a gate is about to be spawned. A crash here leaves a gate that exits unrun. */
  | {
      readonly type: 'process-spawning'
      readonly specId: SpecId
      readonly role: Role
      /** 1-based; 0 for setup and verify. */
      readonly attempt: number
      /** The cookie in the process's environment (`CHANT_WORKER_TOKEN`); the key of this process in the journal. */
      readonly token: string
      readonly worktree: string
      /** Raw output files, absolute. */
      readonly stdout: string
      readonly stderr: string
      /** Which agent, and the account it works on; absent for `setup` and `verify`. */
      readonly agent?: string
      readonly account?: string
      /** The model that this agent is told to use; empty where it is told none. */
      readonly model?: string
    }
  /** The gate is recorded and is being opened. */
  | {
      readonly type: 'process-running'
      readonly specId: SpecId
      readonly token: string
      readonly identity: ProcessIdentity
    }
  /** Descendants seen below the process for the first time. */
  | { readonly type: 'process-noted'; readonly token: string; readonly processes: readonly ProcessRef[] }
  /** The process and everything that came from it are confirmed gone. */
  | {
      readonly type: 'process-gone'
      readonly specId: SpecId
      readonly token: string
      readonly exit: Exit
      /** Descendants that outlived it and were stopped by us. */
      readonly swept: readonly ProcessRef[]
      /** Some of them needed SIGKILL. */
      readonly killed: boolean
    }
  /** Some of them did not end after SIGKILL: they are still there, and whoever comes next looks again. */
  | {
      readonly type: 'process-left'
      readonly specId: SpecId
      readonly token: string
      readonly processes: readonly ProcessRef[]
    }
  /** What the agent is doing, bounded: at most one a second for each worker. `text` is one cleaned line. */
  | {
      readonly type: 'agent-activity'
      readonly specId: SpecId
      readonly text: string
      readonly lines: number
      /** Tool calls of this attempt so far, where the agent tells them. */
      readonly tools?: number
    }
  /** The agent's conversation, as its CLI would find it again, and the model that it says it uses. */
  | { readonly type: 'agent-session'; readonly specId: SpecId; readonly session: string; readonly model?: string }
  /** What this attempt has used so far; at most one a second for each worker. */
  | { readonly type: 'agent-usage'; readonly specId: SpecId; readonly attempt: number; readonly usage: AgentUsage }
  /** We stop this attempt, because its agent goes on trying what its provider refuses; recorded before the first signal. */
  | { readonly type: 'attempt-stopping'; readonly specId: SpecId; readonly attempt: number; readonly reason: string }
  /** The provider let the attempt down. What follows is said by `worker-waiting`, or by the worker's end. */
  | {
      readonly type: 'attempt-failed'
      readonly specId: SpecId
      readonly attempt: number
      readonly account: string
      readonly reason: string
      readonly message: string
    }
  /** Another attempt follows, or the first one after all, not before `until`. The worker holds no slot meanwhile. */
  | { readonly type: 'worker-waiting'; readonly specId: SpecId; readonly until: Timestamp }
  /** An account takes fewer processes than it could, is paused, or is not used any more. */
  | {
      readonly type: 'account-changed'
      readonly account: string
      readonly limit: number
      readonly pausedUntil?: Timestamp
      readonly stopped?: 'quota' | 'auth'
      /** What its provider said, where it is stopped. */
      readonly why?: string
    }
  /** No output for half of `stall-minutes`: shown before anything is done about it. `cpuShare` of one core, 0 to 1 and above. */
  | { readonly type: 'agent-quiet'; readonly specId: SpecId; readonly idleMs: number; readonly cpuShare: number }
  /** We decided to stop this worker; recorded before the first signal. */
  | { readonly type: 'stop-requested'; readonly specId: SpecId; readonly cause: StopCause }
  | { readonly type: 'worker-verifying'; readonly specId: SpecId }
  | { readonly type: 'worker-finalizing'; readonly specId: SpecId }
  /** What is on the worker's branch: full hashes, oldest first. `salvaged` = committed by us after a failure or stop. */
  | {
      readonly type: 'work-committed'
      readonly specId: SpecId
      readonly commits: readonly string[]
      readonly head: string
      readonly salvaged: boolean
    }
  /** The branch is a plain branch of the workspace's repository now. */
  | { readonly type: 'branch-returned'; readonly specId: SpecId; readonly branch: string; readonly head: string }
  /** `patch` is a path relative to the report folder; withheld when it contains a secret. */
  | { readonly type: 'patch-written'; readonly specId: SpecId; readonly patch: string }
  | { readonly type: 'patch-withheld'; readonly specId: SpecId; readonly reason: string }
  /** The worker's last event. */
  | { readonly type: 'worker-done'; readonly specId: SpecId; readonly outcome: Outcome }
  /** Nothing new starts; running workers are stopped one by one (fail-fast, a signal). */
  | { readonly type: 'run-stopping'; readonly cause: StopCause }
  /** A remark for people: shown once in the log and listed in the summary. */
  | {
      readonly type: 'warning'
      readonly code: string
      readonly message: string
      readonly specId?: SpecId
      /** Where it is, for the mark beside that line; the file is a path in the project. */
      readonly place?: { readonly file: string; readonly line: number; readonly column: number }
    }
  /** post or a later run found something that main had left undone. */
  | {
      readonly type: 'recovered'
      readonly what: RecoveredKind
      readonly message: string
      readonly specId?: SpecId
    }
  | {
      readonly type: 'artifact-uploaded'
      readonly name: string
      readonly id: number
      readonly url?: string
      readonly digest?: string
    }
  /** Upload not possible or not successful; the logs are in `logsDir`. */
  | { readonly type: 'artifact-skipped'; readonly reason: string }
  /** A check run stands on GitHub; without `specId` it is the one of the whole run. */
  | { readonly type: 'check-run-created'; readonly specId?: string; readonly id: number; readonly url?: string }
  /** GitHub has its conclusion: nothing is left to write about it. */
  | { readonly type: 'check-run-completed'; readonly specId?: string; readonly id: number }
  /** Nothing more is written to GitHub's checks; said once. */
  | { readonly type: 'checks-off'; readonly reason: string }
  /** The sticky comment of the pull request. */
  | { readonly type: 'comment-written'; readonly id: number; readonly url?: string }
  /** GitHub has asked to be left alone until then; whoever writes next keeps to it, too. */
  | { readonly type: 'github-paused'; readonly until: Timestamp }
  /** Every worker has its outcome and every report is written. `ended`: when the work was over, before GitHub took the last of it. */
  | { readonly type: 'run-finished'; readonly conclusion: Conclusion; readonly ended?: Timestamp }
  /** Worktrees, records and locks are gone: nothing is left for post. */
  | { readonly type: 'run-settled' }

export type Event = EventBody & { readonly at: Timestamp }
export type EventType = EventBody['type']

/** Every type, so that a journal of another version can be told from ours. The compiler sees that none is missing. */
const EVENT_TYPES: Readonly<Record<EventType, true>> = {
  'run-started': true,
  planned: true,
  linted: true,
  'worker-preparing': true,
  'worktree-created': true,
  'setup-left': true,
  'process-spawning': true,
  'process-running': true,
  'process-noted': true,
  'process-gone': true,
  'process-left': true,
  'agent-activity': true,
  'agent-quiet': true,
  'agent-session': true,
  'agent-usage': true,
  'attempt-stopping': true,
  'attempt-failed': true,
  'worker-waiting': true,
  'account-changed': true,
  'stop-requested': true,
  'worker-verifying': true,
  'worker-finalizing': true,
  'work-committed': true,
  'branch-returned': true,
  'patch-written': true,
  'patch-withheld': true,
  'worker-done': true,
  'run-stopping': true,
  warning: true,
  recovered: true,
  'artifact-uploaded': true,
  'artifact-skipped': true,
  'check-run-created': true,
  'check-run-completed': true,
  'checks-off': true,
  'github-paused': true,
  'comment-written': true,
  'run-finished': true,
  'run-settled': true,
}

export const isEventType = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type)
