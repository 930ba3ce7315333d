import type { Board } from '../board/board.ts'
import { NAME_LENGTH } from './check-payload.ts'
import { isAwaited } from './check-subjects.ts'
import { shortIds } from './short-ids.ts'
import { namesOf } from './tally.ts'
import { clip, oneLine } from './visible.ts'

const PREFIX = 'chant / '
/** The check run that stands for all workers. */
export const WHOLE_RUN_NAME = `${PREFIX}all specs`

interface Named {
  readonly specId: string
  readonly title: string
}

/**
 * The names of a board's check runs, `chant / <title>`: two are never the same, and one stays the same for the whole run. Where
 * titles are alike, or one looks as if an id had been added to it, the short id follows in brackets.
 */
export function checkNames(board: Board): (spec: Named) => string {
  const short = shortIds(namesOf(board))
  const specs: readonly Named[] = [
    ...[...board.workers.values()].map((worker) => worker.planned),
    ...board.notPlanned.filter(isAwaited),
  ]
  const plain = Map.groupBy(specs, ({ specId, title }) => name(title, specId, ''))
  const endings = specs.map(({ specId }) => ` (${short(specId)})`)
  return ({ specId, title }) => {
    const wanted = name(title, specId, '')
    const alone = (plain.get(wanted)?.length ?? 0) <= 1 && wanted !== WHOLE_RUN_NAME
    return alone && !endings.some((ending) => wanted.endsWith(ending))
      ? wanted
      : name(title, specId, ` (${short(specId)})`)
  }
}

function name(title: string, specId: string, ending: string): string {
  const words = oneLine(title).replace(/\s+/g, ' ').trim()
  return PREFIX + clip(words === '' ? specId : words, NAME_LENGTH - PREFIX.length - ending.length) + ending
}
