import type { Board } from '../board/board.ts'
import type { Event, Exit } from '../board/event.ts'
import { causeWords } from '../outcome/advice.ts'
import { unreachable } from '../result.ts'
import type { SpecId } from '../spec/spec.ts'
import { saidWords } from './account-words.ts'
import { inWorkspace, marked } from './annotations.ts'
import { clock, clockAhead, count, duration } from './durations.ts'
import { lintedLine } from './lint-advice.ts'
import { closingLines, endLines } from './log-ends.ts'
import { headerLines } from './log-header.ts'
import { columnsOf, type LogLine, textLine } from './log-line.ts'

export type { LogLine } from './log-line.ts'

export interface LogOptions {
  /** `off` = a line for each state change; `events` adds processes and commits; `full` adds the agents' own lines (see `outputLine`). */
  readonly stream: 'off' | 'events' | 'full'
  /** The last lines of a worker's log; 41 are enough. */
  readonly tail: (specId: SpecId) => readonly string[]
}

/** What the step log says about one event. `before` and `after` are the boards around it. Text is raw: see `LogLine`. */
export function linesFor(event: Event, before: Board, after: Board, options: LogOptions): readonly LogLine[] {
  const at = Date.parse(event.at)
  const { row, short } = columnsOf(after)
  const inDetail = (...lines: readonly LogLine[]): readonly LogLine[] => (options.stream === 'off' ? [] : lines)
  switch (event.type) {
    case 'planned':
      return headerLines(after)
    case 'linted':
      return [lintedLine(event)]
    case 'worker-preparing':
      return inDetail(row(at, event.specId, 'preparing'))
    case 'worktree-created':
      return inDetail(row(at, event.specId, 'worktree', `${event.branch} from ${event.base.slice(0, 40)}`))
    case 'process-running':
      return runningLines(event, after, at)
    case 'process-gone': {
      const swept =
        event.swept.length > 0 ? [row(at, event.specId, 'swept', sweptWords(event.swept.length, event.killed))] : []
      return [...inDetail(row(at, event.specId, 'ended', exitWords(event.exit))), ...swept]
    }
    case 'agent-quiet':
      return [row(at, event.specId, 'quiet', `no output for ${duration(event.idleMs)}, ${percent(event.cpuShare)} CPU`)]
    case 'stop-requested':
      // A second cause changes nothing, so it is not news.
      if (before.workers.get(event.specId)?.stopCause) return []
      return [row(at, event.specId, 'stopping', causeWords(event.cause))]
    case 'worker-verifying':
      return inDetail(row(at, event.specId, 'judging'))
    case 'worker-finalizing':
      return inDetail(row(at, event.specId, 'finalizing'))
    case 'work-committed': {
      if (event.commits.length === 0) return []
      const line = row(at, event.specId, event.salvaged ? 'saved' : 'committed', committedWords(event))
      return event.salvaged ? [line] : inDetail(line)
    }
    case 'branch-returned':
      return inDetail(row(at, event.specId, 'branch', `${event.branch} at ${event.head.slice(0, 7)}`))
    case 'patch-written':
      return inDetail(row(at, event.specId, 'patch', event.patch))
    case 'patch-withheld':
      return [row(at, event.specId, 'patch', `withheld: ${event.reason}`)]
    case 'worker-done': {
      const was = before.workers.get(event.specId)
      const worker = after.workers.get(event.specId)
      if (!worker || was?.state.type === 'done') return []
      return endLines(after, worker, event.outcome, at, options.tail(event.specId))
    }
    case 'run-stopping':
      return before.stopping === after.stopping
        ? []
        : [textLine(`stopping: ${causeWords(event.cause)}; nothing new is started`)]
    case 'warning': {
      const message = event.specId ? `${short(event.specId)}: ${event.message}` : event.message
      if (marked(after.warnings).length === marked(before.warnings).length) return [textLine(`warning  ${message}`)]
      const place = event.place && { ...event.place, file: inWorkspace(after, event.place.file) }
      return [{ type: 'annotation', level: 'warning', message, ...place }]
    }
    case 'recovered':
      return [
        event.specId ? row(at, event.specId, event.what, event.message) : textLine(`${event.what}  ${event.message}`),
      ]
    case 'artifact-uploaded':
      return [textLine(`logs uploaded: artifact ${event.name}${event.url ? ` ${event.url}` : ''}`)]
    case 'artifact-skipped':
      // A warning has said so.
      if (before.warnings.at(-1)?.code === 'artifact') return []
      return [textLine(`logs not uploaded: ${event.reason}${after.run ? `; they are in ${after.run.logsDir}` : ''}`)]
    case 'run-finished':
      return closingLines(after, at)
    case 'attempt-stopping':
      return [row(at, event.specId, 'stopping', `its agent ${stoppedAttempt(event.reason)} (${event.reason})`)]
    case 'attempt-failed': {
      const on = after.run && after.run.accounts.length > 1 ? ` on ${event.account}` : ''
      const said = event.message.trim().replace(/\s*\n\s*/g, ' · ')
      return [row(at, event.specId, 'let down', `${event.reason}${on}: ${said}`)]
    }
    case 'worker-waiting': {
      const wait = Date.parse(event.until) - at
      return [
        row(
          at,
          event.specId,
          after.workers.get(event.specId)?.setbacks.length ? 'retrying' : 'held back',
          wait > 0 ? `in ${duration(wait)}, at ${clockAhead(at + wait)}` : 'as soon as an account has room',
        ),
      ]
    }
    case 'account-changed':
      return accountLines(event, after, at)
    case 'checks-off':
      return before.checksOff ? [] : [{ type: 'annotation', level: 'warning', message: event.reason }]
    case 'check-run-created':
    case 'check-run-completed':
    case 'comment-written':
    case 'github-paused':
    case 'run-started':
    case 'process-spawning':
    case 'process-noted':
    case 'process-left':
    case 'agent-activity':
    case 'setup-left':
    case 'agent-session':
    case 'agent-usage':
    case 'run-settled':
      return []
    default:
      return unreachable(event)
  }
}

/** `account claude-2  paused until 12:31:00, then 1 at once`; what only grows back is no news in the log. */
function accountLines(
  event: Extract<Event, { type: 'account-changed' }>,
  after: Board,
  at: number,
): readonly LogLine[] {
  const who = `${clock(at)}  account ${event.account}`
  if (event.stopped) {
    const why = event.stopped === 'auth' ? 'its key was refused' : 'its quota is used up'
    const left = (after.run?.accounts ?? []).filter((name) => !after.accounts.get(name)?.stopped)
    return [
      textLine(
        `${who}  not used any more: ${why}${saidWords(event.why)}${left.length > 0 ? `; left: ${left.join(', ')}` : ''}`,
      ),
    ]
  }
  if (event.pausedUntil === undefined) return []
  return [textLine(`${who}  paused until ${clockAhead(Date.parse(event.pausedUntil))}, then ${event.limit} at once`)]
}

/** Reasons are those of agents, and may be of another version. */
const stoppedAttempt = (reason: string): string =>
  ['auth', 'permission', 'model', 'quota'].includes(reason)
    ? 'would go on trying, but waiting does not help'
    : 'does nothing but ask its provider again'

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** A line of an agent's own output, for `log-stream: full`. */
export const outputLine = (board: Board, specId: SpecId, text: string): LogLine =>
  textLine(`${columnsOf(board).short(specId)} │ ${text}`)

function runningLines(
  event: Extract<Event, { type: 'process-running' }>,
  board: Board,
  at: number,
): readonly LogLine[] {
  const { row, short } = columnsOf(board)
  const worker = board.workers.get(event.specId)
  const role = board.processes.get(event.token)?.role
  if (!worker || !role) return []
  const pid = `pid ${event.identity.pid}`
  if (role === 'setup') return [row(at, event.specId, 'setup', pid)]
  if (role === 'verify') return [row(at, event.specId, 'verifying', pid)]
  const { planned } = worker
  const details = [
    pid,
    ...(worker.attempts > 1 ? [`attempt ${worker.attempts}`] : []),
    worker.branch ?? planned.branch,
    ...(planned.dependsOn.length > 0 ? [`on ${planned.dependsOn.slice(0, 3).map(short).join(' ')}`] : []),
    planned.title,
  ]
  return [row(at, event.specId, 'started', details.join('  '))]
}

function exitWords(exit: Exit): string {
  switch (exit.type) {
    case 'code':
      return `exit code ${exit.code}`
    case 'signal':
      return `by ${exit.signal}`
    case 'unknown':
      return 'how is not known'
    default:
      return unreachable(exit)
  }
}

const sweptWords = (n: number, killed: boolean): string =>
  `${count(n, 'process', 'processes')} it had left behind${killed ? ' (needed SIGKILL)' : ''}`

const committedWords = (event: Extract<Event, { type: 'work-committed' }>): string =>
  `${count(event.commits.length, 'commit')}, head ${event.head.slice(0, 7)}${event.salvaged ? ' (unfinished work, kept)' : ''}`
