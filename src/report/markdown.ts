import { clip, oneLine, visible } from './visible.ts'

/**
 * Foreign text as plain words in GitHub Markdown: in a paragraph, a table cell, a heading or inside an HTML tag. Entities
 * rather than backslashes, because they hold in Markdown and in HTML alike.
 */
export const text = (s: string): string =>
  oneLine(s).trim().replace(MARKUP, entity).replace(LINKED, '$&<!-- -->').replace(AT_START, entityAtEnd)

/** What would start a heading, a list, a rule or an underline at the start of a line. */
const AT_START = /^(?:[#+=-]|\d{1,9}[.)](?=\s|$))/u
/** Everything else that is markup. Inside a word an underscore is only an underscore. */
const MARKUP = /[&<>`*~[\]|\\$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu
/**
 * Starts of mentions, references, addresses and names of emoji (`main.rs:100:7`). GitHub finds these in the rendered text,
 * where an entity is a plain character again; only a node between sign and name parts them.
 */
const LINKED =
  /@(?=[\p{L}\p{N}_-])|(?<!&)#(?=\d)|(?<![^\W_])GH-(?=\d)|:(?=\/\/)|www\.|(?<=mailto|xmpp):|:(?=(?:100|1234|\d*[a-z_+-][\w+-]*):)/giu

const entity = (character: string): string => `&#${character.codePointAt(0)};`
const entityAtEnd = (run: string): string => run.slice(0, -1) + entity(run.slice(-1))

/** An inline code span, safe in table cells too. */
export function code(s: string): string {
  const line = oneLine(s).trim()
  if (line === '') return ''
  return /[`|\\]/.test(line) ? `<code>${text(line)}</code>` : `\`${line}\``
}

/** Our own sentences, in which `names` are marked by backticks: they become code, all the rest is plain text. */
export const prose = (s: string): string =>
  s
    .split(/(`[^`]+`)/)
    .map((part) => {
      if (part.startsWith('`') && part.length > 2) return code(part.slice(1, -1))
      const edges = /^(\s*)(.*?)(\s*)$/s.exec(part)
      return (edges?.[1] ? ' ' : '') + text(edges?.[2] ?? '') + (edges?.[3] && edges[2] ? ' ' : '')
    })
    .join('')

/** A fenced block whose fence is longer than any run of backticks inside. Each line is cut at 1,000 characters. */
export function fence(lines: readonly string[], language = ''): string {
  const shown = lines.map((line) => clip(visible(line), 1000))
  const longest = shown.flatMap((line) => line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
  const marks = '`'.repeat(longest + 1)
  return [marks + language, ...shown, marks].join('\n')
}

export type Align = 'left' | 'right' | 'center'

/** A table of names and values that are Markdown already. GitHub knows no table without a head: the first fact is it. */
export const factsTable = ([head = [], ...rest]: readonly (readonly string[])[]): string =>
  table([head[0] ?? '', head[1] ?? ''], [], rest)

/** A table of cells that are Markdown already. Missing cells are empty. */
export function table(head: readonly string[], align: readonly Align[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => ({ left: ':--', right: '--:', center: ':-:' })[align[i] ?? 'left'])
  const line = (cells: readonly string[]): string =>
    `| ${head.map((_, i) => (cells[i] ?? '').replace(/[\r\n]+/g, ' ')).join(' | ')} |`
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n')
}

/** A folded section; `summary` is plain text, `body` is Markdown. The blank lines let GitHub read the body as Markdown. */
export const details = (summary: string, body: string): string =>
  `<details><summary>${text(summary)}</summary>\n\n${body}\n\n</details>`

/** A link to an http(s) address of ours; any other address leaves only the words. */
export const link = (words: string, url: string): string => linked(text(words), url)

/** The same with words of code. */
export const codeLink = (words: string, url: string): string => linked(code(words), url)

function linked(words: string, url: string): string {
  if (!URL.canParse(url)) return words
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return words
  const safe = parsed.href.replace(
    /[()<>|`\\'"\s*_~[\]]/g,
    (c) => `%${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  )
  return `[${words}](${safe})`
}
