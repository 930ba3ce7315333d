import { isMap, isScalar, isSeq, type Node } from 'yaml'
import type { Result } from '../result.ts'
import { type Finding, quoted } from '../spec/finding.ts'
import type { ConfigSource } from './config-source.ts'

/** A check of a text; its error says what is expected. */
export type Rule = (text: string) => Result<unknown, string>

/**
 * Reads the settings of one section as the type asked for. What does not fit is noted as an error and reads as absent; so
 * does what is absent or null.
 */
export interface Section {
  /** Text; an empty one is absent. */
  readonly text: (name: string, rule?: Rule) => string | undefined
  /** Text that may be empty: this takes back what another file sets. */
  readonly textOrEmpty: (name: string, rule?: Rule) => string | undefined
  readonly flag: (name: string) => boolean | undefined
  readonly count: (name: string) => number | undefined
  readonly atLeast: (name: string, least: number) => number | undefined
  readonly oneOf: <const T extends string>(name: string, allowed: readonly T[]) => T | undefined
  readonly texts: (name: string) => readonly string[] | undefined
  readonly section: (name: string) => Section | undefined
  /** A list of sections. */
  readonly sections: (name: string) => readonly Section[] | undefined
  /** Notes an error or a warning at a setting, or at the section where the setting is absent. */
  readonly note: (name: string, finding: Omit<Finding, 'offset'>) => void
}

/** Keys that were read, by path, and where they stand: what `origins` are made of. */
export type Offsets = Map<string, number>

/** @param path the section's own; empty for the root */
export function sectionOf(
  node: Node | undefined,
  path: string,
  source: ConfigSource,
  findings: Finding[],
  offsets: Offsets,
): Section {
  const nodeOf = (name: string): Node | undefined => {
    const found = isMap(node) ? source.follow(node.get(name, true)) : undefined
    return found === undefined || (isScalar(found) && found.value === null) ? undefined : found
  }
  const pathOf = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const complain = (name: string, at: Node, code: string, expected: string): undefined => {
    const message = `"${pathOf(name)}" is ${describe(at)}, expected ${expected}`
    findings.push({ offset: source.offsetOf(at), code, severity: 'error', message })
    return undefined
  }
  const reader =
    <T>(read: (at: Node, name: string) => T | undefined) =>
    (name: string): T | undefined => {
      const at = nodeOf(name)
      if (at === undefined) return undefined
      offsets.set(pathOf(name), source.offsetOf(at))
      return read(at, name)
    }
  const number = (at: Node): number | undefined =>
    isScalar(at) && typeof at.value === 'number' && Number.isFinite(at.value) ? at.value : undefined
  const plainText = (at: Node, name: string): string | undefined =>
    textOf(at) ?? complain(name, at, 'wrong-type', 'text')
  const textOrEmpty = (name: string, rule?: Rule): string | undefined =>
    reader((at) => {
      const value = plainText(at, name)
      const verdict = value === undefined ? undefined : rule?.(value)
      return verdict?.ok === false ? complain(name, at, 'bad-value', verdict.error) : value
    })(name)

  return {
    text: (name, rule) => {
      const at = nodeOf(name)
      return at && textOf(at) === '' ? undefined : textOrEmpty(name, rule)
    },
    textOrEmpty,
    flag: reader((at, name) => {
      const value = isScalar(at) ? at.value : undefined
      return typeof value === 'boolean' ? value : complain(name, at, 'wrong-type', 'true or false')
    }),
    count: reader((at, name) => {
      const value = number(at)
      const fits = value !== undefined && Number.isSafeInteger(value) && value >= 0
      return fits ? value : complain(name, at, 'wrong-type', 'a whole number from 0')
    }),
    atLeast: (name, least) =>
      reader((at) => {
        const value = number(at)
        return value !== undefined && value >= least
          ? value
          : complain(name, at, value === undefined ? 'wrong-type' : 'bad-value', `a number from ${least}`)
      })(name),
    oneOf: (name, allowed) =>
      reader((at) => {
        const value = plainText(at, name)
        if (value === undefined) return undefined
        return allowed.find((each) => each === value) ?? complain(name, at, 'bad-value', `one of ${allowed.join(', ')}`)
      })(name),
    texts: reader((at, name) => {
      if (!isSeq(at)) return complain(name, at, 'wrong-type', 'a list')
      return at.items.flatMap((written) => {
        const item = source.follow(written) ?? at
        return textOf(item) || (complain(`${name}[]`, item, 'wrong-type', 'text') ?? [])
      })
    }),
    section: reader((at, name) =>
      isMap(at)
        ? sectionOf(at, pathOf(name), source, findings, offsets)
        : complain(name, at, 'wrong-type', 'settings of its own'),
    ),
    sections: reader((at, name) => {
      if (!isSeq(at)) return complain(name, at, 'wrong-type', 'a list')
      return itemsOf(at, pathOf(name), source, findings)
    }),
    note: (name, finding) => {
      const at = nodeOf(name) ?? node
      findings.push({ ...finding, offset: at === undefined ? 0 : source.offsetOf(at) })
    },
  }
}

/** The items of a list, each a section. */
export function itemsOf(
  list: Node | undefined,
  path: string,
  source: ConfigSource,
  findings: Finding[],
): readonly Section[] {
  if (!isSeq(list)) return []
  return list.items.flatMap((written) => {
    const item = source.follow(written) ?? list
    if (isMap(item)) return [sectionOf(item, `${path}[]`, source, findings, new Map())]
    const message = `"${path}[]" is ${describe(item)}, expected settings of its own`
    findings.push({ offset: source.offsetOf(item), code: 'wrong-type', severity: 'error', message })
    return []
  })
}

/** A scalar as it is written: `1e5` stays "1e5". */
function textOf(node: Node): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

function describe(node: Node): string {
  if (isSeq(node)) return 'a list'
  if (isMap(node)) return 'a mapping'
  return textOf(node) ? quoted(textOf(node) ?? '') : 'empty'
}
