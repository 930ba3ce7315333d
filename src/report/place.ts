import type { Worker } from '../board/board.ts'
import { outcomeOf } from './tally.ts'

/** Where in the spec's file the cause of a failure stands, if it stands there. `line` is 1-based. */
export function placeOf(
  worker: Worker,
): { readonly file: string; readonly line: number; readonly said: string } | undefined {
  const outcome = outcomeOf(worker)
  if (outcome?.type !== 'criteria-unchecked') return undefined
  const first = outcome.open[0]
  return first && { file: worker.planned.file, line: first.line, said: first.text }
}
