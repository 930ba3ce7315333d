import matter from 'gray-matter'
import { type Document, isAlias, isDocument, isMap, isNode, isScalar, type Node, type Pair, parseDocument } from 'yaml'
import { err, ok, type Result } from '../result.ts'
import { type Finding, lineCounter } from './finding.ts'
import { type FrontMatterBlock, findFrontMatter } from './front-matter-block.ts'
import { readPlainYaml } from './plain-yaml.ts'
import { tooDeep } from './yaml-depth.ts'
import { aliasError, error, LIMITS, lowerFirst, yamlErrors } from './yaml-errors.ts'

/** One top-level field of the front matter. */
export interface Field {
  readonly key: string
  /** 1-based line of the key in the file. */
  readonly line: number
  /** Offset of the key in the file. */
  readonly offset: number
  /** What it holds, aliases followed; `undefined` for an empty value. */
  readonly node: Node | undefined
  /** The value as plain data, dates as strings. */
  readonly value: unknown
  /** Key and value as they are written; with their tokens only where they are read to be edited. */
  readonly pair: Pair
}

export interface FrontMatter {
  /** `undefined` where the file has none. */
  readonly block: FrontMatterBlock | undefined
  /** Where the body starts: an offset, and its 1-based line. */
  readonly body: { readonly start: number; readonly line: number }
  /** The root mapping's node; `undefined` where there is nothing but comments. */
  readonly root: Node | undefined
  /** In the order of the file. */
  readonly fields: ReadonlyMap<string, Field>
  /** Turns an offset of a YAML node into an offset of the file. */
  readonly fileOffset: (nodeOffset: number) => number
  /** What an alias stands for, any other node itself; `undefined` for what is no node. */
  readonly follow: (node: unknown) => Node | undefined
  readonly warnings: readonly Finding[]
}

const MAX_BYTES = 1024 * 1024

/**
 * Reads the front matter of a whole file as plain data. Nothing in it is ever evaluated.
 *
 * @param why `to-edit` has the tokens of each pair, which take time
 */
export function parseFrontMatter(
  text: string,
  why: keyof typeof OPTIONS = 'to-read',
): Result<FrontMatter, readonly Finding[]> {
  // No character is longer than three bytes in UTF-8 for each of its units.
  if (text.length > MAX_BYTES / 3 && Buffer.byteLength(text) > MAX_BYTES) {
    return err([error(0, 'file-too-large', 'the file is larger than 1 MiB; a spec is a page or two of text')])
  }
  const nul = text.indexOf('\0')
  if (nul !== -1) return err([error(nul, 'nul-character', 'the file holds a NUL character; it is no text file')])

  const found = findFrontMatter(text)
  if (!found.ok) return err([found.error])
  const block = found.value
  const lineOf = lineCounter(text)
  const fileOffset = (nodeOffset: number): number => (block?.start ?? 0) + nodeOffset
  const start = block?.bodyStart ?? (text.startsWith('\uFEFF') ? 1 : 0)
  const without = (warnings: readonly Finding[] = []): Result<FrontMatter, never> => {
    const body = { start, line: lineOf(start) }
    return ok({ block, body, root: undefined, fields: new Map(), fileOffset, follow: () => undefined, warnings })
  }
  if (block === undefined) return without()

  const source = text.slice(block.start, block.end)
  const read = readDocument(source, why)
  if (!read.ok) return err([error(block.start, 'invalid-yaml', `front matter: ${read.error}`)])
  const document = read.value
  if (document.errors.length > 0) return err(yamlErrors(document, text, fileOffset))
  const warnings = document.warnings.map((w): Finding => {
    const message = `front matter: ${lowerFirst(w.message)}`
    return { offset: fileOffset(w.pos[0]), code: 'yaml-warning', severity: 'warning', message }
  })
  const root = document.contents ?? undefined
  if (root === undefined || (isScalar(root) && root.value === null)) return without(warnings)
  if (!isMap(root)) {
    const message = 'front matter: expected fields of the form "key: value"'
    return err([error(fileOffset(root.range?.[0] ?? 0), 'not-a-mapping', message)])
  }
  const deep = tooDeep(document)
  if (deep !== undefined)
    return err([error(fileOffset(deep.range?.[0] ?? 0), 'invalid-yaml', 'front matter: nested too deeply')])
  const endless = source.includes('*') ? aliasError(document, fileOffset) : undefined
  if (endless !== undefined) return err([endless])

  const follow = (node: unknown): Node | undefined =>
    isAlias(node) ? node.resolve(document) : isNode(node) ? node : undefined
  const fields = new Map<string, Field>()
  for (const pair of root.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const offset = fileOffset(isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)
    fields.set(key, new DocumentField(document, { key, line: lineOf(offset), offset, node: follow(pair.value), pair }))
  }
  return ok({ block, body: { start, line: lineOf(start) }, root, fields, fileOffset, follow, warnings })
}

/** Few fields are asked for their value, most only for their node; a getter of its own on each would cost more than it saves. */
class DocumentField implements Field {
  readonly #document: Document
  readonly key: string
  readonly line: number
  readonly offset: number
  readonly node: Node | undefined
  readonly pair: Pair

  constructor(document: Document, { key, line, offset, node, pair }: Omit<Field, 'value'>) {
    this.#document = document
    this.key = key
    this.line = line
    this.offset = offset
    this.node = node
    this.pair = pair
  }

  get value(): unknown {
    return isNode(this.pair.value) ? this.pair.value.toJS(this.#document, LIMITS) : null
  }
}

const refuse = (): never => {
  throw new Error('only YAML is read')
}

// At `silent`, a second document would go unnoticed.
const YAML = { keepSourceTokens: true, prettyErrors: false, stringKeys: true, logLevel: 'error' } as const

/**
 * Options are always given: without them gray-matter caches, shares objects and forgets errors. The fences are our own
 * (front-matter-block.ts), so the closing delimiter carries its newline: no value is cut at a line like `---x`.
 *
 * @param yaml what it is handed starts with the newline of the opening fence
 */
const optionsWith = (yaml: (text: string) => Document) => ({
  language: 'yaml',
  delimiters: ['---', '---\n'] satisfies [string, string],
  engines: {
    yaml,
    json: refuse,
    javascript: refuse,
    js: refuse,
    coffee: refuse,
    coffeescript: refuse,
    cson: refuse,
    toml: refuse,
  },
})

const readExactly = (text: string): Document => parseDocument(text.slice(1), YAML)

const OPTIONS = {
  'to-read': optionsWith((text) => readPlainYaml(text.slice(1)) ?? readExactly(text)),
  'to-edit': optionsWith(readExactly),
}

/** The document as gray-matter and `yaml` read it; what is nothing to gray-matter, such as a blank of Unicode, may be text to YAML. */
function readDocument(source: string, why: keyof typeof OPTIONS): Result<Document, string> {
  try {
    const { data } = matter(`---\n${source}\n---\n`, OPTIONS[why])
    return ok(isDocument(data) ? data : readExactly(`\n${source}`))
  } catch (cause) {
    // `yaml` recurses: thousands of nested brackets end in a RangeError.
    return err(cause instanceof RangeError ? 'nested too deeply' : lowerFirst(String(cause)))
  }
}
