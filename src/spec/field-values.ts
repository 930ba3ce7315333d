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
  readonly count: (name: string) => number | undefined
  readonly oneOf: <const T extends string>(name: string, allowed: readonly T[]) => T | undefined
  /** The values of a mapping inside this one. */
  readonly nested: (name: string) => FieldValues | undefined
}

/** Readers for the top-level fields. `null`, an empty value and `""` are absent. Findings are added to `findings`. */
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
    <T>(read: (name: string, node: Node) => T | undefined) =>
    (name: string): T | undefined => {
      const node = nodeOf(name)
      return node === undefined || scalarText(node) === '' ? undefined : read(name, node)
    }

  const text = (name: string, node: Node): string | undefined =>
    scalarText(node) ?? complain(name, node, 'wrong-type', 'text')
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
    text: reader(text),
    list: reader((name, node) => items(name, node, 'a list')),
    oneOrMore: reader((name, node) => {
      const single = scalarText(node)
      return single === undefined ? items(name, node, 'text or a list') : [single]
    }),
    flag: reader((name, node) => {
      const value = isScalar(node) ? node.value : undefined
      return typeof value === 'boolean' ? value : complain(name, node, 'wrong-type', 'true or false')
    }),
    count: reader((name, node) => {
      const value = isScalar(node) ? node.value : undefined
      const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      return fits ? value : complain(name, node, 'wrong-type', 'a whole number from 0')
    }),
    oneOf: (name, allowed) =>
      reader((_, node) => {
        const value = text(name, node)
        if (value === undefined) return undefined
        const choice = allowed.find((each) => each === value)
        const code = `unknown-${name.replaceAll('_', '-')}`
        return choice ?? complain(name, node, code, `one of ${allowed.join(', ')}`)
      })(name),
    nested: reader((name, node) => {
      if (!isMap(node)) return complain(name, node, 'wrong-type', 'fields of its own')
      return valuesOf((inner) => matter.follow(node.get(inner, true)), `${path}${name}.`, matter, findings)
    }),
  }
}

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
