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
  const subject = checkSubjects(board, mode).find((one) => one.key === key)
  if (!subject) throw new Error(`a check run about nothing: ${key}`)
  const check = contentOf(board, subject, sources)
  const { annotations, ...output } = check.output
  return cleaned(last && annotations ? check : { ...check, output }, sources.clean)
}

function contentOf(board: Board, subject: CheckSubject, sources: CheckSources): CheckPayload {
  const { tail, criteria } = sources
  const options = { now: Date.now(), prefix: sources.prefix, ...(sources.logs ? { logs: sources.logs } : {}) }
  switch (subject.type) {
    case 'worker': {
      const { worker } = subject
      const known = cleaned(criteria(worker), sources.clean)
      const lines = tail(worker.planned.specId)
      return workerCheck(board, worker, { ...options, tail: lines, ...(known ? { criteria: known } : {}) })
    }
    case 'not-planned':
      return notPlannedCheck(board, subject.spec, options)
    case 'whole-run':
      return runCheck(board, options)
    default:
      return unreachable(subject)
  }
}
