import type { Spec, SpecFolder } from '../spec/spec.ts'
import { compareSpecIds, memberOf } from '../spec/spec-id.ts'

/** How far a spec is, as far as others that wait for it are concerned. */
export type Progress =
  /** Status `completed`, or its file is in the archive. */
  | 'completed'
  | 'cancelled'
  /** Everything else, a file that cannot be read included. */
  | 'open'
  /** No file of this name. */
  | 'unknown'

/** Who is a member of whom. Ids that no file has are allowed everywhere: `x.2.1` makes `x.2` a container without a file. */
export interface Groups {
  /** A container, which is never worked itself: it has members, or its type says so. */
  isDriver(id: string): boolean
  /** Direct members: those with a number first, by number, then those that only `members` names. */
  membersOf(id: string): readonly string[]
  /** Every driver the spec is in, the nearest first. */
  driversAbove(id: string): readonly string[]
  /** All specs that are work, not containers, in the spec: itself, or everything below it. An empty driver has none. */
  workIn(id: string): readonly string[]
  /** What has to be completed before the spec counts as done; nothing when it does. What is cancelled counts as done. */
  unfinishedIn(id: string): readonly string[]
  /**
   * What number order makes the member wait for. A member that says `depends_on` itself, even an empty one, has no such
   * order; one that comes after it waits for it all the same.
   */
  before(id: string): readonly string[]
  progressOf(id: string): Progress
}

/**
 * Groups are made by the suffix `.N` of the id, and by the field `members`. The archive counts: a driver does not become a
 * spec to work because its members were archived.
 */
export function makeGroups(folder: SpecFolder): Groups {
  const specs = new Map<string, Spec>(folder.specs.map((spec) => [spec.id, spec]))
  const broken = new Set(folder.broken.map(({ name }) => name))
  const archived = new Set(folder.archived)
  const numbered = numberedMembers([...specs.keys(), ...broken, ...archived])
  const members = new Map<string, Set<string>>([...numbered].map(([driver, list]) => [driver, new Set(list)]))
  for (const spec of folder.specs) {
    for (const member of spec.members ?? []) if (member !== spec.id) addTo(members, spec.id, member)
  }
  const drivers = new Map<string, Set<string>>()
  for (const [driver, list] of members) for (const member of list) addTo(drivers, member, driver)

  const membersOf = (id: string): readonly string[] => [...(members.get(id) ?? [])]

  const progressOf = (id: string): Progress => {
    const status = specs.get(id)?.status
    if (status === 'completed' || status === 'cancelled') return status
    if (status !== undefined || broken.has(id)) return 'open'
    return archived.has(id) ? 'completed' : 'unknown'
  }
  const isDone = (id: string): boolean => progressOf(id) === 'completed' || progressOf(id) === 'cancelled'
  const isContainer = (type: string | undefined): boolean => type === 'driver' || type === 'group'
  const isDriver = (id: string): boolean => members.has(id) || isContainer(specs.get(id)?.type)

  /** The specs below a driver that have no members themselves, in order. `members` may go in circles. */
  const below = (driver: string, enters: (id: string) => boolean): readonly string[] => {
    const found = new Set<string>()
    const seen = new Set([driver])
    const open = membersOf(driver).toReversed()
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id) || !enters(id)) continue
      seen.add(id)
      if (members.has(id)) open.push(...membersOf(id).toReversed())
      else found.add(id)
    }
    return [...found]
  }

  const workIn = memo((id) => (isDriver(id) ? below(id, () => true).filter((member) => !isDriver(member)) : [id]))
  const unfinishedIn = memo((id) => {
    if (isDone(id)) return []
    return members.has(id) ? below(id, (member) => !isDone(member)) : [id]
  })
  const driversAbove = memo((id) => {
    if (!drivers.has(id)) return []
    const found = new Set([id])
    // The loop goes on over what it adds.
    for (const next of found) for (const driver of drivers.get(next) ?? []) found.add(driver)
    found.delete(id)
    return [...found]
  })

  const hasOwnOrder = (id: string): boolean => specs.get(id)?.ownOrder ?? false
  const before = new Map<string, readonly string[]>()
  for (const siblings of numbered.values()) {
    // What the next member waits for: the last one in number order, which waits for all before it, and those that
    // went their own way since.
    let last: string[] = []
    for (const member of siblings) {
      if (!hasOwnOrder(member)) before.set(member, last)
      if (unfinishedIn(member).length === 0) continue
      last = hasOwnOrder(member) ? [...last, member] : [member]
    }
  }

  return {
    isDriver,
    membersOf,
    driversAbove,
    workIn,
    unfinishedIn,
    before: (id) => before.get(id) ?? [],
    progressOf,
  }
}

/** Members by number for every driver there is by name, whether it has a file or not. */
function numberedMembers(ids: readonly string[]): Map<string, readonly string[]> {
  const found = new Map<string, Map<string, number>>()
  for (const id of ids) {
    let member = id
    for (let place = memberOf(member); place !== undefined; place = memberOf(member)) {
      const siblings = found.get(place.driver) ?? new Map<string, number>()
      found.set(place.driver, siblings.set(member, place.number))
      member = place.driver
    }
  }
  return new Map(
    [...found].map(([driver, siblings]) => [
      driver,
      [...siblings].sort(([a, m], [b, n]) => m - n || compareSpecIds(a, b)).map(([id]) => id),
    ]),
  )
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key)
  if (set) set.add(value)
  else map.set(key, new Set([value]))
}

function memo(compute: (id: string) => readonly string[]): (id: string) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return (id) => {
    const value = known.get(id) ?? compute(id)
    known.set(id, value)
    return value
  }
}
