/** A line of Markdown outside fenced code. */
export interface MarkdownLine {
  readonly text: string
  /** 1-based, in the file. */
  readonly line: number
}

export interface OpenFence {
  readonly fence: string
  /** Blanks as wide as what stands before the fence. */
  readonly indent: string
  readonly line: number
}

export interface MarkdownOutline {
  /** Every line that is neither in a code fence nor a fence. */
  readonly lines: readonly MarkdownLine[]
  /** A fence that is never closed: all below it is code. */
  readonly unclosed?: OpenFence
}

/** Any indentation and list markers may stand before a fence, as in a step of a list. */
const OPENING = /^((?:\s|[-*+]\s|\d{1,9}[.)]\s)*)(`{3,}(?!.*`)|~{3,})/

/**
 * Leaves out fenced code: ``` and ~~~, closed by a fence of the same character at least as long, as CommonMark reads it.
 * chant's own reader flips at every line that starts with ```; this one is not fooled by a fence inside a longer fence.
 *
 * @param prose `false` leaves out what is neither heading nor quote nor item of a list, too: most of a text, and nothing to most readers
 */
export function outsideCode(markdown: string, firstLine: number, prose = true): MarkdownOutline {
  const lines: MarkdownLine[] = []
  let open: OpenFence | undefined
  for (let start = 0, line = firstLine; start !== -1; line++) {
    const end = markdown.indexOf('\n', start)
    if (prose || mayBeMore(markdown, start)) {
      const text = lineOf(markdown, start, end === -1 ? markdown.length : end)
      if (open === undefined) {
        const [, before = '', fence] = OPENING.exec(text) ?? []
        if (fence === undefined) lines.push({ text, line })
        else open = { fence, indent: before.replace(/\S/g, ' '), line }
      } else if (closes(text.trim(), open.fence)) {
        open = undefined
      }
    }
    start = end === -1 ? -1 : end + 1
  }
  return open === undefined ? { lines } : { lines, unclosed: open }
}

const lineOf = (text: string, start: number, end: number): string =>
  text.slice(start, end > start && text.charAt(end - 1) === '\r' ? end - 1 : end)

/** Whether a line can be more than prose: a heading, an item of a list, a quote, or a fence, by its first character that is not blank. */
function mayBeMore(text: string, start: number): boolean {
  let at = start
  while (BLANKS.has(text.charCodeAt(at))) at++
  return MORE.has(text.charCodeAt(at))
}
const codesOf = (characters: string): ReadonlySet<number> => new Set([...characters].map((each) => each.charCodeAt(0)))
const BLANKS = codesOf(' \t')
const MORE = codesOf('#-*+>0123456789`~')

const closes = (text: string, fence: string): boolean =>
  text.length >= fence.length && text === fence.charAt(0).repeat(text.length)

/** A fence that no run of backticks in the text can close. */
export function fenceFor(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
  return '`'.repeat(Math.max(3, longest + 1))
}

/** The level and text of a heading written with `#`; `undefined` for any other line. */
export function headingOf(text: string): { readonly level: number; readonly text: string } | undefined {
  const match = text.includes('#') ? /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/.exec(text) : null
  return match?.[1] === undefined ? undefined : { level: match[1].length, text: (match[2] ?? '').trim() }
}
