import { type Document, isAlias, isCollection, isNode, isPair, type Node } from 'yaml'

/**
 * How deep front matter may be nested, aliases followed. `yaml` makes data of it by recursion, and how many levels the stack takes
 * differs from one call to the next: from about a thousand on, what was read well could not be had.
 */
const MAX_DEPTH = 128

/** The first node that is nested too deeply. One that holds itself is none of these. */
export function tooDeep(document: Document): Node | undefined {
  const anchors = new Map<string, Node>()
  /** Levels of what was seen: it stands before every alias for it. */
  const heights = new Map<Node, number>()
  let found: Node | undefined
  const heightOf = (node: unknown, above: number): number => {
    if (isPair(node)) return Math.max(heightOf(node.key, above), heightOf(node.value, above))
    if (found !== undefined || !isNode(node)) return 0
    const named = isAlias(node) ? anchors.get(node.source) : undefined
    const known = named && heights.get(named)
    if (above + (known ?? (isCollection(node) ? 1 : 0)) > MAX_DEPTH) found = node
    if (found !== undefined || isAlias(node)) return known ?? 0
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    if (!isCollection(node)) return 0
    let height = 1
    for (const item of node.items) height = Math.max(height, 1 + heightOf(item, above + 1))
    heights.set(node, height)
    return height
  }
  heightOf(document.contents, 0)
  return found
}
