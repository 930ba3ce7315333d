// The Markdown of our own summary, and only that: headings, paragraphs, quotes, lists, tables, fences, <details>.

/**
 * @typedef {{ text: string, bold?: boolean, italic?: boolean, code?: boolean, link?: boolean }} Span
 * @typedef {{ type: 'heading', level: number, spans: Span[] }
 *   | { type: 'paragraph' | 'quote' | 'item' | 'details', spans: Span[] }
 *   | { type: 'table', rows: Span[][][] }
 *   | { type: 'code', lines: string[] }
 *   | { type: 'diagram' }} Block
 */

/**
 * @param {string} markdown
 * @returns {Block[]}
 */
export function blocks(markdown) {
  const lines = markdown.replace(/<!--.*?-->/gs, '').split(/\r?\n/)
  /** @type {Block[]} */
  const found = []
  let folded = 0
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ''
    const rest = lines.slice(at)
    if (/^\s*`{3,}/.test(line)) {
      const fence = /^\s*(`{3,})\s*(\w*)/.exec(line)
      const length = rest.slice(1).findIndex((each) => each.trim().startsWith(fence?.[1] ?? '```'))
      const end = length < 0 ? rest.length : length + 1
      if (fence?.[2] === 'mermaid') found.push({ type: 'diagram' })
      else if (folded === 0) found.push({ type: 'code', lines: rest.slice(1, end) })
      at += end + 1
    } else if (/<details/.test(line)) {
      const opened = rest.findIndex((each) => each.includes('</summary>'))
      const summary = /<summary>(.*?)<\/summary>/s.exec(rest.slice(0, opened + 1).join('\n'))?.[1] ?? ''
      // What stands before it on the line is shown, what it folds away is not.
      const before = line.slice(0, line.indexOf('<details')).trim()
      if (folded === 0 && before !== '') found.push({ type: 'paragraph', spans: inline(before) })
      if (folded === 0) found.push({ type: 'details', spans: inline(summary) })
      if (
        !rest
          .slice(0, opened + 1)
          .join('\n')
          .includes('</details>')
      )
        folded++
      at += Math.max(opened, 0) + 1
    } else if (line.includes('</details>')) {
      folded = Math.max(0, folded - 1)
      at++
    } else if (folded > 0 || line.trim() === '' || /^-{3,}$/.test(line)) at++
    else if (/^\s*\|/.test(line)) {
      const rows = takeWhile(rest, (each) => /^\s*\|/.test(each))
      found.push({
        type: 'table',
        rows: rows.filter((row) => !/^[\s|:-]+$/.test(row) || !row.includes('-')).map(cells),
      })
      at += rows.length
    } else if (/^#{1,6} /.test(line)) {
      const level = line.indexOf(' ')
      found.push({ type: 'heading', level, spans: inline(line.slice(level)) })
      at++
    } else if (/^> ?/.test(line)) {
      const quoted = takeWhile(rest, (each) => /^>/.test(each))
      found.push({ type: 'quote', spans: inline(quoted.map((each) => each.replace(/^> ?/, '')).join(' ')) })
      at += quoted.length
    } else if (/^\s*[-*] /.test(line)) {
      found.push({ type: 'item', spans: inline(line.replace(/^\s*[-*] /, '')) })
      at++
    } else {
      const paragraph = takeWhile(
        rest,
        (each) => each.trim() !== '' && !/^(#{1,6} |>|\s*\||\s*`{3})|<details/.test(each),
      )
      const text = paragraph.length > 0 ? paragraph : [line]
      found.push({ type: 'paragraph', spans: inline(text.join(' ')) })
      at += text.length
    }
  }
  return found
}

/**
 * @param {string[]} lines
 * @param {(line: string) => boolean} holds
 */
function takeWhile(lines, holds) {
  const end = lines.findIndex((line) => !holds(line))
  return end < 0 ? lines : lines.slice(0, end)
}

const cells = (/** @type {string} */ row) =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.trim()))

const INLINE =
  /(?<!\\)(?:`+ ?(?<code>.+?) ?`+|\*\*(?<bold>.+?)\*\*|\[(?<link>(?:\\.|[^\]\\])+)\]\([^)]*\)|(?<![\w*])[*_](?<italic>[^*_]+)[*_](?!\w)|<(?<tag>\/?\w+)[^>]*>)/g

/**
 * @param {string} text
 * @param {Omit<Span, 'text'>} style
 * @returns {Span[]}
 */
export function inline(text, style = {}) {
  /** @type {Span[]} */
  const spans = []
  let end = 0
  for (const match of text.matchAll(INLINE)) {
    spans.push({ text: plain(text.slice(end, match.index)), ...style })
    end = match.index + match[0].length
    const { code, bold, link, italic, tag } = match.groups ?? {}
    if (code) spans.push({ text: entities(code), ...style, code: true })
    else if (bold) spans.push(...inline(bold, { ...style, bold: true }))
    else if (link) spans.push(...inline(link, { ...style, link: true }))
    else if (italic) spans.push(...inline(italic, { ...style, italic: true }))
    else if (tag === 'br') spans.push({ text: ' ', ...style })
  }
  spans.push({ text: plain(text.slice(end)), ...style })
  return spans.filter(({ text }) => text !== '')
}

const plain = (/** @type {string} */ text) => entities(text.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1'))

const ENTITIES = /** @type {Record<string, string>} */ ({ lt: '<', gt: '>', quot: '"', amp: '&', nbsp: ' ' })

const entities = (/** @type {string} */ text) =>
  text.replaceAll(/&(?:(\w+)|#(\d+)|#x([\da-f]+));/gi, (whole, name, decimal, hex) => {
    if (name) return ENTITIES[name] ?? whole
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16))
  })
