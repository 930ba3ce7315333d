import { isAlias, isNode, isScalar, type Node, parseDocument, type YAMLError } from 'yaml'
import { err, ok, type Result } from '../result.ts'
import type { Finding } from '../spec/finding.ts'
import { parseFrontMatter } from '../spec/front-matter.ts'
import { tooDeep } from '../spec/yaml-depth.ts'

/** YAML that holds configuration, read as data: nothing in it is ever evaluated. */
export interface ConfigSource {
  /** A mapping, or a list; `undefined` where there is nothing but comments. */
  readonly root: Node | undefined
  /** What an alias stands for, any other node itself. */
  readonly follow: (node: unknown) => Node | undefined
  /** Where a node is written, as an offset in the text. */
  readonly offsetOf: (node: Node) => number
  readonly findings: readonly Finding[]
}

/** The front matter of a whole file. A file without any is an error: what is written in it would count for nothing. */
export function frontMatterSource(text: string): Result<ConfigSource, readonly Finding[]> {
  const matter = parseFrontMatter(text)
  if (!matter.ok) return matter
  const { block, root, follow, fileOffset, warnings } = matter.value
  if (block === undefined)
    return err([
      error(0, 'no-front-matter', 'no front matter: put the settings between two lines "---" at the start of the file'),
    ])
  return ok({ root, follow, offsetOf: (node) => fileOffset(node.range?.[0] ?? 1), findings: warnings })
}

const MAX_LENGTH = 64 * 1024
const MAX_ERRORS = 10

/** A text that is YAML as a whole. */
export function yamlSource(text: string): Result<ConfigSource, readonly Finding[]> {
  if (text.length > MAX_LENGTH) return err([error(0, 'too-large', `longer than ${MAX_LENGTH / 1024} KiB`)])
  // Not `silent`: that would drop a second document without a word.
  const options = { prettyErrors: false, stringKeys: true, logLevel: 'error' } as const
  try {
    const document = parseDocument(text, options)
    if (document.errors.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) return err(TOO_DEEP)
    if (document.errors.length > 0)
      return err(document.errors.slice(0, MAX_ERRORS).map((e) => error(e.pos[0], 'invalid-yaml', describe(e))))
    if (tooDeep(document)) return err(TOO_DEEP)
    // Throws where aliases unfold without bound or into themselves.
    JSON.stringify(document.toJS({ maxAliasCount: 100 }))
    const { contents } = document
    return ok({
      root: contents === null || (isScalar(contents) && contents.value === null) ? undefined : contents,
      follow: (node) => (isAlias(node) ? node.resolve(document) : isNode(node) ? node : undefined),
      offsetOf: (node) => node.range?.[0] ?? 0,
      findings: [],
    })
  } catch {
    return err(TOO_DEEP)
  }
}

const describe = ({ code, message }: YAMLError): string =>
  code === 'MULTIPLE_DOCS' ? 'a second document starts here; one is read' : message

const error = (offset: number, code: string, message: string): Finding => ({ offset, code, severity: 'error', message })

/** Deeper than any settings are, or than the parser can follow: it recurses. */
const TOO_DEEP = [error(0, 'invalid-yaml', 'nested too deeply, or with aliases that unfold without end')]
