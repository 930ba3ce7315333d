import { type Alias, type Document, isScalar, visit, type YAMLError } from 'yaml'
import { type Finding, placesIn, quoted } from './finding.ts'

/** One mistake often makes a hundred errors; nobody reads more than the first few. */
const MAX_ERRORS = 10

/** How far a value may unfold by its aliases: what `yaml` asks of every `toJS`. */
export const LIMITS = { maxAliasCount: 100 }

/** What `yaml` has against front matter, in our words and at its place in the file. */
export function yamlErrors(document: Document, text: string, fileOffset: (nodeOffset: number) => number): Finding[] {
  const placeOf = placesIn(text)
  const line = (nodeOffset: number): number => placeOf(fileOffset(nodeOffset)).line
  return document.errors
    .slice(0, MAX_ERRORS)
    .map((e) => error(fileOffset(e.pos[0]), codeOf(e), describe(e, document, line)))
}

/** `yaml` looks for what each of them stands for in all of the document: thousands of them take it many seconds. */
const MAX_ALIASES = 100

/** What is wrong with the aliases: one stands for nothing, or there is no end to them. */
export function aliasError(document: Document, fileOffset: (nodeOffset: number) => number): Finding | undefined {
  const last = aliasAfter(MAX_ALIASES, document)
  if (last !== undefined) {
    const message = `front matter: more than ${MAX_ALIASES} aliases; write the values out`
    return error(fileOffset(last.range?.[0] ?? 0), 'alias-limit', message)
  }
  if (unfolds(document)) return undefined
  const anchors = new Set<string>()
  let first: number | undefined
  let unknown: { readonly name: string; readonly offset: number } | undefined
  visit(document, {
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor)
    },
    Alias(_, { source, range }) {
      first ??= range?.[0]
      if (anchors.has(source)) return undefined
      unknown = { name: source, offset: range?.[0] ?? 0 }
      return visit.BREAK
    },
  })
  if (unknown === undefined) {
    const message = 'front matter: its aliases unfold into too much or into themselves; write the values out'
    return error(fileOffset(first ?? 0), 'alias-limit', message)
  }
  const message = `front matter: nothing before it has the anchor that the alias ${quoted(`*${unknown.name}`)} stands for; write the value out, or in quotes where it is text`
  return error(fileOffset(unknown.offset), 'invalid-yaml', message)
}

/** The first alias that comes behind so many. */
function aliasAfter(count: number, document: Document): Alias | undefined {
  let seen = 0
  let found: Alias | undefined
  visit(document, {
    Alias(_, alias) {
      seen += 1
      if (seen <= count) return undefined
      found = alias
      return visit.BREAK
    },
  })
  return found
}

/** Whether the aliases come to an end, and to one that can be borne. */
function unfolds(document: Document): boolean {
  try {
    JSON.stringify(document.toJS(LIMITS)) // Throws at a value that holds itself: `&a [*a]`.
    return true
  } catch {
    return false
  }
}

/** An error in front matter, or in the file around it. */
export const error = (offset: number, code: string, message: string): Finding => ({
  offset,
  code,
  severity: 'error',
  message,
})

function codeOf(e: YAMLError): string {
  if (e.code === 'DUPLICATE_KEY') return 'duplicate-key'
  if (e.code === 'TAB_AS_INDENT') return 'tab-indentation'
  return 'invalid-yaml'
}

function describe(e: YAMLError, document: Document, lineOf: (offset: number) => number): string {
  if (e.code === 'RESOURCE_EXHAUSTION') return 'front matter: nested too deeply'
  if (e.code === 'MULTIPLE_DOCS')
    return 'front matter: a second document starts here, behind a line "..." or "---", and would be lost; take that line out'
  if (e.code === 'TAB_AS_INDENT') return 'front matter: a tab is used as indentation; use spaces'
  const duplicate = e.code === 'DUPLICATE_KEY' ? duplicateAt(e.pos[0], document) : undefined
  if (duplicate === undefined) return `front matter: ${lowerFirst(e.message)}`
  return `front matter: duplicate key ${quoted(duplicate.key)} (first on line ${lineOf(duplicate.firstOffset)})`
}

/** The key written at this offset, and where the same mapping had it first. */
function duplicateAt(offset: number, document: Document): { key: string; firstOffset: number } | undefined {
  let found: { key: string; firstOffset: number } | undefined
  visit(document, {
    Map(_, map) {
      const keys = map.items.map((item) => item.key).filter(isScalar)
      const second = keys.find((key) => key.range?.[0] === offset)
      if (second === undefined) return undefined
      const first = keys.find((key) => key.value === second.value)
      found = { key: String(second.value), firstOffset: first?.range?.[0] ?? offset }
      return visit.BREAK
    },
  })
  return found
}

/** A message of a library, behind words of ours. */
export const lowerFirst = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1)
