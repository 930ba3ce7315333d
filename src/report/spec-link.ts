import type { Board } from '../board/board.ts'
import { code, codeLink, link } from './markdown.ts'

/** A line of a spec's file on GitHub, as it was when the run began; undefined off GitHub. `file` is relative to the project. */
export function specUrl({ run }: Board, file: string, line = 1): string | undefined {
  if (!run?.links || !run.checks) return undefined
  const path = `${run.checks.prefix}${file}`.toWellFormed().split('/').map(encodeURIComponent).join('/')
  // Only the plain view of Markdown has lines.
  return `${run.links.repository}/blob/${run.checks.commit}/${path}?plain=1#L${line}`
}

/** `file:line:column` in Markdown, and on GitHub the way there. */
export function specPlace(board: Board, file: string, line?: number, column?: number): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const url = specUrl(board, file, line)
  return url === undefined ? code(place) : codeLink(place, url)
}

/** A line of a spec that is named beside it: `line 31` as a link, which a phone has room for; off GitHub `file:line`. */
export function specLine(board: Board, file: string, line: number): string {
  const url = specUrl(board, file, line)
  return url === undefined ? code(`${file}:${line}`) : link(`line ${line}`, url)
}
