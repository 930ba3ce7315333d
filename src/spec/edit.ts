import { isCollection, isMap, isNode, isScalar, isSeq, type Node } from 'yaml'
import { err, ok, type Result } from '../result.ts'
import { type Field, type FrontMatter, parseFrontMatter } from './front-matter.ts'
import type { FrontMatterBlock } from './front-matter-block.ts'
import type { SpecStatus } from './spec.ts'
import { blockList, blockMap, flowList, flowMap, type ScalarStyle, yamlScalar } from './yaml-text.ts'

type MappingValue = Readonly<Record<string, string | boolean>>
type FieldValue = string | readonly string[] | MappingValue

/**
 * New values by key as the file spells it (`completed_at`). A list stays a list even when it holds one value or none; a
 * mapping replaces the one that is there as a whole.
 */
export type FieldChanges = Readonly<Record<string, FieldValue>>

/**
 * Sets fields of the front matter and leaves every other byte of the file as it is: comments, order, quoting, unknown
 * keys, line endings, byte order mark, body. A field that has its value already is not touched; a new one goes to the
 * end; a file without front matter gets some. Values stay strings whatever they look like.
 *
 * The error is one sentence: the front matter cannot be read, or the change would reach further than its field.
 */
export function setFields(text: string, changes: FieldChanges): Result<string, string> {
  const parsed = parseFrontMatter(text, 'to-edit')
  if (!parsed.ok) return err(parsed.error[0]?.message ?? 'front matter: cannot be read')
  const matter = parsed.value
  const replaced: Splice[] = []
  const added: [key: string, value: FieldValue][] = []
  for (const [key, value] of Object.entries(changes)) {
    const field = matter.fields.get(key)
    if (field === undefined) added.push([key, value])
    else if (!holds(field.value, value)) replaced.push(replaceValue(text, matter, field, value))
  }
  if (replaced.length === 0 && added.length === 0) return ok(text)
  for (const place of added.length > 0 ? PLACES : PLACES.slice(0, 1)) {
    // Where a value and a new field go to the same place, what is put there last comes first.
    const splices = added.length > 0 ? [addFields(text, matter, added, place), ...replaced] : replaced
    const edited = splices
      .toSorted((a, b) => b.start - a.start)
      .reduce((result, splice) => result.slice(0, splice.start) + splice.text + result.slice(splice.end), text)
    if (changesOnly(changes, text, matter, edited)) return ok(edited)
  }
  return err(`front matter: ${Object.keys(changes).join(', ')} cannot be set without changing something else`)
}

/**
 * Where new fields go: behind everything, or before blank lines at the end, comments among them. A line with a tab on it ends no
 * empty value: YAML takes the next field for a part of it, though a comment stands between them.
 */
const PLACES = ['behind-all', 'before-blanks', 'before-remarks'] as const

/** What the end of a worker leaves in its spec. */
export interface Finalization {
  readonly status: Extract<SpecStatus, 'completed' | 'failed'>
  readonly branch: string
  /** Short hashes; none leaves the field as it is. */
  readonly commits: readonly string[]
  /** UTC, `YYYY-MM-DDTHH:MM:SSZ`. Written for a completed spec only. */
  readonly completedAt?: string
  readonly model?: string
  /** Asks for an approval that nobody has given yet, whatever stands there. */
  readonly asksApproval?: boolean
}

/** Writes status, branch, commits, completed_at, model and approval as chant does, new ones in its order. Errors as `setFields`. */
export function finalizeSpec(text: string, end: Finalization): Result<string, string> {
  return setFields(text, {
    status: end.status,
    branch: end.branch,
    ...(end.commits.length > 0 && { commits: end.commits }),
    ...(end.status === 'completed' && end.completedAt !== undefined && { completed_at: end.completedAt }),
    ...(end.model !== undefined && { model: end.model }),
    ...(end.asksApproval && { approval: { required: true, status: 'pending' } }),
  })
}

/** Replace `text[start, end)`. */
interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Whether a value is this one already, as strings: the number 1234567 is not the hash "1234567". */
function holds(current: unknown, value: FieldValue): boolean {
  return typeof value === 'string' ? current === value : JSON.stringify(current) === JSON.stringify(value)
}

function replaceValue(text: string, matter: FrontMatter, field: Field, value: FieldValue): Splice {
  const { start, end, afterColon } = extentOf(text, matter, field)
  const flow = isFlow(matter.root)
  // A plain value of the same kind is replaced where it stands; anything else, with its tag or anchor, behind the colon.
  const { value: node } = field.pair
  const written = (isScalar(node) || isCollection(node)) && !node.tag && !node.anchor && end > start ? node : undefined
  if (typeof value === 'string') {
    if (isScalar(written)) return { start, end, text: yamlScalar(value, styleOf(written.type, flow)) }
    return { start: afterColon, end, text: ` ${yamlScalar(value, flow ? 'flow' : 'natural')}` }
  }
  const sameKind = isList(value) ? isSeq(written) : isMap(written)
  if (sameKind && isFlow(written)) return { start, end, text: inFlow(value) }
  if (flow || isEmpty(value)) return { start: afterColon, end, text: ` ${inFlow(value)}` }
  const newline = newlineOf(text)
  if (sameKind) return { start, end, text: inBlock(value, blanksBefore(text, start), newline) }
  return { start: afterColon, end, text: newline + indented(value, indentOf(text, matter), newline) }
}

/** Where a field's value is written, in offsets of the file. An empty value is empty right behind the colon. */
function extentOf(text: string, matter: FrontMatter, field: Field): { start: number; end: number; afterColon: number } {
  const colon = field.pair.srcToken?.sep?.find((token) => token.type === 'map-value-ind')
  const written = field.pair.value
  const [from, to] = isNode(written) ? [startOf(text, matter, written), matter.fileOffset(contentEnd(written))] : [0, 0]
  // `{key}` and `? key` have no colon: the splice lands behind the key, and `changesOnly` refuses what comes of it.
  const afterColon = colon === undefined ? field.offset + field.key.length : matter.fileOffset(colon.offset) + 1
  if (to <= from) return { start: afterColon, end: afterColon, afterColon }
  let end = to
  while (end > afterColon && /\s/.test(text.charAt(end - 1))) end--
  return { start: from, end, afterColon }
}

/** Where a node starts, in offsets of the file. The range of a block of fields leaves out a tag or anchor of the first key. */
function startOf(text: string, { fileOffset }: FrontMatter, node: Node): number {
  const start = fileOffset(node.range?.[0] ?? 0)
  const token = isMap(node) ? node.srcToken : undefined
  return token?.type === 'block-map' ? text.lastIndexOf('\n', start - 1) + 1 + token.indent : start
}

/** Offset behind the last character of a node; the range of a block goes on over blank lines and comments. */
function contentEnd(node: Node): number {
  let last: unknown
  if (isSeq(node) && !isFlow(node)) last = node.items.at(-1)
  if (isMap(node) && !isFlow(node)) last = lastIn(node.items.at(-1))
  return isNode(last) ? contentEnd(last) : (node.range?.[1] ?? 0)
}

const lastIn = (pair: { key: unknown; value: unknown } | undefined): unknown => pair?.value ?? pair?.key

function addFields(
  text: string,
  matter: FrontMatter,
  added: readonly [key: string, value: FieldValue][],
  place: (typeof PLACES)[number],
): Splice {
  const newline = newlineOf(text)
  const { block, root } = matter
  if (isMap(root) && isFlow(root)) {
    const last = lastIn(root.items.at(-1))
    const at = matter.fileOffset(isNode(last) ? contentEnd(last) : (root.range?.[0] ?? 0) + 1)
    const fields = added.map(([key, value]) =>
      typeof value === 'string' ? `${key}: ${yamlScalar(value, 'flow')}` : `${key}: ${inFlow(value)}`,
    )
    return { start: at, end: at, text: (isNode(last) ? ', ' : '') + fields.join(', ') }
  }
  const indent = indentOf(text, matter)
  const lines = added.map(([key, value]) => {
    if (typeof value === 'string') return `${indent}${key}: ${yamlScalar(value, 'natural')}${newline}`
    if (isEmpty(value)) return `${indent}${key}: ${inFlow(value)}${newline}`
    return `${indent}${key}:${newline}${indented(value, indent, newline)}${newline}`
  })
  if (block !== undefined) {
    const end = beforeLast(LAST[place], text, block.start, endOfFields(text, block))
    return { start: end, end, text: lines.join('') }
  }
  const start = bodyStart(text, matter)
  return { start, end: start, text: `---${newline}${lines.join('')}---${newline}` }
}

/** Lines before which each place is, where the fields end with them. */
const LAST: Readonly<Record<(typeof PLACES)[number], RegExp>> = {
  'behind-all': /^(?!)/,
  'before-blanks': /^[ \t]*\r?\n$/,
  'before-remarks': /^[ \t]*(?:#.*)?\r?\n$/,
}

/** Offset of the first of the lines before `end` that all are of a kind; `end` where none is. */
function beforeLast(line: RegExp, text: string, start: number, end: number): number {
  let at = end
  while (at > start) {
    const begin = Math.max(start, text.lastIndexOf('\n', at - 2) + 1)
    if (!line.test(text.slice(begin, at))) break
    at = begin
  }
  return at
}

/** Where a new field goes: before the closing fence, or before a line `...`, behind which YAML reads no more fields. */
function endOfFields(text: string, { start, end }: FrontMatterBlock): number {
  // Not `^` with the flag m: that is behind a line separator of Unicode, too, which ends no line in YAML.
  const mark = /(?<=^|\n)\.\.\.(?=\s|$)/.exec(text.slice(start, end))
  return mark === null ? end : start + mark.index
}

/** The proof of an edit: read back, it has the new values, and all other fields, their order and the body are as before. */
function changesOnly(changes: FieldChanges, text: string, before: FrontMatter, edited: string): boolean {
  const parsed = parseFrontMatter(edited)
  if (!parsed.ok) return false
  const after = parsed.value
  const expected = new Map<string, unknown>([...before.fields].map(([key, { value }]) => [key, value]))
  for (const [key, value] of Object.entries(changes)) expected.set(key, value)
  const actual = [...after.fields].map(([key, { value }]) => [key, value])
  return (
    JSON.stringify(actual) === JSON.stringify([...expected]) &&
    edited.slice(bodyStart(edited, after)) === text.slice(bodyStart(text, before))
  )
}

const bodyStart = (text: string, matter: FrontMatter): number =>
  matter.block?.bodyStart ?? (text.startsWith('\uFEFF') ? 1 : 0)
const isList = (value: FieldValue): value is readonly string[] => Array.isArray(value)

const isEmpty = (value: Exclude<FieldValue, string>): boolean => Object.keys(value).length === 0

const inFlow = (value: Exclude<FieldValue, string>): string => (isList(value) ? flowList(value) : flowMap(value))

const inBlock = (value: Exclude<FieldValue, string>, indent: string, newline: string): string =>
  isList(value) ? blockList(value, indent, newline) : blockMap(value, indent, newline)

/** Below a key that stands behind `indent`: chant writes a list at its level and a mapping two further in. */
function indented(value: Exclude<FieldValue, string>, indent: string, newline: string): string {
  const inner = isList(value) ? indent : `${indent}  `
  return inner + inBlock(value, inner, newline)
}

const isFlow = (node: unknown): boolean => isCollection(node) && node.flow === true

function styleOf(type: string | undefined, flow: boolean): ScalarStyle {
  if (type === 'QUOTE_SINGLE') return 'single'
  if (type === 'QUOTE_DOUBLE') return 'double'
  return flow ? 'flow' : 'natural'
}

/** What stands before each field. */
const indentOf = (text: string, matter: FrontMatter): string =>
  matter.root === undefined ? '' : blanksBefore(text, startOf(text, matter, matter.root))

/** Blanks as wide as what stands before this offset on its line. */
const blanksBefore = (text: string, offset: number): string =>
  text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).replace(/\S/g, ' ')

/** The file's own line ending: that of its first line. */
const newlineOf = (text: string): string => (/\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n')
