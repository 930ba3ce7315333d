/** A thing with the names of those it stands behind. */
export interface Node {
  readonly id: string
  readonly layer: number
  readonly needs: readonly string[]
}

export interface Placed {
  readonly id: string
  /** Column from the left and row from the top, both from 0; rows of short columns are centred, so they may be halves. */
  readonly column: number
  readonly row: number
}

const SWEEPS = 4

/**
 * Places nodes in columns by layer. Within a column each stands near the middle of its neighbours in the column before or
 * after, alternately for a few sweeps, which leaves few crossings (the barycentre heuristic of Sugiyama and others, 1981).
 */
export function layout(nodes: readonly Node[]): readonly Placed[] {
  const layers = [...new Set(nodes.map((node) => node.layer))].sort((a, b) => a - b)
  let columns = layers.map((layer) => nodes.filter((node) => node.layer === layer))
  const behind = new Map<string, string[]>()
  for (const node of nodes) for (const need of node.needs) behind.set(need, [...(behind.get(need) ?? []), node.id])

  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const rows = new Map(columns.flatMap((column) => centred(column).map(({ id, row }) => [id, row] as const)))
    const neighbours = (node: Node): readonly string[] => (sweep % 2 === 0 ? node.needs : (behind.get(node.id) ?? []))
    const wish = (node: Node): number => {
      const known = neighbours(node).flatMap((id) => rows.get(id) ?? [])
      return known.length > 0 ? known.reduce((sum, row) => sum + row, 0) / known.length : (rows.get(node.id) ?? 0)
    }
    const order = sweep % 2 === 0 ? columns : columns.toReversed()
    const sorted = order.map((column) => {
      const wishes = new Map(column.map((node) => [node, wish(node)]))
      const next = column.toSorted((a, b) => (wishes.get(a) ?? 0) - (wishes.get(b) ?? 0))
      for (const { id, row } of centred(next)) rows.set(id, row)
      return next
    })
    columns = sweep % 2 === 0 ? sorted : sorted.toReversed()
  }

  const tallest = Math.max(0, ...columns.map((column) => column.length))
  return columns.flatMap((column, index) =>
    centred(column).map(({ id, row }) => ({ id, column: index, row: row + (tallest - 1) / 2 })),
  )
}

/** Rows of one column around 0. */
const centred = (column: readonly Node[]): readonly { readonly id: string; readonly row: number }[] =>
  column.map(({ id }, i) => ({ id, row: i - (column.length - 1) / 2 }))
