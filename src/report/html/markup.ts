import { oneLine } from '../visible.ts'

/** HTML that came out of `html`: all foreign text in it is escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Part = Markup | string | number | undefined | readonly Part[]

/**
 * A piece of HTML. Strings that are put in become plain text, in an element or in a quoted attribute; lists are joined, and
 * `undefined` is nothing. This tag and `dataBlock` are the only places where text becomes markup.
 */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(literals.reduce((written, literal, i) => written + rendered(parts[i - 1]) + literal))

function rendered(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return oneLine(part).replace(/[&<>"'`]/g, entity)
  return part.map(rendered).join('')
}

const entity = (character: string): string => `&#${character.codePointAt(0)};`

/** Our own sentences, in which `names` are marked by backticks. */
export const prose = (sentence: string): Markup =>
  html`${sentence
    .split(/(`[^`]+`)/)
    .map((part) => (part.length > 2 && part.startsWith('`') ? html`<code>${part.slice(1, -1)}</code>` : part))}`

/** A link to an http(s) address; any other address leaves only the words. */
export function link(words: string, address: string): Markup {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return html`${words}`
  return html`<a href="${url.href}" rel="noreferrer">${words}</a>`
}

/** A link to a file beside the report: `logs/a.log`. An encoded path cannot name a scheme or another host. */
export const fileLink = (words: string, path: string): Markup =>
  html`<a href="${path.toWellFormed().split('/').map(encodeURIComponent).join('/')}">${words}</a>`

/** JSON that can stand in a script element, and in any encoding: ASCII without `<`, `>` and `&`. */
export const dataJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A script element that never runs and holds `json`, made by `dataJson`, for the script of the page. */
export const dataBlock = (name: string, json: string): Markup =>
  html`<script type="application/json" data-log="${name}">${new Markup(json)}</script>`
