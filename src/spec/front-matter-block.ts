import { err, ok, type Result } from '../result.ts'
import type { Finding } from './finding.ts'

/** Where the YAML of a file lies, as offsets in its text. */
export interface FrontMatterBlock {
  /** The first character after the opening fence's line. */
  readonly start: number
  /** The first character of the closing fence's line. */
  readonly end: number
  /** The first character after the closing fence's line. */
  readonly bodyStart: number
}

/** Front matter is a page at most. The limits keep every later step linear in practice (see front-matter.ts). */
const MAX_LENGTH = 64 * 1024
const MAX_LINES = 4000

/**
 * Finds the front matter: `---` alone on the first line that is not blank, blanks before it or not, up to the next line that
 * is `---` alone from its first column on. `---` inside a value or with something behind it closes nothing. Without an
 * opening fence there is none (`undefined`). A carriage return alone ends a line for some readers only, so that no two would
 * agree on the fields.
 */
export function findFrontMatter(text: string): Result<FrontMatterBlock | undefined, Finding> {
  const opening = /^\s*---(?!-)([^\r\n]*)(\r?\n|\r|$)/.exec(text)
  if (opening === null) return ok(undefined)
  const [head, info = '', newline = ''] = opening
  const offset = head.length - newline.length - info.length - 3
  if (info.trim() !== '') {
    const message = 'front matter: only YAML is read; write "---" alone on its first line'
    return err({ offset, code: 'front-matter-language', severity: 'error', message })
  }
  if (newline === '\r') return err(carriageReturn(head.length - 1))

  const closingFence = /(?<=\n)---[ \t]*(?:\r?\n|$)/g
  closingFence.lastIndex = head.length
  const closing = newline === '' ? null : closingFence.exec(text)
  if (closing === null) {
    // chant ends it at any `---`, so that people have written these for years without a word.
    const meant =
      newline === ''
        ? null
        : /(?:^|(?<=\n))(?:[ \t]+---[ \t]*|---[^-\r\n][^\r\n]*)(?=\r?\n|$)/.exec(text.slice(head.length))
    const message =
      meant === null
        ? 'front matter: it is never closed; add a line "---" after its last field'
        : 'front matter: this is not its end, which is "---" alone on a line, with nothing before or behind it; correct the line'
    const at = meant === null ? offset : head.length + meant.index
    return err({ offset: at, code: 'unclosed-front-matter', severity: 'error', message })
  }

  const block = { start: head.length, end: closing.index, bodyStart: closing.index + closing[0].length }
  if (isTooLarge(text.slice(block.start, block.end))) {
    const message = `front matter: longer than ${MAX_LENGTH / 1024} KiB or ${MAX_LINES} lines`
    return err({ offset, code: 'front-matter-too-large', severity: 'error', message })
  }
  const alone = text.slice(block.start, block.end).search(/\r(?!\n)/)
  return alone === -1 ? ok(block) : err(carriageReturn(block.start + alone))
}

const carriageReturn = (offset: number): Finding => ({
  offset,
  code: 'carriage-return',
  severity: 'error',
  message:
    'front matter: a line ends with a carriage return and no newline behind it; save the file with the line ends of Unix or Windows',
})

const isTooLarge = (source: string): boolean =>
  source.length > MAX_LENGTH ||
  (source.length > MAX_LINES && source.split(/[\n\r\u2028\u2029]/, MAX_LINES + 1).length > MAX_LINES)
