import { present } from '../present.ts'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import type { Spec, SpecFolder, SpecStatus } from '../spec/spec.ts'
import { compareSpecIds } from '../spec/spec-id.ts'
import { branchName } from './branch-name.ts'
import { driverBehind } from './driver-behind.ts'
import { criticalPaths, findCycles, type Graph, topologicalOrder, waveNumbers } from './graph.ts'
import { makeGroups } from './groups.ts'
import { findNeeds } from './needs.ts'
import type { NotPlanned, Plan, PlannedWorker } from './plan.ts'
import {
  type Refusal,
  refuseApproval,
  refuseBroken,
  refuseCycle,
  refuseDriver,
  refuseFault,
  refuseMissing,
  refuseNeeds,
  refuseStatus,
} from './refusals.ts'
import { type Choice, type ChoiceError, type Chosen, selectSpecs } from './select.ts'

export interface PlanChoice extends Choice {
  /** Work the chosen specs whatever they depend on, and in no order. */
  readonly skipDeps: boolean
  /** Work specs that wait for approval, too. */
  readonly skipApproval: boolean
  readonly branchPrefix: string
  readonly agent: string
  /** What is so wrong with a spec that it cannot be worked, where it can be read. Asked only of specs that could be worked. */
  readonly faultOf?: (spec: Spec) => Diagnostic | undefined
  /** With what a spec is worked; absent = with what it says itself. */
  readonly workedWith?: (spec: Spec) => WorkedWith
}

export type WorkedWith = Pick<PlannedWorker, 'model' | 'prompt' | 'chosenBy'>

/** Statuses that a spec may start from. chant stores `ready` and `blocked` too, but computes both anew each time. */
const MAY_START: readonly SpecStatus[] = ['pending', 'failed', 'ready', 'blocked']

const isOver = (status: string): boolean => status === 'completed' || status === 'cancelled'

/**
 * Decides which specs of the folder are worked and in which order, and says of every other spec that could be expected why
 * it is not. The error names the input to correct; nothing is planned then.
 */
export function makePlan(folder: SpecFolder, choice: PlanChoice): Result<Plan, ChoiceError> {
  const groups = makeGroups(folder)
  const selected = selectSpecs(folder, groups, choice)
  if (!selected.ok) return selected
  const chosen = selected.value

  const specs = new Map<string, Spec>(folder.specs.map((spec) => [spec.id, spec]))
  const needs = choice.skipDeps ? undefined : findNeeds(folder, groups)
  const graph: Graph = new Map(folder.specs.map(({ id }) => [id, needs?.get(id)?.open ?? []]))
  const order = topologicalOrder(graph)
  const cycles = findCycles(graph, order)

  const unapproved = ({ approval }: Spec): boolean => approval?.required === true && approval.status !== 'approved'
  const gateOf = (spec: Spec): Spec | undefined =>
    choice.skipApproval
      ? undefined
      : [spec, ...groups.driversAbove(spec.id).flatMap((id) => specs.get(id) ?? [])].find(unapproved)

  /** What stands in the way of the spec itself, whatever becomes of the specs it needs. */
  const refuseAlone = (spec: Spec): Refusal | undefined => {
    if (groups.isDriver(spec.id) && !isOver(spec.status)) {
      const alone = choice.labels.length > 0 && !groups.workIn(spec.id).some((id) => chosen.has(id))
      return refuseDriver(spec, groups.membersOf(spec.id), alone)
    }
    if (!MAY_START.includes(spec.status)) return refuseStatus(spec)
    const fault = choice.faultOf?.(spec)
    if (fault) return refuseFault(spec, fault)
    const gate = gateOf(spec)
    if (gate) return refuseApproval(spec, gate)
    const missing = needs?.get(spec.id)?.missing ?? []
    if (missing.length > 0) return refuseMissing(spec, missing)
    const cycle = cycles.get(spec.id)
    return cycle && refuseCycle(spec, cycle, (id, need) => driverBehind(specs, groups, id, need))
  }
  const unmet = (id: string) => {
    const status = specs.get(id)?.status
    const addable = status !== undefined && MAY_START.includes(status) && !chosen.has(id)
    return {
      id,
      status: status ?? (groups.progressOf(id) === 'unknown' ? 'does not exist' : 'cannot be read'),
      addable,
    }
  }

  const dependenciesOf = (id: string): Pick<NotPlanned, 'dependsOn'> => {
    const spec = specs.get(id)
    const needed = spec && needs?.get(spec.id)
    const dependsOn = [...(needed?.open ?? []), ...(needed?.missing ?? [])]
    return dependsOn.length > 0 ? { dependsOn } : {}
  }

  const refusals: Refusal[] = folder.broken.filter(({ name }) => chosen.has(name)).map(refuseBroken)
  const worked = new Set<string>()
  // Dependencies come first, so that what is refused takes everything behind it along. Cycles come last: they have no order.
  for (const id of [...order, ...cycles.keys()]) {
    const spec = specs.get(id)
    if (spec === undefined || !chosen.has(id)) continue
    const open = (graph.get(id) ?? []).filter((need) => !worked.has(need))
    const refusal = refuseAlone(spec) ?? (open.length > 0 ? refuseNeeds(spec, open.map(unmet)) : undefined)
    if (refusal) refusals.push(refusal)
    else worked.add(id)
  }

  const workers = makeWorkers(
    folder.specs.filter(({ id }) => worked.has(id)),
    graph,
    choice,
  )
  if (!workers.ok) return workers
  const notPlanned = refusals
    .flatMap((refusal) => tell(refusal, chosen.get(refusal.specId)))
    .map((refusal): NotPlanned => ({ ...refusal, ...dependenciesOf(refusal.specId) }))
    .sort((a, b) => compareSpecIds(a.specId, b.specId))
  return ok({ workers: workers.value, notPlanned, counts: countsOf(folder, notPlanned) })
}

function makeWorkers(
  worked: readonly Spec[],
  needs: Graph,
  choice: PlanChoice,
): Result<readonly PlannedWorker[], ChoiceError> {
  const ids = new Map(worked.map(({ id }) => [String(id), id]))
  const graph = new Map(worked.map(({ id }) => [id, (needs.get(id) ?? []).flatMap((need) => ids.get(need) ?? [])]))
  const order = topologicalOrder(graph)
  const [waves, paths] = [waveNumbers(graph, order), criticalPaths(graph, order)]
  const workers: PlannedWorker[] = []
  for (const spec of worked) {
    const branch = branchName(choice.branchPrefix, spec.id)
    if (!branch.ok) return err({ input: 'branch-prefix', message: branch.error })
    workers.push({
      specId: spec.id,
      title: spec.title,
      file: spec.file,
      branch: branch.value,
      dependsOn: graph.get(spec.id) ?? [],
      criticalPath: paths.get(spec.id) ?? 1,
      wave: waves.get(spec.id) ?? 1,
      agent: choice.agent,
      ...(choice.workedWith?.(spec) ?? present({ model: spec.model, prompt: spec.prompt })),
    })
  }
  // They are in the order of their ids already, and sorting keeps it.
  return ok(workers.sort((a, b) => b.criticalPath - a.criticalPath))
}

/** A refusal that somebody could wonder about, and whether it is an answer to somebody who named the spec. */
function tell(refusal: Refusal, how: Chosen = 'default'): NotPlanned[] {
  const { reason } = refusal
  const named = how === 'named'
  if (reason.type === 'driver') return [{ ...refusal, asked: named }]
  if (reason.type !== 'status') return [{ ...refusal, asked: named || how === 'matched' }]
  // A glob and a driver mean what is left to do; what is done is an answer only where nothing is left.
  return isOver(reason.status) && (how === 'default' || how === 'matched') ? [] : [{ ...refusal, asked: named }]
}

function countsOf(folder: SpecFolder, notPlanned: readonly NotPlanned[]): Plan['counts'] {
  const refusedFor = (...types: NotPlanned['reason']['type'][]): number =>
    notPlanned.filter(({ reason }) => types.includes(reason.type)).length
  return {
    total: folder.specs.length + folder.broken.length,
    completed: folder.specs.filter(({ status }) => status === 'completed').length,
    blocked: refusedFor('needs', 'missing-dependency', 'cycle'),
    approval: refusedFor('approval-required'),
  }
}
