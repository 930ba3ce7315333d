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
 */
export function outsideCode(markdown: string, firstLine: number): MarkdownOutline {
  const lines: MarkdownLine[] = []
  const fenced = markdown.includes('```') || markdown.includes('~~~')
  let open: OpenFence | undefined
  let line = firstLine - 1
  for (const written of markdown.split('\n')) {
    line++
    const text = written.endsWith('\r') ? written.slice(0, -1) : written
    if (open === undefined) {
      const [, before = '', fence] = (fenced && OPENING.exec(text)) || []
      if (fence === undefined) lines.push({ text, line })
      else open = { fence, indent: before.replace(/\S/g, ' '), line }
    } else if (closes(text.trim(), open.fence)) {
      open = undefined
    }
  }
  return open === undefined ? { lines } : { lines, unclosed: open }
}

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
