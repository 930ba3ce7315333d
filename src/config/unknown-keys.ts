import { isMap, isScalar, isSeq } from 'yaml'
import { nearest } from '../plan/nearest.ts'
import { type Finding, quoted } from '../spec/finding.ts'
import type { ConfigSource } from './config-source.ts'
import type { KeyTree } from './known-keys.ts'

/** More than these is one mistake, made often. */
const MAX_FINDINGS = 20

/**
 * A warning for each key that nobody reads, with the key that was probably meant.
 *
 * @param path of the root, where that is not the whole configuration
 * @param words what is wrong with such a key
 */
export function unknownKeys(
  source: ConfigSource,
  known: KeyTree,
  path = '',
  words = 'is no setting that chant knows and is not read',
): readonly Finding[] {
  const findings: Finding[] = []
  const look = (written: unknown, tree: KeyTree, path: string): void => {
    const node = source.follow(written)
    const item = tree.children.get('[]')
    if (isSeq(node) && item) for (const each of node.items) look(each, item, `${path}[]`)
    if (!isMap(node) || tree.children.size === 0 || item) return
    for (const { key, value } of node.items) {
      if (findings.length >= MAX_FINDINGS) return
      const name = isScalar(key) ? String(key.value) : ''
      const child = tree.children.get(name) ?? tree.children.get('*')
      const inner = path === '' ? name : `${path}.${name}`
      if (child) look(value, child, inner)
      else if (isScalar(key)) {
        const message = `${quoted(inner)} ${words}${hint(name, path, tree, known)}`
        findings.push({ offset: source.offsetOf(key), code: 'unknown-key', severity: 'warning', message })
      }
    }
  }
  look(source.root, known, path)
  return findings
}

/** The nearest name beside it, else where this very name belongs. */
function hint(name: string, path: string, tree: KeyTree, known: KeyTree): string {
  const [near] = name.length < 3 ? [] : nearest(name, [...tree.children.keys()])
  if (near !== undefined) return `; did you mean "${path === '' ? near : `${path}.${near}`}"?`
  const home = [...known.children].find(([, section]) => section.children.has(name))?.[0]
  return home === undefined ? '' : `; it belongs below "${home}"`
}
