// Words into lines. Nobody asks a browser how wide text is, so widths are estimated and written down with each piece (`textLength`): whatever
// font a reader has, the text fills the place it was given.

/** Advance widths of Helvetica in 1/1000 em, from space to tilde. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
]

/** The same for signs of the summary that are not ASCII. */
const SIGNS = /** @type {Record<string, number>} */ ({
  '—': 1000,
  '–': 556,
  '·': 278,
  '…': 1000,
  '✓': 780,
  '✗': 780,
  '→': 1000,
  '×': 584,
})

/**
 * @typedef {import('./blocks.mjs').Span} Span
 * @typedef {{ span: Span, text: string, x: number, width: number }} Piece
 */

/**
 * @param {string} text
 * @param {Span} span
 * @param {number} size of the font, in pixels
 */
export function textWidth(text, span, size) {
  if (span.code) return [...text].length * 0.602 * size * 0.85
  const units = [...text].reduce(
    (sum, char) => sum + (WIDTHS[(char.codePointAt(0) ?? 0) - 32] ?? SIGNS[char] ?? 600),
    0,
  )
  return (units / 1000) * size * (span.bold ? 1.07 : 1)
}

/** Space around inline code, in pixels. */
export const CODE_PADDING = 5

/**
 * Breaks spans into lines at spaces.
 * @param {Span[]} spans
 * @param {number} size
 * @param {number} room in pixels
 * @returns {Piece[][]}
 */
export function wrap(spans, size, room) {
  /** @type {Piece[][]} */
  const lines = [[]]
  let x = 0
  for (const span of spans) {
    const padding = span.code ? CODE_PADDING : 0
    // Inline code stays in one piece where it fits.
    const words = span.code ? [span.text] : (span.text.match(/\s+|\S+/g) ?? [])
    for (const word of words) {
      const blank = word.trim() === ''
      const width = textWidth(blank ? ' ' : word, span, size) + 2 * padding
      if (x + width > room && x > 0 && !blank) {
        lines.push([])
        x = 0
      }
      if (blank && x === 0) continue
      // A space where the style changes is room, not text.
      if (!blank || lines.at(-1)?.at(-1)?.span === span)
        append(lines.at(-1) ?? [], { span, text: blank ? ' ' : word, x: x + padding, width: width - 2 * padding })
      x += width
    }
  }
  return lines
}

/**
 * Adds to a line; words of one style become one piece.
 * @param {Piece[]} line
 * @param {Piece} piece
 */
function append(line, piece) {
  const last = line.at(-1)
  if (last && last.span === piece.span && !piece.span.code) {
    last.text += piece.text
    last.width += piece.width
  } else line.push(piece)
}

/**
 * The widest line, in pixels.
 * @param {Piece[][]} lines
 */
export const widest = (lines) =>
  Math.max(0, ...lines.flat().map(({ x, width, span }) => x + width + (span.code ? CODE_PADDING : 0)))
