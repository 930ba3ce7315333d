import type { Board, Worker } from '../../board/board.ts'
import type { SpecId } from '../../spec/spec.ts'
import { count } from '../durations.ts'
import { criticalPath, linkedOrFailed } from '../mermaid.ts'
import { shortIds } from '../short-ids.ts'
import { namesOf, standing } from '../tally.ts'
import { clip, oneLine } from '../visible.ts'
import { layout, type Placed } from './graph-layout.ts'
import { opens } from './logs.ts'
import { html, type Markup } from './markup.ts'
import { glyphOf } from './standings.ts'

const NODE_LIMIT = 200
/** Pixels. */
const NODE = { width: 188, height: 44, across: 52, down: 12, margin: 4 } as const

/**
 * Who needs whom: waves from left to right, coloured by outcome. Above 200 workers only failures and the longest chain;
 * below, specs that nothing connects are drawn where they failed. Absent when no spec of this run depends on another.
 */
export function graph(board: Board, logged: ReadonlySet<string>): Markup | undefined {
  const all = [...board.workers.values()]
  const path = criticalPath(board)
  const important = all.filter((w) => path.has(w.planned.specId) || standing(w) === 'failed')
  const chosen = (all.length > NODE_LIMIT ? important : linkedOrFailed(all)).slice(0, NODE_LIMIT)
  const known = new Map(chosen.map((worker) => [worker.planned.specId, worker]))
  const needs = (worker: Worker): readonly SpecId[] => worker.planned.dependsOn.filter((id) => known.has(id))
  const edges = chosen.flatMap((worker) => needs(worker).map((from) => ({ from, to: worker.planned.specId })))
  if (edges.length === 0) return undefined

  const places = new Map(
    layout(chosen.map((w) => ({ id: w.planned.specId, layer: w.planned.wave, needs: needs(w) }))).map((p) => [p.id, p]),
  )
  const size = extent([...places.values()])
  const short = shortIds(namesOf(board))
  const rest = all.length - chosen.length
  const others =
    all.length > NODE_LIMIT ? 'only failures and the longest chain are drawn' : `${rest} without any are not drawn`
  const words = `${count(chosen.length, 'spec')}, ${count(edges.length, 'dependency', 'dependencies')}`
  return html`<section id="dependencies" aria-labelledby="dependencies-title">
<h2 id="dependencies-title">Dependencies</h2>
<p class="quiet">${words}${rest > 0 ? `; ${others}` : ''}. The longest chain is drawn bold.</p>
<div class="scroll" role="region" aria-label="Graph of the dependencies" tabindex="0">
<svg class="graph" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${words}: listed below">
${edges.map(({ from, to }) => edge(places.get(from), places.get(to), path.has(from) && path.has(to)))}
${chosen.map((worker) => node(worker, places.get(worker.planned.specId), { short, logged, path }))}
</svg>
</div>
<details><summary>The same as a list</summary><ul>
${chosen
  .filter((worker) => needs(worker).length > 0)
  .map(
    (w) =>
      html`<li><code>${short(w.planned.specId)}</code> needs ${needs(w).map((id) => html`<code>${short(id)}</code> `)}</li>\n`,
  )}
</ul></details>
</section>
`
}

function extent(places: readonly Placed[]): { readonly width: number; readonly height: number } {
  const columns = 1 + places.reduce((most, place) => Math.max(most, place.column), 0)
  const rows = 1 + places.reduce((most, place) => Math.max(most, place.row), 0)
  return {
    width: columns * (NODE.width + NODE.across) - NODE.across + 2 * NODE.margin,
    height: rows * (NODE.height + NODE.down) - NODE.down + 2 * NODE.margin,
  }
}

const left = (place: Placed): number => NODE.margin + place.column * (NODE.width + NODE.across)
const top = (place: Placed): number => NODE.margin + place.row * (NODE.height + NODE.down)

function edge(from: Placed | undefined, to: Placed | undefined, critical: boolean): Markup | undefined {
  if (!from || !to) return undefined
  const [x1, y1] = [left(from) + NODE.width, top(from) + NODE.height / 2]
  const [x2, y2] = [left(to), top(to) + NODE.height / 2]
  const bend = Math.max(NODE.across / 2, (x2 - x1) / 2)
  const d = `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`
  return html`<path class="${critical ? 'edge critical' : 'edge'}" d="${d}"/>`
}

interface Drawing {
  readonly short: (id: string) => string
  readonly logged: ReadonlySet<string>
  readonly path: ReadonlySet<SpecId>
}

function node(worker: Worker, place: Placed | undefined, { short, logged, path }: Drawing): Markup | undefined {
  if (!place) return undefined
  const { specId, title } = worker.planned
  const state = standing(worker)
  const [x, y] = [left(place), top(place)]
  return html`<g class="node ${state}${path.has(specId) ? ' critical' : ''}"${opens(specId, logged)}><title>${specId}: ${title}</title>
<rect x="${x}" y="${y}" width="${NODE.width}" height="${NODE.height}" rx="6"/>
<text x="${x + 10}" y="${y + 18}"><tspan class="glyph">${glyphOf(state)}</tspan> <tspan class="name">${clip(short(specId), 20)}</tspan></text>
<text class="quiet" x="${x + 10}" y="${y + 35}">${clip(oneLine(title), 28)}</text></g>
`
}
