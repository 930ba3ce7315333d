const DATED = /^\d{4}-\d{2}-\d{2}-(?=.)/

/**
 * Names short enough for a log column: `2026-11-02-00k-adf` is `00k-adf` as long as no other id of `ids` would be called the
 * same. An id that is not among `ids` keeps its full name.
 */
export function shortIds(ids: Iterable<string>): (id: string) => string {
  const owners = new Map<string, Set<string>>()
  for (const id of ids) {
    const name = id.replace(DATED, '')
    owners.set(name, (owners.get(name) ?? new Set()).add(id))
  }
  return (id) => {
    const name = id.replace(DATED, '')
    const owner = owners.get(name)
    return owner?.size === 1 && owner.has(id) ? name : id
  }
}
