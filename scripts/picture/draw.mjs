// Blocks to SVG, in the measures and colours of GitHub's light theme.
import { CODE_PADDING, widest, wrap } from './lines.mjs'

const WIDTH = 880
const MARGIN = 32
const ROOM = WIDTH - 2 * MARGIN
const SIZE = 15
const LINE = 23
const HEADINGS = [28, 28, 21, 18, 15, 15, 15]
const CELL = { x: 12, y: 7 }

const INK = '#1f2328'
const MUTED = '#59636e'
const BORDER = '#d1d9e0'
const LINK = '#0969da'
const SHADE = '#f6f8fa'

const SANS =
  '-apple-system, BlinkMacSystemFont, &quot;Segoe UI&quot;, &quot;Noto Sans&quot;, Helvetica, Arial, sans-serif'
const MONO =
  'ui-monospace, SFMono-Regular, &quot;SF Mono&quot;, Menlo, Consolas, &quot;Liberation Mono&quot;, monospace'

/** @typedef {import('./blocks.mjs').Block} Block */
/** @typedef {{ svg: string, height: number }} Drawn */

/**
 * @param {Block[]} all
 * @returns {string} an SVG document
 */
export function draw(all) {
  let y = MARGIN
  let body = ''
  for (const [index, block] of all.entries()) {
    if (index > 0) y += gap(block, all[index - 1])
    const { svg, height } = drawBlock(block, y)
    body += svg
    y += height
  }
  const height = Math.ceil(y + MARGIN)
  const heading = all.find((block) => block.type === 'heading')
  const title = heading?.spans.map(({ text }) => text).join('') ?? 'Job summary'
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${SANS}" fill="${INK}">
<title>${xmlText(title.trim())}</title>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" fill="#ffffff" stroke="${BORDER}"/>
${body}</svg>
`
}

/**
 * @param {Block} block
 * @param {Block | undefined} previous
 */
function gap(block, previous) {
  if (block.type === 'heading') return 26
  return block.type === 'item' && previous?.type === 'item' ? 4 : 14
}

/**
 * @param {Block} block
 * @param {number} y
 * @returns {Drawn}
 */
function drawBlock(block, y) {
  switch (block.type) {
    case 'heading': {
      const size = HEADINGS[block.level] ?? SIZE
      const bold = block.spans.map((span) => ({ ...span, bold: true }))
      const text = paragraph(bold, MARGIN, y, ROOM, size, size * 1.3)
      if (block.level > 2) return text
      const under = y + text.height + 8
      return { svg: `${text.svg}${rect(MARGIN, under, ROOM, 1, BORDER)}`, height: text.height + 9 }
    }
    case 'quote': {
      const text = paragraph(block.spans, MARGIN + 18, y, ROOM - 18, SIZE, LINE, MUTED)
      return { svg: `${rect(MARGIN, y, 4, text.height, BORDER)}${text.svg}`, height: text.height }
    }
    case 'item': {
      const dot = `<circle cx="${MARGIN + 12}" cy="${y + LINE / 2}" r="2.5"/>\n`
      const text = paragraph(block.spans, MARGIN + 26, y, ROOM - 26)
      return { svg: dot + text.svg, height: text.height }
    }
    case 'details': {
      const [x, middle] = [MARGIN + 2, y + LINE / 2]
      const arrow = `<path d="M${x} ${middle - 5} l8 5 l-8 5 z"/>\n`
      const text = paragraph(block.spans, MARGIN + 18, y, ROOM - 18)
      return { svg: arrow + text.svg, height: text.height }
    }
    case 'code': {
      const lines = block.lines.map((line, index) => {
        const at = y + 12 + (index + 1) * 18 - 5
        return `<text x="${MARGIN + 14}" y="${at}" font-family="${MONO}" font-size="12.5" xml:space="preserve">${xmlText(line.slice(0, 104))}</text>\n`
      })
      const height = block.lines.length * 18 + 24
      return { svg: `${rect(MARGIN, y, ROOM, height, SHADE, 6)}${lines.join('')}`, height }
    }
    case 'table':
      return table(block.rows, y)
    case 'paragraph':
      return paragraph(block.spans, MARGIN, y, ROOM)
    case 'diagram':
      return { svg: '', height: 0 }
  }
}

/**
 * @param {import('./blocks.mjs').Span[][][]} rows the first is the head
 * @param {number} y
 * @returns {Drawn}
 */
function table(rows, y) {
  const styled = rows.map((row, index) =>
    row.map((cell) => (index === 0 ? cell.map((span) => ({ ...span, bold: true })) : cell)),
  )
  const widths = columnWidths(styled)
  const total = widths.reduce((sum, width) => sum + width, 0)
  let top = y
  let svg = ''
  // As on GitHub, a head without any words takes no place.
  for (const [index, row] of styled.filter((each, at) => at > 0 || each.some((cell) => cell.length > 0)).entries()) {
    let x = MARGIN
    let height = LINE
    let text = ''
    const bounds = []
    for (const [column, width] of widths.entries()) {
      const drawn = paragraph(row[column] ?? [], x + CELL.x, top + CELL.y, width - 2 * CELL.x, 14, 21)
      text += drawn.svg
      height = Math.max(height, drawn.height)
      bounds.push({ x, width })
      x += width
    }
    height += 2 * CELL.y
    if (index > 0 && index % 2 === 0) svg += rect(MARGIN, top, total, height, SHADE)
    for (const cell of bounds) {
      svg += `<rect x="${round(cell.x)}.5" y="${round(top)}.5" width="${round(cell.width)}" height="${round(height)}" fill="none" stroke="${BORDER}"/>\n`
    }
    svg += text
    top += round(height)
  }
  return { svg, height: top - y }
}

/**
 * As wide as their text; where that is too much together, the widest give way.
 * @param {import('./blocks.mjs').Span[][][]} rows
 */
function columnWidths(rows) {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(
      24,
      ...rows.map((row) => round(widest(wrap(row[column] ?? [], 14, Number.POSITIVE_INFINITY)) + 2 * CELL.x + 4)),
    ),
  )
  for (let over = sum(widths) - ROOM; over > 0; over = sum(widths) - ROOM) {
    const widestColumn = widths.indexOf(Math.max(...widths))
    widths[widestColumn] = (widths[widestColumn] ?? 0) - Math.min(over, 8)
  }
  return widths
}

const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, number) => total + number, 0)

/**
 * @param {import('./blocks.mjs').Span[]} spans
 * @param {number} x
 * @param {number} y of the top
 * @param {number} room
 * @returns {Drawn}
 */
function paragraph(spans, x, y, room, size = SIZE, line = LINE, colour = INK) {
  const lines = wrap(spans, size, room)
  let svg = ''
  for (const [index, pieces] of lines.entries()) {
    const baseline = y + index * line + line / 2 + size * 0.36
    for (const piece of pieces) {
      const left = x + piece.x
      if (piece.span.code) {
        svg += rect(
          left - CODE_PADDING,
          baseline - size * 0.95,
          piece.width + 2 * CODE_PADDING,
          size * 1.32,
          '#eff1f3',
          4,
        )
      }
      const attributes = [
        `x="${round(left, 1)}" y="${round(baseline, 1)}" font-size="${piece.span.code ? round(size * 0.85, 2) : size}"`,
        `textLength="${round(piece.width, 1)}"`,
        piece.span.bold ? 'font-weight="600"' : '',
        piece.span.italic ? 'font-style="italic"' : '',
        piece.span.code ? `font-family="${MONO}"` : '',
        piece.span.link ? `fill="${LINK}"` : colour === INK ? '' : `fill="${colour}"`,
      ]
      svg += `<text ${attributes.filter(Boolean).join(' ')} xml:space="preserve">${xmlText(piece.text)}</text>\n`
    }
  }
  return { svg, height: lines.length * line }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {string} fill
 */
function rect(x, y, width, height, fill, radius = 0) {
  const place = `x="${round(x, 1)}" y="${round(y, 1)}" width="${round(width, 1)}" height="${round(height, 1)}"`
  return `<rect ${place}${radius > 0 ? ` rx="${radius}"` : ''} fill="${fill}"/>\n`
}

const round = (/** @type {number} */ number, digits = 0) => Math.round(number * 10 ** digits) / 10 ** digits

const xmlText = (/** @type {string} */ text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
