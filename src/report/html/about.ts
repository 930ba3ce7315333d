import type { Board, Remark } from '../../board/board.ts'
import { clock } from '../durations.ts'
import { byUrgency } from '../log-header.ts'
import { shortIds } from '../short-ids.ts'
import { namesOf } from '../tally.ts'
import { clip } from '../visible.ts'
import { html, link, type Markup, prose } from './markup.ts'
import { placeLink } from './place-link.ts'

const LIST_LIMIT = 1_000

/** Specs that this run does not work, and why. */
export function notPlanned(board: Board): Markup | undefined {
  const specs = byUrgency(board.notPlanned)
  if (specs.length === 0) return undefined
  return html`<section id="not-planned" aria-labelledby="not-planned-title">
<h2 id="not-planned-title">Not planned</h2>
<ul>${specs.slice(0, LIST_LIMIT).map(
    ({ specId, title, message, file, line, asked }) =>
      html`<li><code>${specId}</code>${title === specId ? '' : ` ${clip(title, 200)}`}: ${asked ? html`<strong>asked for</strong>, ` : ''}${prose(clip(message, 1000))} ${placeLink(board, file, line)}</li>
`,
  )}${more(specs.length)}</ul>
</section>
`
}

/** Warnings, and what was found and put right after a crash. */
export const remarks = (board: Board): readonly (Markup | undefined)[] => [
  remarkSection(board, 'warnings', 'Warnings', board.warnings),
  remarkSection(board, 'recovered', 'Recovered', board.recovered),
]

function remarkSection(board: Board, id: string, title: string, list: readonly Remark[]): Markup | undefined {
  if (list.length === 0) return undefined
  const short = shortIds(namesOf(board))
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<ul>${list.slice(0, LIST_LIMIT).map(
    ({ code, message, specId }) =>
      html`<li>${specId ? html`<code>${short(specId)}</code> ` : ''}<strong>${code}</strong>: ${prose(clip(message, 1000))}</li>
`,
  )}${more(list.length)}</ul>
</section>
`
}

const more = (n: number): Markup | undefined => (n > LIST_LIMIT ? html`<li>+${n - LIST_LIMIT} more</li>` : undefined)

/** Everything that decided how this run went, folded. */
export function started(board: Board): Markup | undefined {
  const { run } = board
  if (!run) return undefined
  const facts: readonly (readonly [string, Markup | string])[] = [
    ['chant-action', run.version],
    ['run', run.links ? link(run.key, run.links.run) : html`<code>${run.key}</code>`],
    ['base', html`<code>${run.base.name}</code> at <code>${run.base.sha.slice(0, 12)}</code>`],
    ['agent', run.agent],
    ['at once', String(run.maxParallel)],
    ...(board.startedAt === undefined ? [] : [['started', `${clock(board.startedAt)} UTC`] as const]),
    ...(run.withheld.length > 0 ? [['withheld from agents', clip(run.withheld.join(', '), 4000)] as const] : []),
    ...(run.settings ?? []).map(
      ({ name, value, from }) => [name, html`<code>${clip(value, 1000)}</code> (${clip(from, 200)})`] as const,
    ),
    ...Object.entries(run.inputs).map(
      ([name, value]) => [`input ${clip(name, 200)}`, html`<code>${clip(value, 1000)}</code>`] as const,
    ),
  ]
  return html`<section id="started" aria-label="How this run was started">
<details><summary>How this run was started</summary>
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
</details>
</section>
`
}
