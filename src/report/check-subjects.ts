import { type Board, WHOLE_RUN, type Worker } from '../board/board.ts'
import type { NotPlanned } from '../plan/plan.ts'

/** More check runs than this are not read one by one. */
const MOST_CHECKS = 50

/** What a check run is about. `key` is its key among the board's check runs. */
export type CheckSubject =
  | { readonly type: 'worker'; readonly key: string; readonly worker: Worker }
  | { readonly type: 'not-planned'; readonly key: string; readonly spec: NotPlanned }
  | { readonly type: 'whole-run'; readonly key: string }

export type ChecksMode = 'auto' | 'per-spec' | 'run' | 'off'

/** A spec that is not worked and for which somebody waits: named in vain, or to be approved. */
export const isAwaited = (spec: NotPlanned): boolean => spec.asked || spec.reason.type === 'approval-required'

/**
 * The check runs of a run, the same from its plan to its end: one for each spec that is worked or named in vain, and, as far as there
 * is room, for those that wait for approval; one for all of them where there are too many, or `mode` says so.
 */
export function checkSubjects(board: Board, mode: ChecksMode): readonly CheckSubject[] {
  const awaited = board.notPlanned.filter(isAwaited)
  const needed = board.workers.size + awaited.filter(({ asked }) => asked).length
  if (mode === 'off' || board.workers.size + awaited.length === 0) return []
  if (mode === 'run' || (mode === 'auto' && needed > MOST_CHECKS)) return [{ type: 'whole-run', key: WHOLE_RUN }]
  const ordered = awaited.toSorted((a, b) => Number(b.asked) - Number(a.asked))
  const shown = mode === 'auto' ? ordered.slice(0, MOST_CHECKS - board.workers.size) : ordered
  return [
    ...[...board.workers].map(([key, worker]): CheckSubject => ({ type: 'worker', key, worker })),
    ...shown.map((spec): CheckSubject => ({ type: 'not-planned', key: spec.specId, spec })),
  ]
}

/** Nothing about it will change any more but the links to what is uploaded. */
export function isOver(board: Board, subject: CheckSubject): boolean {
  switch (subject.type) {
    case 'worker':
      return subject.worker.state.type === 'done'
    case 'not-planned':
      return true
    case 'whole-run':
      return [...board.workers.values()].every(({ state }) => state.type === 'done')
  }
}
