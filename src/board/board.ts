import type { Conclusion, StopCause } from '../outcome/outcome.ts'
import type { NotPlanned, PlannedWorker } from '../plan/plan.ts'
import { unreachable } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import type { SpecId } from '../spec/spec.ts'
import type { Event, EventBody, RecoveredKind, RunInfo } from './event.ts'
import type { Span, TrackedProcess, Worker } from './worker.ts'

export type { Setback, Span, TrackedProcess, Worker, WorkerState } from './worker.ts'

/** An account that is not as it was given. Times are epoch milliseconds. */
export interface AccountState {
  readonly limit: number
  readonly pausedUntil?: number
  readonly stopped?: 'quota' | 'auth'
  readonly why?: string
}

export interface Remark {
  readonly at: number
  readonly code: string
  readonly message: string
  readonly specId?: SpecId
}

/** A check run on GitHub, as far as its writes were confirmed. */
export interface CheckRun {
  readonly id: number
  readonly url?: string
  /** Its conclusion has been written, and what it says is still so. */
  readonly completed: boolean
}

/** Conversations that are kept of a worker; more than attempts that anybody allows. */
const SESSIONS = 50

/** The key of the check run that stands for all workers. No spec id is empty. */
export const WHOLE_RUN = ''

/** What was found of a run whose main process had died. `code` is the event's `what`. */
export interface Finding extends Remark {
  readonly code: RecoveredKind
}

/** The state of everything: a pure fold over the journal. Nothing else computes a status. */
export interface Board {
  readonly run?: RunInfo
  readonly startedAt?: number
  readonly finishedAt?: number
  /** In start order. */
  readonly workers: ReadonlyMap<SpecId, Worker>
  readonly notPlanned: readonly NotPlanned[]
  readonly counts: {
    readonly total: number
    readonly completed: number
    readonly blocked: number
    readonly approval: number
  }
  /** What the linter said of the planned specs, where it said anything. `found` is bounded. */
  readonly lint?: { readonly total: number; readonly specs: number; readonly found: readonly Diagnostic[] }
  /** By token. */
  readonly processes: ReadonlyMap<string, TrackedProcess>
  readonly stopping?: StopCause
  readonly warnings: readonly Remark[]
  readonly recovered: readonly Finding[]
  readonly artifact?: { readonly name: string; readonly id: number; readonly url?: string; readonly digest?: string }
  readonly artifactSkipped?: string
  /** By spec id, and `WHOLE_RUN` for the run's own. */
  readonly checkRuns: ReadonlyMap<string, CheckRun>
  readonly checksOff?: string
  readonly comment?: { readonly id: number; readonly url?: string }
  /** GitHub has asked to be left alone from then until then; epoch ms. */
  readonly githubPause?: { readonly from: number; readonly until: number }
  /** By name; only those that changed. */
  readonly accounts: ReadonlyMap<string, AccountState>
  readonly conclusion?: Conclusion
  readonly settled: boolean
}

export const emptyBoard: Board = {
  workers: new Map(),
  notPlanned: [],
  counts: { total: 0, completed: 0, blocked: 0, approval: 0 },
  processes: new Map(),
  checkRuns: new Map(),
  accounts: new Map(),
  warnings: [],
  recovered: [],
  settled: false,
}

export const fold = (events: Iterable<Event>, from: Board = emptyBoard): Board => {
  let board = from
  for (const event of events) board = apply(board, event)
  return board
}

/** One event onto the board. Events about unknown workers or processes change nothing: a torn journal stays readable. */
export function apply(board: Board, event: Event): Board {
  const at = Date.parse(event.at)
  switch (event.type) {
    case 'run-started':
      return { ...board, run: event.run, startedAt: at }
    case 'planned':
      return {
        ...board,
        workers: new Map(event.plan.workers.map((planned) => [planned.specId, newWorker(planned)])),
        notPlanned: event.plan.notPlanned,
        counts: event.plan.counts,
      }
    case 'linted':
      return { ...board, lint: { total: event.total, specs: event.specs, found: event.found } }
    case 'worker-preparing':
      return change(board, event, (w) => ({
        ...w,
        state: { type: 'preparing' },
        startedAt: at,
        spans: [...w.spans, { type: 'preparing', attempt: 0, from: at }],
      }))
    case 'worktree-created':
      return change(board, event, (w) => ({
        ...w,
        worktree: event.worktree,
        branch: event.branch,
        base: event.base,
        start: event.start,
        specIgnored: event.specIgnored,
      }))
    case 'setup-left':
      return change(board, event, (w) => ({ ...w, setupLeft: event.tree }))
    case 'process-spawning':
      return {
        ...change(board, event, (w) => spawning(w, event)),
        processes: with_(board.processes, event.token, {
          token: event.token,
          specId: event.specId,
          role: event.role,
          attempt: event.attempt,
          worktree: event.worktree,
          stdout: event.stdout,
          stderr: event.stderr,
          ...(event.agent === undefined ? {} : { agent: event.agent }),
          spawningAt: at,
          noted: [],
        }),
      }
    case 'process-running':
      return processRunning(board, event, at)
    case 'process-noted':
      return changeProcess(board, event.token, (p) => ({ ...p, noted: [...p.noted, ...event.processes] }))
    case 'process-left':
      return changeProcess(board, event.token, (p) => ({ ...p, left: event.processes }))
    case 'process-gone': {
      const gone = { exit: event.exit, swept: event.swept, killed: event.killed, at }
      const next = changeProcess(board, event.token, (p) => ({ ...p, gone }))
      const ended = change(next, event, (w) => ({ ...w, spans: endSpan(w.spans, at) }))
      const check = board.checkRuns.get(event.specId)
      // It names the process as still there.
      const isWrong = check?.completed && board.processes.get(event.token)?.left
      if (!isWrong) return ended
      return { ...ended, checkRuns: with_(board.checkRuns, event.specId, { ...check, completed: false }) }
    }
    case 'agent-activity':
      return change(board, event, ({ quiet: _, ...w }) => ({
        ...w,
        activity: {
          at,
          text: event.text,
          lines: event.lines,
          ...(event.tools === undefined ? {} : { tools: event.tools }),
        },
      }))
    case 'agent-session':
      return change(board, event, (w) => ({
        ...w,
        // Told of several times, it is one conversation all the same.
        sessions: [...w.sessions.filter((known) => known !== event.session), event.session].slice(-SESSIONS),
        ...(event.model === undefined ? {} : { model: event.model }),
      }))
    case 'agent-usage':
      return change(board, event, (w) => ({ ...w, usage: with_(w.usage, event.attempt, event.usage) }))
    case 'attempt-stopping':
      return board
    case 'attempt-failed': {
      const { attempt, account, reason, message } = event
      return change(board, event, (w) => ({
        ...w,
        setbacks: [...w.setbacks, { attempt, account, reason, message }],
      }))
    }
    case 'worker-waiting':
      return change(board, event, (w) => ({
        ...w,
        // Its own stop has the last word.
        state: w.state.type === 'stopping' ? w.state : { type: 'waiting', until: Date.parse(event.until) },
        spans: openSpan(w.spans, 'waiting', w.attempts, at),
      }))
    case 'account-changed': {
      const { limit, pausedUntil, stopped, why } = event
      return {
        ...board,
        accounts: with_(board.accounts, event.account, {
          limit,
          ...(pausedUntil === undefined ? {} : { pausedUntil: Date.parse(pausedUntil) }),
          ...(stopped === undefined ? {} : { stopped }),
          ...(why === undefined ? {} : { why }),
        }),
      }
    }
    case 'agent-quiet':
      return change(board, event, (w) => ({ ...w, quiet: { since: at - event.idleMs, cpuShare: event.cpuShare } }))
    case 'stop-requested':
      return change(board, event, (w) =>
        w.stopCause ? w : { ...w, stopCause: event.cause, state: { type: 'stopping', cause: event.cause } },
      )
    case 'worker-verifying':
      return change(board, event, (w) => ({
        ...w,
        state: { type: 'verifying' },
        spans: openSpan(w.spans, 'verifying', w.attempts, at),
      }))
    case 'worker-finalizing':
      return change(board, event, (w) => ({
        ...w,
        state: { type: 'finalizing' },
        spans: openSpan(w.spans, 'finalizing', w.attempts, at),
      }))
    case 'work-committed':
      return change(board, event, (w) => ({
        ...w,
        commits: event.commits,
        head: event.head,
        salvaged: w.salvaged || event.salvaged,
      }))
    case 'branch-returned':
      return change(board, event, (w) => ({ ...w, branch: event.branch, head: event.head, branchReturned: true }))
    case 'patch-written':
      return change(board, event, (w) => ({ ...w, patch: event.patch }))
    case 'patch-withheld':
      return change(board, event, (w) => ({ ...w, patchWithheld: event.reason }))
    case 'worker-done':
      return change(board, event, (w) => ({
        ...w,
        state: { type: 'done', outcome: event.outcome },
        finishedAt: at,
        spans: endSpan(w.spans, at),
      }))
    case 'run-stopping':
      // The first cause stays, but a cancelled run is cancelled whatever had begun before.
      return board.stopping && event.cause !== 'signal' ? board : { ...board, stopping: event.cause }
    case 'warning':
      return { ...board, warnings: [...board.warnings, remark(at, event.code, event)] }
    case 'recovered':
      return { ...board, recovered: [...board.recovered, { ...remark(at, event.what, event), code: event.what }] }
    case 'artifact-uploaded': {
      const { name, id, url, digest } = event
      return { ...board, artifact: { name, id, ...(url ? { url } : {}), ...(digest ? { digest } : {}) } }
    }
    case 'artifact-skipped':
      return { ...board, artifactSkipped: event.reason }
    case 'check-run-created': {
      const { id, url } = event
      const check: CheckRun = { id, completed: false, ...(url ? { url } : {}) }
      return { ...board, checkRuns: with_(board.checkRuns, event.specId ?? WHOLE_RUN, check) }
    }
    case 'check-run-completed': {
      const known = board.checkRuns.get(event.specId ?? WHOLE_RUN)
      const check: CheckRun = { ...known, id: event.id, completed: true }
      return { ...board, checkRuns: with_(board.checkRuns, event.specId ?? WHOLE_RUN, check) }
    }
    case 'checks-off':
      return board.checksOff ? board : { ...board, checksOff: event.reason }
    case 'github-paused':
      return { ...board, githubPause: { from: at, until: Date.parse(event.until) } }
    case 'comment-written':
      return { ...board, comment: { id: event.id, ...(event.url ? { url: event.url } : {}) } }
    case 'run-finished':
      return { ...board, conclusion: event.conclusion, finishedAt: event.ended ? Date.parse(event.ended) : at }
    case 'run-settled':
      return { ...board, settled: true }
    default:
      return unreachable(event)
  }
}

/** What the last agent said of itself is not the next one's. */
function spawning(
  { model: told, ...worker }: Worker,
  { account, agent, model }: Extract<Event, { type: 'process-spawning' }>,
): Worker {
  const before = worker.agent ?? worker.planned.agent
  return {
    ...worker,
    ...(told === undefined || (agent !== undefined && agent !== before) ? {} : { model: told }),
    ...(account === undefined ? {} : { account }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { asked: model }),
  }
}

const newWorker = (planned: PlannedWorker): Worker => ({
  planned,
  state: { type: 'queued' },
  attempts: 0,
  spans: [],
  specIgnored: false,
  commits: [],
  salvaged: false,
  branchReturned: false,
  sessions: [],
  usage: new Map(),
  setbacks: [],
})

const remark = (at: number, code: string, event: { message: string; specId?: SpecId }): Remark => ({
  at,
  code,
  message: event.message,
  ...(event.specId ? { specId: event.specId } : {}),
})

const with_ = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value)

/** A worker's end is final: whatever is said of it later changes nothing but where its work is. */
function change(board: Board, event: EventBody & { readonly specId: SpecId }, edit: (worker: Worker) => Worker): Board {
  const worker = board.workers.get(event.specId)
  if (!worker) return board
  const edited = edit(worker)
  const next = worker.state.type === 'done' ? { ...edited, state: worker.state } : edited
  return { ...board, workers: with_(board.workers, event.specId, next) }
}

function changeProcess(board: Board, token: string, edit: (process: TrackedProcess) => TrackedProcess): Board {
  const tracked = board.processes.get(token)
  return tracked ? { ...board, processes: with_(board.processes, token, edit(tracked)) } : board
}

function processRunning(board: Board, event: Extract<Event, { type: 'process-running' }>, at: number): Board {
  const tracked = board.processes.get(event.token)
  if (!tracked) return board
  const next = { ...board, processes: with_(board.processes, event.token, { ...tracked, identity: event.identity }) }
  return change(next, event, (w) => {
    if (tracked.role === 'verify') return w
    const spans = openSpan(w.spans, tracked.role, tracked.attempt, at)
    if (tracked.role === 'setup') return { ...w, spans }
    return {
      ...w,
      spans,
      attempts: tracked.attempt,
      pid: event.identity.pid,
      state: w.state.type === 'stopping' ? w.state : { type: 'running', attempt: tracked.attempt },
    }
  })
}

const endSpan = (spans: readonly Span[], to: number): readonly Span[] => {
  const last = spans.at(-1)
  return last && last.to === undefined ? [...spans.slice(0, -1), { ...last, to }] : spans
}

const openSpan = (spans: readonly Span[], type: Span['type'], attempt: number, from: number): readonly Span[] => [
  ...endSpan(spans, from),
  { type, attempt, from },
]
