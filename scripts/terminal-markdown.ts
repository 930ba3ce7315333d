import { stripVTControlCharacters, styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]
type Paint = (style: Style, text: string) => string

/**
 * Renders the Markdown of our own summaries for a terminal: headings, aligned tables, quotes, `<details>`, fences.
 * Diagrams become a note, because a terminal cannot draw them. Without `color` the text has no escape sequences.
 */
export function terminalMarkdown(markdown: string, color: boolean): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text)
  const out: string[] = []
  let table: string[][] = []
  let fence: { readonly end: string; readonly diagram: boolean } | undefined

  const endTable = () => {
    out.push(...renderTable(table, paint))
    table = []
  }
  for (const line of markdown.split('\n')) {
    if (fence) {
      if (line.trim() === fence.end) fence = undefined
      else if (!fence.diagram) out.push(paint('dim', `    ${line}`))
      continue
    }
    const [, marks, language = ''] = /^\s*(`{3,}|~{3,})\s*(\w*)/.exec(line) ?? []
    const isRow = line.startsWith('|')
    if (table.length > 0 && !isRow) endTable()
    if (marks) {
      fence = { end: marks, diagram: language === 'mermaid' }
      if (fence.diagram) out.push(paint('dim', '  (a diagram: GitHub draws it on the page of the run)'))
    } else if (isRow) {
      table.push(cells(line))
    } else {
      out.push(...renderLine(line, paint))
    }
  }
  if (table.length > 0) endTable()
  return out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function renderLine(line: string, paint: Paint): string[] {
  const [, marks, heading] = /^(#{1,6})\s+(.*)$/.exec(line) ?? []
  if (marks && heading !== undefined)
    return ['', paint(marks.length === 1 ? ['bold', 'underline'] : 'bold', inline(heading, paint))]
  const [, quoted] = /^>\s?(.*)$/.exec(line) ?? []
  if (quoted !== undefined) return [`  ${paint('dim', '│')} ${inline(quoted, paint)}`]
  const summary = /<summary>(.*?)<\/summary>/.exec(line)?.[1]
  if (summary !== undefined) return [`▾ ${inline(summary, paint)}`]
  const text = inline(line, paint)
  // A line that was nothing but tags leaves no empty line behind.
  return text === '' && line.trim() !== '' ? [] : [text]
}

/** Our tables write a bar inside a cell as an entity, so every bar parts two cells. */
const cells = (row: string): string[] =>
  row
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim())

function renderTable(rows: readonly string[][], paint: Paint): string[] {
  const body = rows
    .filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)))
    .map((row) => row.map((cell) => inline(cell, paint)))
  const columns = Math.max(0, ...body.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...body.map((row) => width(row[column] ?? ''))),
  )
  return body.flatMap((row, index) => {
    const line = widths
      .map((size, column) => pad(row[column] ?? '', size))
      .join('   ')
      .trimEnd()
    // A table of our own may have a head without words.
    if (index === 0) return line === '' ? [] : [`  ${paint('dim', line)}`]
    return [`  ${line}`]
  })
}

const width = (text: string): number => [...stripVTControlCharacters(text)].length
const pad = (text: string, size: number): string => text + ' '.repeat(Math.max(0, size - width(text)))

/** Code, bold, links, entities; every other tag is dropped. Text inside code is left as it is. */
function inline(text: string, paint: Paint): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? paint('cyan', part.slice(1, -1)) : prose(part, paint)))
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ' }

const prose = (text: string, paint: Paint): string =>
  text
    .replace(/<!--.*?-->/g, '')
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<\/?[a-zA-Z][^>]*>/g, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*(.+?)\*\*/g, (_, bold: string) => paint('bold', bold))
    .replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, '$1')
    .replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? (ENTITIES[name ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
    )
