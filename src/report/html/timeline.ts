import type { Board, Span, Worker } from '../../board/board.ts'
import { clock, count, duration } from '../durations.ts'
import { shortIds } from '../short-ids.ts'
import { elapsed, namesOf, outcomeOf, standing } from '../tally.ts'
import { ticks } from '../time-axis.ts'
import { clip } from '../visible.ts'
import { opens } from './logs.ts'
import { html, type Markup } from './markup.ts'
import { glyphOf } from './standings.ts'

/** A row in pixels: a line of words, and the bar below it. Across, everything is in per cent of the width. */
const ROW = { height: 38, words: 14, bar: 20, thickness: 10 } as const
const AXIS = 24
/** A bar of less could not be seen. Per cent. */
const THINNEST = 0.4

/** When each started worker did what: a row each, a bar for each span, a grid of times. Absent before the first start. */
export function timeline(board: Board, now: number, logged: ReadonlySet<string>): Markup | undefined {
  const workers = [...board.workers.values()]
    .filter((worker) => worker.spans.length > 0)
    .toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
  const spans = workers.flatMap((worker) => worker.spans)
  if (spans.length === 0) return undefined
  const from = spans.reduce((least, span) => Math.min(least, span.from), Number.POSITIVE_INFINITY)
  const to = spans.reduce((most, span) => Math.max(most, span.to ?? now), from + 1)
  const part = (at: number): number => round(((at - from) / (to - from)) * 100)
  const short = shortIds(namesOf(board))
  const waiting = board.workers.size - workers.length
  const drawn = new Set(workers.flatMap((worker) => worker.spans.map((span) => kind(worker, span))))
  const words = `${count(workers.length, 'worker')} from ${clock(from)} to ${clock(to)} UTC, ${duration(to - from)}`
  return html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<p class="quiet">${words}${waiting > 0 ? `; ${waiting} not started` : ''}. The numbers are in the table of workers too.</p>
<div class="scroll tall" role="region" aria-label="Chart of the timeline" tabindex="0">
${axis(from, to, part)}
<svg class="lanes" width="100%" height="${workers.length * ROW.height}" role="img" aria-label="${words}">
${ticks(from, to).map(({ at }) => html`<line class="grid" x1="${part(at)}%" x2="${part(at)}%" y1="0" y2="100%"/>`)}
${workers.map((worker, i) => lane(worker, i * ROW.height, { name: short(worker.planned.specId), logged, part, now }))}
</svg>
</div>
<ul class="row-list legend">${legend.filter(([name]) => drawn.has(name)).map(([name, words]) => html`<li class="${name}">${words}</li>`)}</ul>
</section>
`
}

const legend: readonly (readonly [Kind, string])[] = [
  ['agent', 'agent'],
  ['busy', 'agent, still running'],
  ['again', 'earlier attempt, or let down by its provider'],
  ['bad', 'failed or cancelled'],
  ['check', 'setup, verify'],
  ['other', 'prepare, wait, finalize'],
]

function axis(from: number, to: number, part: (at: number) => number): Markup {
  const labels = ticks(from, to).map(({ at, words }) => {
    const x = part(at)
    const anchor = x < 7 ? 'start' : x > 93 ? 'end' : 'middle'
    return html`<text x="${x}%" y="15" text-anchor="${anchor}">${words}</text>`
  })
  return html`<svg class="axis" width="100%" height="${AXIS}" aria-hidden="true">${labels}</svg>`
}

interface Drawing {
  readonly name: string
  readonly logged: ReadonlySet<string>
  /** Per cent of the width at which a moment (epoch ms) stands. */
  readonly part: (at: number) => number
  readonly now: number
}

function lane(worker: Worker, top: number, { name, logged, part, now }: Drawing): Markup {
  const { planned, spans } = worker
  const state = standing(worker)
  const took = elapsed(worker, now)
  const words = [...(took === undefined ? [] : [duration(took)]), clip(planned.title, 80)].join(' · ')
  return html`<g class="lane"${opens(planned.specId, logged)}><rect class="row" x="0" y="${top}" width="100%" height="${ROW.height}"/>
<text x="4" y="${top + ROW.words}"><tspan class="glyph ${state}">${glyphOf(state)}</tspan> <tspan class="name">${name}</tspan> <tspan class="quiet">${words}</tspan></text>
${spans.map((span) => bar(worker, span, top + ROW.bar, part, now))}</g>
`
}

function bar(worker: Worker, span: Span, y: number, part: (at: number) => number, now: number): Markup {
  const to = span.to ?? now
  const x = part(span.from)
  const width = Math.min(Math.max(round(part(to) - x), THINNEST), Math.max(round(100 - x), THINNEST))
  const attempt = span.type === 'agent' ? `agent, attempt ${span.attempt}` : span.type
  return html`<rect class="bar ${kind(worker, span)}" x="${Math.min(x, 100 - THINNEST)}%" y="${y}" width="${width}%" height="${ROW.thickness}" rx="2"><title>${attempt}: ${clock(span.from)} to ${clock(to)} UTC, ${duration(to - span.from)}</title></rect>`
}

type Kind = 'agent' | 'busy' | 'again' | 'bad' | 'check' | 'other'

function kind(worker: Worker, span: Span): Kind {
  const state = standing(worker)
  if ((state === 'failed' || state === 'cancelled') && span === culprit(worker)) return 'bad'
  if (span.type === 'setup' || span.type === 'verifying') return 'check'
  if (span.type !== 'agent') return 'other'
  const letDown = worker.setbacks.some(({ attempt }) => attempt === span.attempt)
  if (letDown || span !== lastOf(worker, 'agent')) return 'again'
  return span.to === undefined ? 'busy' : 'agent'
}

/** The span in which a worker failed or was stopped. */
function culprit(worker: Worker): Span | undefined {
  const outcome = outcomeOf(worker)?.type
  if (outcome === 'verify-failed') return lastOf(worker, 'verifying')
  return outcome === 'setup-failed' ? lastOf(worker, 'setup') : lastOf(worker, 'agent')
}

const lastOf = (worker: Worker, type: Span['type']): Span | undefined =>
  worker.spans.findLast((span) => span.type === type)

const round = (n: number): number => Math.round(n * 100) / 100
