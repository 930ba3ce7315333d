import type { Board, Worker } from '../board/board.ts'
import { headline } from '../outcome/advice.ts'
import type { NotPlanned } from '../plan/plan.ts'
import { causeAndAdvice, told } from './annotations.ts'
import { type CheckAnnotation, NAME_LENGTH } from './check-payload.ts'
import { isDefective } from './log-header.ts'
import { causeLine } from './place.ts'
import { outcomeOf, standing } from './tally.ts'
import { clip, oneLine } from './visible.ts'

/** GitHub allows 64 KB; a longer message than this is not read. */
const MESSAGE = 1000

/**
 * What went wrong, on the spec's own lines: each criterion that is left open, else the cause on the first line. `prefix` is the
 * project directory relative to the repository's top, empty when they are the same.
 */
export function workerAnnotations(worker: Worker, prefix: string): readonly CheckAnnotation[] {
  const outcome = outcomeOf(worker)
  if (!outcome || standing(worker) !== 'failed') return []
  const { file } = worker.planned
  if (outcome.type === 'criteria-unchecked' && outcome.open.length > 0) {
    return outcome.open.map(({ text, line }) => onLine(prefix, file, line, 'failure', 'Not ticked', text))
  }
  return [onLine(prefix, file, causeLine(worker) ?? 1, 'failure', headline(outcome), causeAndAdvice(outcome))]
}

/** Why a spec is not worked, on the line that is the cause. */
export function notPlannedAnnotation(spec: NotPlanned, prefix: string): CheckAnnotation {
  const level = spec.asked ? 'failure' : isDefective(spec) ? 'warning' : 'notice'
  const { line = 1, column } = spec
  const place = onLine(prefix, spec.file, line, level, `${spec.specId} is not worked`, spec.message)
  return column === undefined ? place : { ...place, start_column: column, end_column: column }
}

/** The same for a whole run, failed workers first. */
export const runAnnotations = (board: Board, prefix: string): readonly CheckAnnotation[] => [
  ...[...board.workers.values()].flatMap((worker) => workerAnnotations(worker, prefix)),
  ...told(board.notPlanned).map((spec) => notPlannedAnnotation(spec, prefix)),
]

function onLine(
  prefix: string,
  file: string,
  line: number,
  level: CheckAnnotation['annotation_level'],
  title: string,
  message: string,
): CheckAnnotation {
  const folder = prefix.replace(/\/+$/, '')
  return {
    path: folder === '' ? file : `${folder}/${file}`,
    start_line: line,
    end_line: line,
    annotation_level: level,
    title: clip(oneLine(title), NAME_LENGTH),
    // An empty one is refused.
    message: clip(oneLine(message).trim(), MESSAGE) || '-',
  }
}
