import type { Board } from '../board/board.ts'
import { told } from './annotations.ts'
import { boardInShort } from './board-in-short.ts'
import { runLinks } from './check-output.ts'
import { day } from './durations.ts'
import { bytes } from './fit.ts'
import { details, text } from './markdown.ts'
import { runTitle, whyEmpty } from './run-title.ts'
import { tally, unfinished } from './tally.ts'
import { boundedWorkersTable } from './workers-table.ts'

/** GitHub allows 65,536 characters; bytes are never fewer. */
const LIMIT = 65_536
/** More rows than this are folded: the conversation goes on below. */
const FOLDED_FROM = 20
const OPENING = '<!-- chant-action:'

/**
 * The first line of the comment, which GitHub does not show: it tells the comment of this workflow from all others. `workflow` is
 * any text that stays the same from run to run; whatever could end the line early is percent-encoded.
 */
export const commentMarker = (workflow: string): string =>
  `${OPENING}${encodeURIComponent(workflow.toWellFormed()).replace(/[-!'()*]/g, percent)} -->`

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** Whether a comment's body is the one of `marker`. Who wrote it is for the caller to check. */
export const isMarked = (body: string, marker: string): boolean => body.startsWith(marker)

/** Whether a run says something that people wait for; any other corrects an older comment and makes none. */
export const isCommentWorthy = (board: Board): boolean => board.workers.size > 0 || told(board.notPlanned).length > 0

export interface CommentOptions {
  /** Epoch ms. */
  readonly now: number
  /** From `commentMarker`. */
  readonly marker: string
}

/** The board in short, for the pull request: at most 65,536 characters, by leaving out rows that succeeded or wait first. */
export function commentBody(board: Board, { now, marker }: CommentOptions): string {
  const t = tally(board)
  const live = unfinished(t) > 0
  const head = [
    `### ${text(runTitle(board, live))}`,
    ...(t.total === 0 ? [text(whyEmpty(board).rest)] : []),
    ...boardInShort(board, now),
  ]
  const foot = [[...runLinks(board, { isOver: !live && t.total > 0 }), `as of ${day(now)} UTC`].join(' · ')]
  const frame = withMarker(marker, [...head, folded(t.total, ''), ...foot])
  const table = t.total === 0 ? '' : boundedWorkersTable(board, now, LIMIT - bytes(frame))
  return withMarker(marker, [...head, folded(t.total, table), ...foot])
}

const folded = (n: number, table: string): string => (n > FOLDED_FROM ? details(`All ${n} specs`, table) : table)

/** Nothing below the first line looks like a marker, even in a code span. */
const withMarker = (marker: string, parts: readonly string[]): string => {
  const body = parts.filter((part) => part !== '').join('\n\n')
  return `${marker}\n${body.replaceAll(OPENING, '<!- chant-action:')}\n`
}
