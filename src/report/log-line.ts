import type { Board } from '../board/board.ts'
import { clock } from './durations.ts'
import { shortIds } from './short-ids.ts'
import { namesOf } from './tally.ts'

/**
 * One thing for the step log, as data. Text is raw: whoever prints it passes every `text`, `title`, line and `message`
 * through `inert`, once, at the end. No field holds a line break of ours.
 */
export type LogLine =
  | { readonly type: 'text'; readonly text: string }
  /** Folded in the log of a step. */
  | { readonly type: 'group'; readonly title: string; readonly lines: readonly string[] }
  /** Shown beside the file and on the run's page; GitHub shows ten of each level. */
  | {
      readonly type: 'annotation'
      readonly level: 'error' | 'warning' | 'notice'
      readonly message: string
      readonly title?: string
      /** Relative to the workspace. */
      readonly file?: string
      readonly line?: number
      readonly column?: number
    }

export const textLine = (text: string): LogLine => ({ type: 'text', text })

const WIDEST_NAME = 24
const WORD_WIDTH = 10

/** How the log of one board is set: short names, and columns as wide as the longest of them. */
export interface Columns {
  readonly short: (id: string) => string
  /** `10:31:02  00k-adf  started     pid 48121 …`; epoch ms in, name and detail raw. */
  readonly row: (at: number, name: string, word: string, detail?: string) => LogLine
}

export function columnsOf(board: Board): Columns {
  const short = shortIds(namesOf(board))
  const widest = [...board.workers.keys()].reduce((most, id) => Math.max(most, short(id).length), 1)
  const width = Math.min(widest, WIDEST_NAME)
  return {
    short,
    row: (at, name, word, detail = '') =>
      textLine(`${clock(at)}  ${short(name).padEnd(width)}  ${word.padEnd(WORD_WIDTH)}  ${detail}`.trimEnd()),
  }
}

/** Words joined up to `limit` characters; what does not fit is counted: `a b +3 more`. */
export function bounded(words: readonly string[], separator: string, limit: number): string {
  let shown = ''
  for (const [i, word] of words.entries()) {
    const next = shown === '' ? word : shown + separator + word
    if (next.length > limit && shown !== '') return `${shown}${separator}+${words.length - i} more`
    shown = next
  }
  return shown
}
