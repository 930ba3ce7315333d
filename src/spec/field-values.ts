import { isMap, isScalar, isSeq, type Node } from 'yaml'
import { type Finding, quoted } from './finding.ts'
import type { FrontMatter } from './front-matter.ts'

/** Reads values by field name as the type asked for. What does not fit is noted as a finding and reads as absent. */
export interface FieldValues {
  /** Any scalar as it is written: `123` and `1e5` stay "123" and "1e5", dates stay dates. */
  readonly text: (name: string) => string | undefined
  readonly list: (name: string) => readonly string[] | undefined
  /** A list, or one value that stands for a list of one. */
  readonly oneOrMore: (name: string) => readonly string[] | undefined
  readonly flag: (name: string) => boolean | undefined
  /** A flag that has to be one where it is named: empty is no answer. */
  readonly answer: (name: string) => boolean | undefined
  /** Only what is plainly one: `0x1f` and `+7`, but not `1.0`, `007` or `"7"`. */
  readonly count: (name: string) => number | undefined
  readonly oneOf: <const T extends string>(name: string, allowed: readonly T[]) => T | undefined
  /** The values of a mapping inside this one. */
  readonly nested: (name: string) => FieldValues | undefined
}

/**
 * Readers for the top-level fields. `null` and an empty value are absent, `""` is where text is expected. Findings are added to
 * `findings`.
 */
export function fieldValues(matter: FrontMatter, findings: Finding[]): FieldValues {
  return valuesOf((name) => matter.fields.get(name)?.node, '', matter, findings)
}

function valuesOf(
  nodeOf: (name: string) => Node | undefined,
  path: string,
  matter: FrontMatter,
  findings: Finding[],
): FieldValues {
  const complain = (name: string, node: Node, code: string, expected: string): undefined => {
    const message = `front matter: "${path}${name}" is ${describe(node)}, expected ${expected}`
    findings.push({ offset: matter.fileOffset(node.range?.[0] ?? 0), code, severity: 'error', message })
    return undefined
  }
  /** Applies a reader to the field unless it is absent. */
  const reader =
    <T>(read: (name: string, node: Node) => T | undefined, isAbsent = isNull) =>
    (name: string): T | undefined => {
      const node = nodeOf(name)
      if (node === undefined) return undefined
      if (isOnlyTag(node)) return complain(name, node, 'wrong-type', `a value behind its tag ${node.tag}`)
      return isAbsent(node) ? undefined : read(name, node)
    }

  const text = (name: string, node: Node): string | undefined =>
    scalarText(node) ?? complain(name, node, 'wrong-type', 'text')
  const flag = (name: string, node: Node): boolean | undefined => {
    const value = isScalar(node) ? node.value : undefined
    return typeof value === 'boolean' ? value : complain(name, node, 'wrong-type', 'true or false')
  }
  const items = (name: string, node: Node, expected: string): readonly string[] | undefined => {
    if (!isSeq(node)) return complain(name, node, 'wrong-type', expected)
    const texts: string[] = []
    for (const written of node.items) {
      const item = matter.follow(written) ?? node
      const itemText = scalarText(item)
      if (itemText) texts.push(itemText)
      else complain(`${name}[]`, item, 'wrong-type', 'text')
    }
    return texts
  }

  return {
    text: reader(text, isEmpty),
    list: reader((name, node) => items(name, node, 'a list'), isEmpty),
    oneOrMore: reader((name, node) => {
      const single = scalarText(node)
      return single === undefined ? items(name, node, 'text or a list') : [single]
    }, isEmpty),
    flag: reader(flag),
    answer: reader(flag, () => false),
    count: reader((name, node) => {
      const written = isScalar(node) && node.type === 'PLAIN' ? (node.source ?? '') : ''
      const value = COUNT.test(written) ? Number(written.replace('+', '')) : Number.NaN
      return value <= MAX_COUNT ? value : complain(name, node, 'wrong-type', `a whole number from 0 to ${MAX_COUNT}`)
    }),
    oneOf: (name, allowed) =>
      reader((_, node) => {
        const value = text(name, node)
        if (value === undefined) return undefined
        const choice = allowed.find((each) => each === value)
        const code = `unknown-${name.replaceAll('_', '-')}`
        // A block (`|`, `>`) ends with a newline, which nobody sees.
        const around = allowed.some((each) => each === value.trim()) ? ', with no blank or line end around it' : ''
        return choice ?? complain(name, node, code, `one of ${allowed.join(', ')}${around}`)
      })(name),
    nested: reader((name, node) => {
      if (!isMap(node)) return complain(name, node, 'wrong-type', 'fields of its own')
      return valuesOf((inner) => matter.follow(node.get(inner, true)), `${path}${name}.`, matter, findings)
    }),
  }
}

/** What chant reads as a count: no leading zeros, and no more than 32 bits. */
const COUNT = /^\+?(?:0x[\da-fA-F]+|0o[0-7]+|0b[01]+|0|[1-9]\d*)$/
const MAX_COUNT = 2 ** 32 - 1

const isNull = (node: Node): boolean => isScalar(node) && node.value === null
const isEmpty = (node: Node): boolean => scalarText(node) === ''

/** A tag that is none of YAML's own and nothing behind it: for chant it may be the value itself (`status: !completed`). */
const isOnlyTag = (node: Node): boolean =>
  isScalar(node) && node.source === '' && node.type === 'PLAIN' && !(node.tag ?? YAML_TAG).startsWith(YAML_TAG)
const YAML_TAG = 'tag:yaml.org,2002:'

/** A scalar as written, '' for null; `undefined` for a list or mapping. */
function scalarText(node: Node): string | undefined {
  if (!isScalar(node)) return undefined
  if (node.value === null) return ''
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

function describe(node: Node): string {
  if (isSeq(node)) return 'a list'
  if (isMap(node)) return 'a mapping'
  return scalarText(node) === '' ? 'empty' : quoted(scalarText(node) ?? '')
}
