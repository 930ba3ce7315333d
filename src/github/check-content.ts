import type { Board, Worker } from '../board/board.ts'
import { type CheckPayload, notPlannedCheck, runCheck, workerCheck } from '../report/check-run.ts'
import { type CheckSubject, type ChecksMode, checkSubjects } from '../report/check-subjects.ts'
import { unreachable } from '../result.ts'
import { cleanBoard } from '../shell/clean-board.ts'
import { cleaned } from '../shell/secrets.ts'
import type { Criterion, SpecId } from '../spec/spec.ts'

/** What a check run shows besides the board. */
export interface CheckSources {
  /** The project directory relative to the repository's top, `/` at its end. */
  readonly prefix: string
  /** The last lines of a worker's log. */
  readonly tail: (specId: SpecId) => readonly string[]
  /** A worker's criteria as they stand in its worktree; undefined where there is none. */
  readonly criteria: (worker: Worker) => readonly Criterion[] | undefined
  readonly clean: (text: string) => string
  /** Where the logs are, if not with the run itself. */
  readonly logs?: string
}

/**
 * What a check run (by its key on the board) says now, without a secret; annotations only where it is the last word, because GitHub
 * adds them up.
 */
export function checkContent(
  dirty: Board,
  { mode, key }: { readonly mode: ChecksMode; readonly key: string },
  last: boolean,
  sources: CheckSources,
): CheckPayload {
  const board = cleanBoard(dirty, sources)
  const about = checkSubjects(dirty, mode)
  // By its place: a name may have lost a secret.
  const place = about.findIndex((one) => one.key === key)
  const [source, subject] = [about[place], checkSubjects(board, mode)[place]]
  if (!source || !subject) throw new Error(`a check run about nothing: ${key}`)
  const check = contentOf(board, subject, readSources(source, sources), sources)
  const { annotations, ...output } = check.output
  return cleaned(last && annotations ? check : { ...check, output }, sources.clean)
}

/** Files are found by the names as they are. */
function readSources(subject: CheckSubject, { tail, criteria, clean }: CheckSources) {
  if (subject.type !== 'worker') return { tail: [] }
  const { worker } = subject
  const known = cleaned(criteria(worker), clean)
  return { tail: tail(worker.planned.specId), ...(known ? { criteria: known } : {}) }
}

function contentOf(
  board: Board,
  subject: CheckSubject,
  read: ReturnType<typeof readSources>,
  { prefix, logs }: CheckSources,
): CheckPayload {
  const options = { now: Date.now(), prefix, ...(logs ? { logs } : {}) }
  switch (subject.type) {
    case 'worker':
      return workerCheck(board, subject.worker, { ...options, ...read })
    case 'not-planned':
      return notPlannedCheck(board, subject.spec, options)
    case 'whole-run':
      return runCheck(board, options)
    default:
      return unreachable(subject)
  }
}
