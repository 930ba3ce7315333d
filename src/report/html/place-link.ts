import type { Board } from '../../board/board.ts'
import { specUrl } from '../spec-link.ts'
import { html, link, type Markup } from './markup.ts'

/** `file:line` as code, and on GitHub the way there. */
export function placeLink(board: Board, file: string, line?: number): Markup {
  const place = line === undefined ? file : `${file}:${line}`
  const url = specUrl(board, file, line)
  return url === undefined ? html`<code>${place}</code>` : html`<code>${link(place, url)}</code>`
}
