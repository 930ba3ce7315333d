import type { Board, Remark, Worker } from '../board/board.ts'
import { code, prose, table, text } from './markdown.ts'
import { shortIds } from './short-ids.ts'
import { joined } from './summary.ts'
import { logsLine } from './summary-parts.ts'
import { branchOf, namesOf, outcomeOf } from './tally.ts'
import { clip } from './visible.ts'

const LINES = 200

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
  return joined([
    '# chant: put in order after the step ended early',
    list(
      recovered,
      (r) => `- ${r.specId ? `${code(short(r.specId))} ` : ''}**${text(r.code)}** ${prose(clip(r.message, 400))}`,
    ),
    list(warnings, (r) => `- ${r.specId ? `${code(short(r.specId))} ` : ''}**warning** ${prose(clip(r.message, 600))}`),
    ended.length > 0
      ? table(
          ['spec', 'outcome', 'commits', 'branch'],
          ['left', 'left', 'right'],
          ended.map((w) => row(w, short)),
        )
      : '',
    logsLine(board),
  ])
}

function list(remarks: readonly Remark[], line: (remark: Remark) => string): string {
  const rest = remarks.length - LINES
  return [...remarks.slice(0, LINES).map(line), ...(rest > 0 ? [`- +${rest} more`] : [])].join('\n')
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
