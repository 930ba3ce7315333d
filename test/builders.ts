import type { Event, EventBody } from '../src/board/event.ts'
import type { Plan, PlannedWorker } from '../src/plan/plan.ts'
import type { BrokenSpec, Spec, SpecFolder, SpecId } from '../src/spec/spec.ts'
import { compareSpecIds, parseSpecId } from '../src/spec/spec-id.ts'

/** An id that a test is sure of. */
export function specId(text: string): SpecId {
  const id = parseSpecId(text)
  if (!id.ok) throw new Error(id.error)
  return id.value
}

/** A pending spec without dependencies. A `depends_on` that is given stands on line 3, as `fieldLines` says. */
export function aSpec({
  id = '2026-11-02-001-abc',
  ...over
}: Partial<Omit<Spec, 'id'>> & { readonly id?: string } = {}): Spec {
  return {
    id: specId(id),
    file: `.chant/specs/${id}.md`,
    title: `Title of ${id}`,
    type: 'code',
    status: 'pending',
    dependsOn: [],
    ownOrder: over.dependsOn !== undefined,
    labels: [],
    targetFiles: [],
    context: [],
    commits: [],
    tracks: [],
    informedBy: [],
    origin: [],
    conflictingFiles: [],
    blockedSpecs: [],
    verificationFailures: [],
    derivedFields: [],
    unknown: {},
    head: '',
    body: `# Title of ${id}\n`,
    bodyLine: 5,
    criteria: [],
    fieldLines: { status: 2, ...(over.dependsOn ? { depends_on: 3 } : {}) },
    ...over,
  }
}

export function aBrokenSpec(name: string, over: Partial<BrokenSpec> = {}): BrokenSpec {
  const file = `.chant/specs/${name}.md`
  const message = 'front matter: duplicate key "status" (first on line 3)'
  return {
    name,
    file,
    diagnostics: [{ file, line: 4, column: 9, code: 'duplicate-key', severity: 'error', message }],
    ...over,
  }
}

/** Specs in the order in which a folder holds them. */
export const aFolder = (specs: readonly Spec[], over: Partial<SpecFolder> = {}): SpecFolder => ({
  specs: specs.toSorted((a, b) => compareSpecIds(a.id, b.id)),
  broken: [],
  warnings: [],
  archived: [],
  ...over,
})

export function aWorker({
  id = '2026-11-02-001-abc',
  dependsOn = [],
  ...over
}: Partial<Omit<PlannedWorker, 'specId' | 'dependsOn'>> & {
  readonly id?: string
  readonly dependsOn?: readonly string[]
} = {}): PlannedWorker {
  return {
    specId: specId(id),
    title: `Title of ${id}`,
    file: `.chant/specs/${id}.md`,
    branch: `chant/${id}`,
    dependsOn: dependsOn.map(specId),
    criticalPath: 1,
    wave: 1,
    agent: 'command',
    ...over,
  }
}

export const aPlan = (workers: readonly PlannedWorker[] = [aWorker()], over: Partial<Plan> = {}): Plan => ({
  workers,
  notPlanned: [],
  counts: { total: workers.length, completed: 0, blocked: 0, approval: 0 },
  ...over,
})

/** The events of a journal, one second apart from the given time on. */
export const events = (bodies: readonly EventBody[], from = '2026-11-02T10:31:00.000Z'): readonly Event[] =>
  bodies.map((body, second) => ({ ...body, at: new Date(Date.parse(from) + second * 1000).toISOString() }))
