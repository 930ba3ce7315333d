import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml'
import { placesIn } from '../spec/finding.ts'
import { parseFrontMatter } from '../spec/front-matter.ts'
import type { Spec } from '../spec/spec.ts'
import type { Where } from './rule.ts'

export interface Place {
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units. */
  readonly column: number
}

/**
 * Line and column of what was found in a spec. Its front matter is read again, once and only when a place is asked for: most
 * specs have nothing to find. A field that the file does not have is missing on its first line.
 */
export function placesOf(spec: Spec): (where: Where) => Place {
  let parsed: ReturnType<typeof parseFrontMatter> | undefined
  let placeAt: ReturnType<typeof placesIn> | undefined
  return (where) => {
    if ('line' in where) return where
    parsed ??= parseFrontMatter(spec.head)
    const field = parsed.ok ? parsed.value.fields.get(where.field) : undefined
    if (!parsed.ok || field === undefined) return { line: spec.fieldLines[where.field] ?? 1, column: 1 }
    const value = isNode(field.pair.value) ? field.pair.value : undefined
    const start = startOf(inside(value, where)) ?? startOf(value)
    placeAt ??= placesIn(spec.head)
    return placeAt(start === undefined ? field.offset : parsed.value.fileOffset(start))
  }
}

function inside(value: Node | undefined, { item, key }: Extract<Where, { field: string }>): unknown {
  if (item !== undefined) return isSeq(value) ? value.items[item] : value
  return key !== undefined && isMap(value) ? value.get(key, true) : value
}

/** Where a node is written; an empty value is written nowhere. */
function startOf(node: unknown): number | undefined {
  if (!isNode(node) || !node.range) return undefined
  return isScalar(node) && node.range[1] === node.range[0] ? undefined : node.range[0]
}
