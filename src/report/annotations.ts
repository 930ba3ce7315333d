import type { Board, Remark, Worker } from '../board/board.ts'
import { advice } from '../outcome/advice.ts'
import type { Outcome } from '../outcome/outcome.ts'
import type { NotPlanned } from '../plan/plan.ts'
import { count } from './durations.ts'
import { byUrgency, isDefective } from './log-header.ts'
import type { LogLine } from './log-line.ts'
import { causeLine } from './place.ts'
import { outcomeOf, standing, tally } from './tally.ts'
import { clip, oneLine, sentence } from './visible.ts'

/** GitHub keeps ten errors of a step; one of them is the sentence that the step fails with. */
const ERRORS = 9
/** And ten warnings, those shown while it ran among them. */
const WARNINGS = 10
/** Of these, what is odd in settings and specs, which comes first and could be all. */
const ODD = 5
/** GitHub allows 4,096 characters; a longer message than this is not read. */
const MESSAGE = 1000

/**
 * What is wrong, beside the specs' own lines and most important first. A log shows the message alone, so that names the spec: failed workers and specs asked for in vain, which fail the step,
 * as errors; what is wrong in specs that nobody asked for, which does not, as warnings.
 */
export function closingAnnotations(board: Board): readonly LogLine[] {
  const failed = [...board.workers.values()]
    .filter((worker) => standing(worker) === 'failed')
    .map((worker) => ofWorker(board, worker))
  const notPlanned = faulty(board.notPlanned).map(({ specId, file, line, column, message, asked }) => ({
    type: 'annotation' as const,
    level: asked ? ('error' as const) : ('warning' as const),
    title: 'not worked',
    message: clip(oneLine(`${clip(specId, 120)}: ${message}`), MESSAGE),
    file: inWorkspace(board, file),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  }))
  const all = [...failed, ...notPlanned]
  const room = Math.max(0, WARNINGS - marked(board.warnings).length - (board.checksOff === undefined ? 0 : 1))
  return [
    ...all.filter(({ level }) => level === 'error').slice(0, ERRORS),
    ...all.filter(({ level }) => level === 'warning').slice(0, room),
  ]
}

/** The warnings of a run that get a mark on its page; the others are lines of the log. */
export function marked(warnings: readonly Remark[]): readonly Remark[] {
  const odd = warnings.filter(isOdd).slice(0, ODD)
  // Processes that nobody knows are mostly somebody else's on a busy machine.
  return warnings
    .filter((warning) => warning.code !== 'unexplained-processes' && (!isOdd(warning) || odd.includes(warning)))
    .slice(0, WARNINGS)
}

const isOdd = ({ code }: Remark): boolean => code === 'config' || code === 'spec'

/** Specs that somebody named in vain, and those in which something is wrong: what has to be corrected. */
const faulty = (specs: readonly NotPlanned[]): readonly NotPlanned[] => told(specs).filter((spec) => !isWaiting(spec))

/** The same, and then what waits for approval: what somebody has to do something about. */
export const told = (specs: readonly NotPlanned[]): readonly NotPlanned[] =>
  byUrgency(specs).filter((spec) => spec.asked || isDefective(spec) || isWaiting(spec))

const isWaiting = (spec: NotPlanned): boolean => !spec.asked && spec.reason.type === 'approval-required'

function ofWorker(board: Board, worker: Worker) {
  const outcome = outcomeOf(worker)
  const { specId, file } = worker.planned
  const line = causeLine(worker)
  return {
    type: 'annotation' as const,
    level: 'error' as const,
    title: outcome?.type ?? '',
    message: clip(oneLine(`${specId}: ${outcome ? causeAndAdvice(outcome) : ''}`), MESSAGE),
    file: inWorkspace(board, file),
    ...(line === undefined ? {} : { line }),
  }
}

/** What went wrong and what to do, as plain text of one line. */
export const causeAndAdvice = (outcome: Outcome): string =>
  clip(`${sentence(outcome.message)} ${advice(outcome)}`.trim(), MESSAGE)

/** GitHub reads an annotation's file from the root of the repository; ours begin at the project directory. */
export function inWorkspace({ run }: Board, file: string): string {
  if (!run?.project.startsWith(`${run.workspace}/`)) return file
  return `${run.project.slice(run.workspace.length + 1)}/${file}`
}

/** The sentence that the step fails with: what failed, and where to read on. Absent when nothing fails it. */
export function failureMessage(board: Board): string | undefined {
  const { total, failed, cancelled } = tally(board)
  if (board.stopping === 'signal') return 'The run was cancelled. What was done until then is kept on the branches.'
  const asked = board.notPlanned.filter((spec) => spec.asked)
  const lost = failed + cancelled
  if (lost === 0 && asked.length === 0) return undefined
  const parts: string[] = []
  if (lost > 0) {
    const named = [...board.workers.values()].filter((w) => standing(w) === 'failed' || standing(w) === 'cancelled')
    const words = named.slice(0, 5).map((w) => `${w.planned.specId} ${outcomeOf(w)?.type ?? ''}`)
    const rest = named.length > words.length ? ` and ${named.length - words.length} more` : ''
    parts.push(`${lost} of ${count(total, 'spec')} failed: ${words.join(', ')}${rest}.`)
  }
  if (asked.length > 0) {
    const words = asked.slice(0, 5).map((spec) => `${spec.specId} (${clip(spec.message, 160)})`)
    const rest = asked.length > words.length ? ` and ${asked.length - words.length} more` : ''
    parts.push(`Asked for but not worked: ${words.join(', ')}${rest}.`)
  }
  return `${parts.join(' ')} See the summary${board.artifact ? `, or the logs in artifact ${board.artifact.name}` : ''}.`
}
