/** Each id with what it waits for. Ids that are no key of the map are outside of the graph and ignored. */
export type Graph = ReadonlyMap<string, readonly string[]>

/** Dependencies before dependents, otherwise in the order of the map. What is on a cycle, or behind one, is left out. */
export function topologicalOrder(graph: Graph): readonly string[] {
  const open = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  const order: string[] = []
  for (const [id, dependencies] of graph) {
    const inside = dependencies.length === 0 ? [] : [...new Set(dependencies)].filter((other) => graph.has(other))
    if (inside.length === 0) order.push(id)
    else open.set(id, inside.length)
    for (const dependency of inside) {
      const known = dependents.get(dependency)
      if (known) known.push(id)
      else dependents.set(dependency, [id])
    }
  }
  // The loop goes on over what it appends.
  for (const id of order) {
    for (const dependent of dependents.get(id) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1
      open.set(dependent, left)
      if (left === 0) order.push(dependent)
    }
  }
  return order
}

/**
 * For every id that can never start, because it is on a dependency cycle or behind one: that cycle, closed (first = last),
 * in the order "waits for". Ids on the same cycle get the same path.
 */
export function findCycles(graph: Graph, order = topologicalOrder(graph)): ReadonlyMap<string, readonly string[]> {
  if (order.length === graph.size) return new Map()
  const sorted = new Set(order)
  // Whatever could not be sorted waits for something that could not be sorted either: following that always ends in a circle.
  const next = new Map<string, string>()
  for (const [id, dependencies] of graph) {
    const stuck = sorted.has(id) ? undefined : dependencies.find((other) => graph.has(other) && !sorted.has(other))
    if (stuck !== undefined) next.set(id, stuck)
  }
  const found = new Map<string, readonly string[]>()
  for (const start of next.keys()) {
    const path = new Map<string, number>()
    let id = start
    while (!found.has(id) && !path.has(id)) {
      path.set(id, path.size)
      id = next.get(id) ?? id
    }
    const cycle = found.get(id) ?? closed([...path.keys()].slice(path.get(id)))
    for (const passed of path.keys()) found.set(passed, cycle)
  }
  return found
}

/** A cycle has no beginning: the smallest id is as good as any, and the same on every run. */
function closed(ring: readonly string[]): readonly string[] {
  const first = ring.reduce((smallest, id, index) => (id < (ring[smallest] ?? id) ? index : smallest), 0)
  return [...ring.slice(first), ...ring.slice(0, first), ...ring.slice(first, first + 1)]
}

/** 1 for an id that waits for nothing, else one more than the largest wave it waits for. For graphs without cycles. */
export function waveNumbers(graph: Graph, order = topologicalOrder(graph)): ReadonlyMap<string, number> {
  const wave = new Map<string, number>()
  for (const id of order) {
    let last = 0
    for (const dependency of graph.get(id) ?? []) last = Math.max(last, wave.get(dependency) ?? 0)
    wave.set(id, last + 1)
  }
  return wave
}

/** How many specs the longest chain of dependents that starts with this id has, itself included. For graphs without cycles. */
export function criticalPaths(graph: Graph, order = topologicalOrder(graph)): ReadonlyMap<string, number> {
  const length = new Map<string, number>()
  for (const id of order.toReversed()) {
    const own = length.get(id) ?? 1
    length.set(id, own)
    for (const dependency of graph.get(id) ?? []) {
      if (graph.has(dependency)) length.set(dependency, Math.max(length.get(dependency) ?? 1, own + 1))
    }
  }
  return length
}
