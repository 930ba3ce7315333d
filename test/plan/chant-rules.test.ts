import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeGroups } from '../../src/plan/groups.ts'
import { makePlan, type PlanChoice } from '../../src/plan/make-plan.ts'
import { selectSpecs } from '../../src/plan/select.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import type { SpecFolder } from '../../src/spec/spec.ts'
import { inIdOrder } from '../../src/spec/spec-id.ts'
import { runs } from '../random-cases.ts'

/*
 * The rules of chant (v0.23.2) about which spec a name means and which specs are ready, as simply as they can be said and as
 * slow: on random projects ours have to come to the same. Where ours are safer on purpose, the rule here is ours and says so.
 */

interface Simple {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly dependsOn: readonly string[] | undefined
}

const TODAY = '2026-11-02'
const CHOICE: PlanChoice = {
  specs: [],
  labels: [],
  today: TODAY,
  skipDeps: false,
  skipApproval: false,
  branchPrefix: 'chant/',
  agent: 'command',
}

const isMemberOf = (id: string, driver: string): boolean => id.startsWith(`${driver}.`)
const membersOf = (driver: string, all: readonly Simple[]) => all.filter(({ id }) => isMemberOf(id, driver))

/** The one spec that a name means; undefined for none and for several. */
function meantBy(name: string, all: readonly Simple[]): string | undefined {
  const only = (found: (id: string) => boolean): string | undefined => {
    const matches = all.filter(({ id }) => found(id))
    return matches.length === 1 ? matches[0]?.id : undefined
  }
  return (
    only((id) => id === name) ??
    only((id) => id.endsWith(name)) ??
    (name.length === 3 ? only((id) => id.startsWith(`${TODAY}-${name}-`)) : undefined) ??
    only((id) => id.includes(name))
  )
}

function readyIn(all: readonly Simple[]): string[] {
  const byId = new Map(all.map((spec) => [spec.id, spec]))
  /** Ours: a driver is done as well when all its members are. chant waits until it has written so into the driver. */
  const isDone = (id: string): boolean => {
    const status = byId.get(id)?.status
    const members = membersOf(id, all)
    const done = status === 'completed' || status === 'cancelled'
    return done || (members.length > 0 && members.every((member) => isDone(member.id)))
  }
  const isReady = ({ id, type, status, dependsOn }: Simple): boolean => {
    if (!['pending', 'failed', 'blocked'].includes(status)) return false
    if (type === 'driver' || membersOf(id, all).length > 0) return false
    const [, driver = '', number] = /^(.+)\.(\d+)$/.exec(id) ?? []
    const needs = [
      ...(dependsOn ?? []),
      ...(byId.get(driver)?.dependsOn ?? []).filter((need) => !isMemberOf(need, driver)),
      ...(number !== undefined && dependsOn === undefined
        ? Array.from({ length: Number(number) - 1 }, (_, i) => `${driver}.${i + 1}`).filter((before) =>
            byId.has(before),
          )
        : []),
    ]
    return needs.every(isDone)
  }
  return all.filter(isReady).map(({ id }) => id)
}

const anId = fc
  .tuple(
    fc.constantFrom('', '', '', 'proj-'),
    fc.constantFrom(TODAY, '2026-11-01', '2026-10-02'),
    fc.constantFrom('001', '002', '00a'),
    fc.constantFrom('abc', 'x1y'),
    fc.constantFrom('', '', '.1', '.2', '.3', '.10'),
  )
  .map(([project, day, sequence, suffix, member]) => `${project}${day}-${sequence}-${suffix}${member}`)

const aProject = fc.uniqueArray(anId, { minLength: 1, maxLength: 8 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        type: fc.constantFrom('code', 'task', 'driver'),
        status: fc.constantFrom('pending', 'pending', 'completed', 'failed', 'cancelled', 'blocked', 'in_progress'),
        dependsOn: fc.option(
          fc.subarray(
            ids.filter((other) => other !== id),
            { maxLength: Math.min(2, ids.length - 1) },
          ),
          { nil: undefined },
        ),
      }),
    ),
  ),
)

function folderOf(all: readonly Simple[]): SpecFolder {
  const specs = all.map(({ id, type, status, dependsOn }) => {
    const needs = dependsOn === undefined ? '' : `depends_on: [${dependsOn.join(', ')}]\n`
    const parsed = parseSpec(id, `${id}.md`, `---\ntype: ${type}\nstatus: ${status}\n${needs}---\n# T\n`)
    if (!parsed.ok) throw new Error(parsed.error[0]?.message)
    return parsed.value.spec
  })
  return { specs: inIdOrder(specs, ({ id }) => id), broken: [], warnings: [], archived: [] }
}

test('what chant finds by a name is found here', () => {
  const aName = fc.constantFrom(
    '001',
    '00a',
    'abc',
    'x1y',
    '11-02-001',
    '02',
    '2026',
    '01-00a',
    '.1',
    '.2',
    '1',
    'abc.1',
    'proj',
  )
  fc.assert(
    fc.property(aProject, aName, (all, name) => {
      const meant = meantBy(name, all)
      if (meant === undefined) return
      const folder = folderOf(all)
      const found = selectSpecs(folder, makeGroups(folder), { ...CHOICE, specs: [name], finishedToo: true })
      expect(found.ok && [...found.value.keys()]).toContain(meant)
    }),
    { numRuns: runs(1000) },
  )
})

test('what is ready for chant starts here first, and nothing else does', () => {
  fc.assert(
    fc.property(aProject, (all) => {
      const plan = makePlan(folderOf(all), CHOICE)
      const first = plan.ok ? plan.value.workers.filter(({ dependsOn }) => dependsOn.length === 0) : []
      expect(first.map(({ specId }) => String(specId)).sort()).toEqual(readyIn(all).sort())
    }),
    { numRuns: runs(1000) },
  )
})
