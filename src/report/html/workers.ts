import type { Board, Worker } from '../../board/board.ts'
import { usageOf } from '../../board/usage.ts'
import { duration } from '../durations.ts'
import { shortIds } from '../short-ids.ts'
import { agentWords, branchOf, elapsed, namesOf, type Standing, standing } from '../tally.ts'
import { costWords } from '../usage-words.ts'
import { clip } from '../visible.ts'
import { isPriced, stateWords } from '../workers-table.ts'
import { html, link, type Markup } from './markup.ts'
import { standings } from './standings.ts'

/** Every worker, a row each, with a filter by state that works without a script. Absent when there is none. */
export function workers(board: Board, now: number, logged: ReadonlySet<string>): Markup | undefined {
  const all = [...board.workers.values()]
  if (all.length === 0) return undefined
  const short = shortIds(namesOf(board))
  const present = standings.filter(({ is }) => all.some((worker) => standing(worker) === is))
  // Explicit roles, because a table that is set as blocks on a narrow screen loses its own.
  return html`<section id="workers" aria-labelledby="workers-title">
<h2 id="workers-title">Workers</h2>
<fieldset class="filter"><legend>Show</legend>
${choice('all', 'all', all.length, true)}
${present.map(({ is, words }) => choice(is, words, all.filter((worker) => standing(worker) === is).length, false))}
</fieldset>
<table role="table" aria-labelledby="workers-title">
<thead role="rowgroup"><tr role="row">${columnsOf(board).map((name) => html`<th role="columnheader" scope="col">${name}</th>`)}</tr></thead>
<tbody role="rowgroup">
${all.map((worker) => row(board, worker, now, short, logged))}</tbody>
</table>
</section>
`
}

const COLUMNS = ['spec', 'state', 'agent', 'time', 'commits', 'branch', 'log']

const columnsOf = (board: Board): readonly string[] => (isPriced(board) ? COLUMNS.toSpliced(5, 0, 'cost') : COLUMNS)

const choice = (value: Standing | 'all', words: string, n: number, checked: boolean): Markup =>
  html`<label><input type="radio" name="show" id="show-${value}"${checked ? CHECKED : undefined}><span>${words} <b>${n}</b></span></label>
`
const CHECKED = html` checked`

function row(
  board: Board,
  worker: Worker,
  now: number,
  short: (id: string) => string,
  logged: ReadonlySet<string>,
): Markup {
  const { specId, title } = worker.planned
  const state = standing(worker)
  const begun = worker.startedAt !== undefined
  const took = elapsed(worker, now)
  const words = clip(stateWords(worker, now, short), 300)
  const check = board.checkRuns.get(specId)?.url
  const cells: readonly (readonly [name: string, content: Markup | string])[] = [
    ['state', check === undefined ? words : link(words, check)],
    ['agent', begun ? agentWords(worker).join(' · ') : ''],
    ['time', took === undefined ? '' : duration(took)],
    ['commits', begun ? String(worker.commits.length) : ''],
    ...(isPriced(board) ? [['cost', costWords(usageOf(worker)) ?? ''] as const] : []),
    ['branch', worker.commits.length > 0 ? html`<code>${branchOf(worker)}</code>` : ''],
    ['log', logged.has(specId) ? html`<a href="#log/${specId}" aria-label="log of ${short(specId)}">log</a>` : ''],
  ]
  return html`<tr role="row" data-state="${state}"><th role="rowheader" scope="row"><code>${short(specId)}</code> ${clip(title, 200)}</th>${cells.map(
    ([name, content]) =>
      html`<td role="cell" class="${name}${content === '' ? ' empty' : ''}" data-name="${name}">${content}</td>`,
  )}</tr>
`
}
