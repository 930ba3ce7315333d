import type { Board, Worker } from '../../board/board.ts'
import { shortIds } from '../short-ids.ts'
import { namesOf, standing } from '../tally.ts'
import { clip } from '../visible.ts'
import type { LogBlock } from './log-blocks.ts'
import { dataBlock, fileLink, html, type Markup } from './markup.ts'
import { glyphOf, standings } from './standings.ts'

/** The viewer of logs. The page's script fills it from the data blocks, when a log is asked for. Absent without logs. */
export function logs(board: Board, blocks: readonly LogBlock[]): Markup | undefined {
  if (blocks.length === 0) return undefined
  const short = shortIds(namesOf(board))
  const logged = new Set(blocks.map(({ specId }) => specId))
  const rank = (worker: Worker): number => standings.findIndex(({ is }) => is === standing(worker))
  const workers = [...board.workers.values()]
    .filter(({ planned }) => logged.has(planned.specId))
    .toSorted((a, b) => rank(a) - rank(b))
  return html`<section id="logs" aria-labelledby="logs-title">
<h2 id="logs-title">Logs</h2>
<noscript><p>Without scripts, the logs are in the folder ${fileLink('logs', 'logs')} beside this file.</p></noscript>
<div id="viewer" hidden>
<div class="tools">
<label class="which">Worker <select id="which">${workers.map((worker) => option(worker, short))}</select></label>
<div class="search" role="search"><label for="query">Search</label>
<input id="query" type="search" autocomplete="off" spellcheck="false" aria-describedby="keys-help">
<span class="steps"><button type="button" id="previous">Previous</button><button type="button" id="next">Next</button>
<output id="found" for="query"></output></span></div>
</div>
<p class="quiet" id="before"></p>
<div id="log" role="region" aria-label="Log" tabindex="0"></div>
<p class="quiet keys"><label><input type="checkbox" id="wrap" checked> Wrap lines</label> <label><input type="checkbox" id="keys" checked> Keys</label> <span id="keys-help"><kbd>/</kbd> search, <kbd>n</kbd> next, <kbd>N</kbd> previous, <kbd>Esc</kbd> end of search</span> <a id="file" href="logs">the whole file</a></p>
</div>
${blocks.map(({ specId, json }) => dataBlock(specId, json))}</section>
`
}

function option(worker: Worker, short: (id: string) => string): Markup {
  const { specId, title } = worker.planned
  const state = standing(worker)
  return html`<option value="${specId}" data-state="${state}">${glyphOf(state)} ${short(specId)} ${clip(title, 80)}</option>
`
}

/** Makes an element open the log of a worker by a click, where there is one. The table has links for the keyboard. */
export const opens = (specId: string, logged: ReadonlySet<string>): Markup | undefined =>
  logged.has(specId) ? html` data-open="${specId}"` : undefined
