import type { Spec, SpecFolder, SpecId } from '../spec/spec.ts'
import type { Groups } from './groups.ts'

/** What has to be completed before a spec can start. Drivers are already replaced by what is unfinished in them. */
export interface Needs {
  readonly open: readonly string[]
  /** Named by `depends_on`, here or in a driver above, but no spec has this name. */
  readonly missing: readonly string[]
}

const NOTHING: Needs = { open: [], missing: [] }

/** The needs of every spec that is work and is neither completed nor cancelled. */
export function findNeeds(folder: SpecFolder, groups: Groups): ReadonlyMap<SpecId, Needs> {
  const specs = new Map<string, Spec>(folder.specs.map((spec) => [spec.id, spec]))
  const written = new Map<string, Needs>()
  /** What the id itself asks for, by `depends_on` or by its place in its group. */
  const ownNeeds = (id: string): Needs => {
    const known = written.get(id)
    if (known) return known
    const dependencies = specs.get(id)?.dependsOn ?? []
    const before = groups.before(id)
    if (dependencies.length === 0 && before.length === 0) return NOTHING
    const missing = dependencies.filter((dependency) => groups.progressOf(dependency) === 'unknown')
    const open = dependencies.flatMap((dependency) =>
      missing.includes(dependency) ? [] : groups.unfinishedIn(dependency),
    )
    const needs = { open: [...open, ...before.flatMap(groups.unfinishedIn)], missing }
    written.set(id, needs)
    return needs
  }
  /** What its members have to wait for: a driver that names its own members among its needs does not mean that they wait for themselves. */
  const neededByMembers = new Map<string, Needs>()
  const driverNeeds = (driver: string): Needs => {
    const known = neededByMembers.get(driver)
    if (known) return known
    const { open, missing } = ownNeeds(driver)
    const needs = { open: open.filter((id) => !groups.driversAbove(id).includes(driver)), missing }
    neededByMembers.set(driver, needs)
    return needs
  }

  const found = new Map<SpecId, Needs>()
  for (const { id } of folder.specs) {
    if (groups.isDriver(id) || groups.progressOf(id) !== 'open') continue
    const all = [ownNeeds(id), ...groups.driversAbove(id).map(driverNeeds)].filter((needs) => needs !== NOTHING)
    found.set(id, all.length === 0 ? NOTHING : union(all))
  }
  return found
}

const union = (all: readonly Needs[]): Needs => ({
  open: unique(all.flatMap(({ open }) => open)),
  missing: unique(all.flatMap(({ missing }) => missing)),
})

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)]
