import type { Worker } from '../board/board.ts'
import { outcomeOf } from './tally.ts'

/** The line of a failure's cause in the spec's file, where it is there. 1-based. */
export function causeLine(worker: Worker): number | undefined {
  const outcome = outcomeOf(worker)
  return outcome?.type === 'unknown-model' ? outcome.line : placeOf(worker)?.line
}

/** Where in the spec's file the cause of a failure stands, if it stands there. `line` is 1-based. */
export function placeOf(
  worker: Worker,
): { readonly file: string; readonly line: number; readonly said: string } | undefined {
  const outcome = outcomeOf(worker)
  if (outcome?.type !== 'criteria-unchecked') return undefined
  const first = outcome.open[0]
  return first && { file: worker.planned.file, line: first.line, said: first.text }
}
