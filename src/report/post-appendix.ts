import type { Board, Remark, Worker } from '../board/board.ts'
import { firstThatFits, SUMMARY_LIMIT } from './fit.ts'
import { code, prose, table, text } from './markdown.ts'
import { shortIds } from './short-ids.ts'
import { joined } from './summary.ts'
import { logsLine } from './summary-parts.ts'
import { branchOf, namesOf, outcomeOf } from './tally.ts'
import { clip } from './visible.ts'

/** So many lines of each kind, and rows, the most that GitHub shows. */
const MOST = [5000, 1000, 200, 50, 10] as const

/**
 * What the post step adds below main's last summary: `main` is the board as main left it, `board` as post leaves it.
 * Absent when post changed nothing.
 */
export function postAppendix(main: Board, board: Board): string | undefined {
  const recovered = board.recovered.slice(main.recovered.length)
  const ended = [...board.workers.values()].filter((worker) => {
    const was = main.workers.get(worker.planned.specId)
    return outcomeOf(worker) !== undefined && (was === undefined || outcomeOf(was) === undefined)
  })
  // Processes that belong to nobody known are mostly somebody else's: the log names them.
  const warnings = board.warnings
    .slice(main.warnings.length)
    .filter(({ code: what }) => what !== 'unexplained-processes')
  if (recovered.length === 0 && ended.length === 0 && warnings.length === 0) return undefined
  const short = shortIds(namesOf(board))
  return firstThatFits(MOST, SUMMARY_LIMIT, (most) =>
    joined([
      '# chant: put in order after the step ended early',
      list(
        recovered,
        most,
        (r) => `- ${r.specId ? `${code(short(r.specId))} ` : ''}**${text(r.code)}** ${prose(clip(r.message, 400))}`,
      ),
      list(
        warnings,
        most,
        (r) => `- ${r.specId ? `${code(short(r.specId))} ` : ''}**warning** ${prose(clip(r.message, 600))}`,
      ),
      endedTable(ended, most, short),
      logsLine(board),
    ]),
  )
}

const list = (remarks: readonly Remark[], most: number, line: (remark: Remark) => string): string =>
  [...remarks.slice(0, most).map(line), ...moreThan(most, remarks)].join('\n')

const moreThan = (most: number, all: readonly unknown[]): readonly string[] =>
  all.length > most ? [`- +${all.length - most} more`] : []

function endedTable(ended: readonly Worker[], most: number, short: (id: string) => string): string {
  if (ended.length === 0) return ''
  const rows = ended.slice(0, most).map((worker) => row(worker, short))
  const head = ['spec', 'outcome', 'commits', 'branch']
  return [table(head, ['left', 'left', 'right'], rows), ...moreThan(most, ended)].join('\n\n')
}

function row(worker: Worker, short: (id: string) => string): readonly string[] {
  const outcome = outcomeOf(worker)
  return [
    code(short(worker.planned.specId)),
    outcome ? `${code(outcome.type)} ${prose(clip(outcome.message, 200))}` : '',
    String(worker.commits.length),
    worker.commits.length > 0 ? code(branchOf(worker)) : '',
  ]
}
