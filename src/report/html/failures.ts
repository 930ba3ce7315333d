import type { Board, Worker } from '../../board/board.ts'
import { advice } from '../../outcome/advice.ts'
import type { Outcome } from '../../outcome/outcome.ts'
import { duration } from '../durations.ts'
import { branchOf, elapsed, outcomeOf, standing } from '../tally.ts'
import { clip, sentence } from '../visible.ts'
import { fileLink, html, link, type Markup, prose } from './markup.ts'
import { placeLink } from './place-link.ts'

const LIST_LIMIT = 20

/** Every worker that failed: cause, what to do, where its work is. Absent when none did. `logged` are the ids with a log here. */
export function failures(board: Board, now: number, logged: ReadonlySet<string>): Markup | undefined {
  const failed = [...board.workers.values()].filter((worker) => standing(worker) === 'failed')
  if (failed.length === 0) return undefined
  return html`<section id="failures" aria-labelledby="failures-title">
<h2 id="failures-title">Failures</h2>
${failed.map((worker) => failure(board, worker, now, logged))}</section>
`
}

function failure(board: Board, worker: Worker, now: number, logged: ReadonlySet<string>): Markup | undefined {
  const outcome = outcomeOf(worker)
  if (!outcome) return undefined
  const took = elapsed(worker, now)
  const what = advice(outcome)
  return html`<article class="failure">
<h3><span class="glyph failed">✗</span> ${clip(worker.planned.title, 200)} <code>${outcome.type}</code></h3>
<p class="cause">${prose(sentence(clip(outcome.message, 1000)))}${took === undefined ? '' : ` It took ${duration(took)}.`}</p>
${named(board, worker, outcome)}${what === '' ? undefined : html`<p><strong>What to do:</strong> ${prose(what)}</p>`}
<ul class="row-list facts">${whereabouts(board, worker, logged).map((fact) => html`<li>${fact}</li>`)}</ul>
</article>
`
}

/** What the outcome names one by one. */
function named(board: Board, worker: Worker, outcome: Outcome): Markup | undefined {
  switch (outcome.type) {
    case 'criteria-unchecked': {
      const { file } = worker.planned
      return list(outcome.open.map((open) => html`${clip(open.text, 400)} ${placeLink(board, file, open.line)}`))
    }
    case 'output-invalid':
      return list(outcome.errors.map((error) => html`${clip(error, 400)}`))
    case 'checkout-touched':
    case 'merge-conflict':
      return list(outcome.files.map((file) => html`<code>${clip(file, 400)}</code>`))
    default:
      return undefined
  }
}

function list(items: readonly Markup[]): Markup {
  const rest = items.length - LIST_LIMIT
  return html`<ul>${items.slice(0, LIST_LIMIT).map((item) => html`<li>${item}</li>`)}${rest > 0 ? html`<li>+${rest} more</li>` : undefined}</ul>
`
}

function whereabouts(board: Board, worker: Worker, logged: ReadonlySet<string>): readonly Markup[] {
  const { specId } = worker.planned
  const check = board.checkRuns.get(specId)?.url
  return [
    html`spec <code>${specId}</code>`,
    ...(worker.commits.length > 0 ? [html`branch <code>${branchOf(worker)}</code>`] : []),
    ...(check === undefined ? [] : [link('check run', check)]),
    ...(worker.patch === undefined || worker.commits.length === 0 ? [] : [fileLink('patch', worker.patch)]),
    ...(worker.patchWithheld === undefined ? [] : [html`patch withheld: ${prose(clip(worker.patchWithheld, 300))}`]),
    ...(logged.has(specId) ? [html`<a href="#log/${specId}">end of its log</a>`] : []),
  ]
}
