import type { Board } from '../board/board.ts'
import { failureMessage } from './annotations.ts'
import { clock, duration } from './durations.ts'
import { notPlanned, remarks, started } from './html/about.ts'
import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from './html/assets.ts'
import { failures } from './html/failures.ts'
import { graph } from './html/graph.ts'
import { type Logs, logBlocks } from './html/log-blocks.ts'
import { logs } from './html/logs.ts'
import { html, link, Markup, prose } from './html/markup.ts'
import { standings } from './html/standings.ts'
import { timeline } from './html/timeline.ts'
import { workers } from './html/workers.ts'
import { runTitle, whyEmpty } from './run-title.ts'
import { tally } from './tally.ts'

export interface ReportOptions {
  /** Epoch ms. */
  readonly now: number
  /** The whole text of each worker's log; a `Map`, or what reads it from a file. Asked twice for each worker. */
  readonly logs: Logs
}

/** Nothing is loaded from anywhere, and nothing runs or is styled but what stands in the head of the page. */
const POLICY = [
  "default-src 'none'",
  `script-src '${SCRIPT_HASH}'`,
  `style-src '${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/**
 * The whole run as one HTML file that needs no network: what came of it, failures with cause and advice, workers, timeline,
 * graph, and the end of each log. At most about 22 MB. Board and logs must be free of secrets: markup may part a value, so that
 * it is not found afterwards.
 */
export function reportHtml(board: Board, { now, logs: texts }: ReportOptions): string {
  const title = runTitle(board, false)
  const blocks = logBlocks([...board.workers.keys()], texts)
  const logged = new Set<string>(blocks.map(({ specId }) => specId))
  const asked = board.notPlanned.some((spec) => spec.asked)
  const sections: readonly (readonly [string, Markup | undefined])[] = [
    ['Failures', failures(board, now, logged)],
    ...(asked ? [['Not planned', notPlanned(board)] as const] : []),
    ['Workers', workers(board, now, logged)],
    ['Timeline', timeline(board, now, logged)],
    ['Dependencies', graph(board, logged)],
    ['Logs', logs(board, blocks)],
    ...(asked ? [] : [['Not planned', notPlanned(board)] as const]),
    ['', html`${remarks(board)}`],
    ['', started(board)],
  ]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
<script>${new Markup(SCRIPT)}</script>
</head>
<body>
<header>
<div class="bar"><h1>${title}</h1><button type="button" id="theme" hidden>Dark</button></div>
${lead(board, now)}
<nav aria-label="Sections"><ul class="row-list">${sections.map(([name, section]) =>
    name === '' || section === undefined
      ? undefined
      : html`<li><a href="#${name.toLowerCase().replace(' ', '-')}">${name}</a></li>`,
  )}</ul></nav>
</header>
<main>
${counts(board)}
${sections.map(([, section]) => section)}
</main>
</body>
</html>
`.text
}

function lead(board: Board, now: number): Markup {
  const { run, startedAt } = board
  const facts = [
    ...(startedAt === undefined
      ? []
      : [
          html`${duration((board.finishedAt ?? now) - startedAt)}, from ${new Date(startedAt).toISOString().slice(0, 10)} ${clock(startedAt)} UTC`,
        ]),
    ...(run ? [html`base <code>${run.base.name}</code> <code>${run.base.sha.slice(0, 7)}</code>`] : []),
    ...(run ? [html`${run.maxParallel} at once`] : []),
    ...(run?.links ? [link('workflow run', run.links.run)] : []),
    ...(board.artifact?.url ? [link(`artifact ${board.artifact.name}`, board.artifact.url)] : []),
  ]
  return html`${board.stopping === 'signal' ? html`<p>${prose(failureMessage(board) ?? '')}</p>` : undefined}
${board.workers.size === 0 ? html`<p>${whyEmpty(board).rest}</p>` : undefined}
<ul class="row-list facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>`
}

/** The numbers, and a bar that shows them as parts of the whole. */
function counts(board: Board): Markup | undefined {
  const t = tally(board)
  if (t.total === 0) return undefined
  const present = standings.filter(({ count }) => count(t) > 0)
  let x = 0
  const parts = present.map(({ is, count }) => {
    const width = (count(t) / t.total) * 100
    const part = html`<rect class="part ${is}" x="${x}%" y="0" width="${width}%" height="100%"/>`
    x += width
    return part
  })
  return html`<section id="counts" aria-label="Counts">
<ul class="row-list">${present.map(({ is, words, glyph, count }) => html`<li class="${is}"><span class="glyph" aria-hidden="true">${glyph}</span> <b>${count(t)}</b> ${words}</li>`)}</ul>
<svg class="parts" width="100%" height="6" aria-hidden="true">${parts}</svg>
</section>`
}
