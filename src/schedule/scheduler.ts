import { causeWords } from '../outcome/advice.ts'
import type { Outcome, StopCause } from '../outcome/outcome.ts'
import { topologicalOrder } from '../plan/graph.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import { unreachable } from '../result.ts'
import type { SpecId } from '../spec/spec.ts'
import { type Counters, get, makeCounters, set } from './counters.ts'
import { emptyQueue, insert, type ReadyQueue, removeFirst } from './ready-queue.ts'

export interface SchedulerOptions {
  /** At least 1. */
  readonly maxParallel: number
  /** The first worker that fails stops everything. */
  readonly failFast: boolean
}

/** What the scheduler is told. */
export type SchedulerEvent =
  /** First of all; once. */
  | { readonly type: 'begin' }
  /** The worker's process tree is confirmed gone and its outcome is decided. Only this frees its slot. */
  | { readonly type: 'worker-ended'; readonly specId: SpecId; readonly succeeded: boolean }
  /**
   * Nothing new starts. With `running: 'stop'` running workers are stopped, with 'finish' they may end. The first stop wins,
   * but a later 'stop' upgrades a 'finish'.
   */
  | { readonly type: 'stop'; readonly cause: StopCause; readonly running: 'stop' | 'finish' }

/** What has to be done, in this order. */
export type SchedulerAction =
  | { readonly type: 'start'; readonly specId: SpecId }
  | { readonly type: 'stop'; readonly specId: SpecId; readonly cause: StopCause }
  /** This worker never starts: `dependency-failed` or `cancelled-before-start`. */
  | { readonly type: 'end-unstarted'; readonly specId: SpecId; readonly outcome: Outcome }
  /** Every worker has ended. Exactly once, last. */
  | { readonly type: 'finish' }

/** Workers are known by their place in the plan: a smaller one starts earlier. A state is never changed. */
export interface SchedulerState {
  readonly options: SchedulerOptions
  readonly roster: Roster
  readonly begun: boolean
  /** For each worker how many dependencies it still waits for; STARTED or ENDED once it waits no more. */
  readonly waitsFor: Counters
  /** Workers that wait only for a slot. */
  readonly ready: ReadyQueue
  readonly running: ReadonlySet<number>
  /** Workers that have not ended, the running ones included. */
  readonly left: number
  readonly stopping?: { readonly cause: StopCause; readonly running: 'stop' | 'finish' }
}

/** What never changes during a run. */
interface Roster {
  readonly ids: readonly SpecId[]
  readonly places: ReadonlyMap<string, number>
  readonly dependents: readonly (readonly number[])[]
}

const STARTED = -1
const ENDED = -2

type Step = readonly [SchedulerState, readonly SchedulerAction[]]

/** `workers` in start order, without cycles; dependencies outside of it count as done. */
export function makeScheduler(workers: readonly PlannedWorker[], options: SchedulerOptions): SchedulerState {
  if (!(options.maxParallel >= 1)) throw new Error(`maxParallel is ${options.maxParallel}: nothing would ever start`)
  if (topologicalOrder(new Map(workers.map((w) => [w.specId, w.dependsOn]))).length < workers.length) {
    throw new Error('the plan has a worker twice, or a cycle: it would never end')
  }
  const places = new Map<string, number>(workers.map(({ specId }, place) => [specId, place]))
  const dependents: number[][] = workers.map(() => [])
  const waitsFor = workers.map(({ dependsOn }, place) => {
    const dependencies = [...new Set(dependsOn)].flatMap((id) => places.get(id) ?? [])
    for (const dependency of dependencies) dependents[dependency]?.push(place)
    return dependencies.length
  })
  return {
    options,
    roster: { ids: workers.map(({ specId }) => specId), places, dependents },
    begun: false,
    waitsFor: makeCounters(waitsFor),
    ready: waitsFor.reduce(
      (queue: ReadyQueue, count, place) => (count === 0 ? insert(queue, place) : queue),
      emptyQueue,
    ),
    running: new Set(),
    left: workers.length,
  }
}

/** The whole scheduler: carry out the actions in order, and report every start's end. An event that cannot be changes nothing. */
export function step(state: SchedulerState, event: SchedulerEvent): Step {
  switch (event.type) {
    case 'begin':
      if (state.begun) return [state, []]
      return settle(state, { ...state, begun: true }, [])
    case 'worker-ended': {
      const place = state.roster.places.get(event.specId)
      if (place === undefined || !state.running.has(place)) return [state, []]
      return settle(state, ...(event.succeeded ? succeed(state, place) : fail(state, place)))
    }
    case 'stop':
      return settle(state, ...stop({ ...state, begun: true }, event.cause, event.running))
    default:
      return unreachable(event)
  }
}

/** What follows from any event: free slots are filled, and the last end finishes the run. */
function settle(before: SchedulerState, state: SchedulerState, actions: readonly SchedulerAction[]): Step {
  const done = [...actions]
  let { ready, waitsFor } = state
  const running = new Set(state.running)
  while (ready !== null && running.size < state.options.maxParallel) {
    const place = ready.first
    ready = removeFirst(ready)
    waitsFor = set(waitsFor, place, STARTED)
    running.add(place)
    done.push({ type: 'start', specId: idAt(state, place) })
  }
  const isFinished = state.left === 0 && (before.left > 0 || !before.begun)
  if (isFinished) done.push({ type: 'finish' })
  return [{ ...state, ready, waitsFor, running }, done]
}

function succeed(state: SchedulerState, place: number): Step {
  const ended = end(state, place)
  let { ready, waitsFor } = ended
  for (const dependent of state.roster.dependents[place] ?? []) {
    const open = get(waitsFor, dependent)
    if (open <= 0) continue
    waitsFor = set(waitsFor, dependent, open - 1)
    if (open === 1) ready = insert(ready, dependent)
  }
  return [{ ...ended, ready, waitsFor }, []]
}

/** Takes everything behind the failed worker along, nearest first. Nothing of it can have started. */
function fail(state: SchedulerState, failed: number): Step {
  let next = end(state, failed)
  const actions: SchedulerAction[] = []
  const root = idAt(state, failed)
  const open = [failed]
  for (const place of open) {
    const need = idAt(state, place)
    const message =
      place === failed
        ? `Needs ${need}, which did not succeed`
        : `Needs ${need}, which needs ${root}, which did not succeed`
    for (const dependent of state.roster.dependents[place] ?? []) {
      if (get(next.waitsFor, dependent) === ENDED) continue
      next = end(next, dependent)
      open.push(dependent)
      const outcome: Outcome = { type: 'dependency-failed', needs: [need], message }
      actions.push({ type: 'end-unstarted', specId: idAt(state, dependent), outcome })
    }
  }
  if (!state.options.failFast) return [next, actions]
  const [stopped, stops] = stop(next, 'fail-fast', 'stop')
  return [stopped, [...actions, ...stops]]
}

function stop(state: SchedulerState, cause: StopCause, running: 'stop' | 'finish'): Step {
  const before = state.stopping
  if (before && (before.running === 'stop' || running === 'finish')) return [state, []]
  let next: SchedulerState = { ...state, ready: emptyQueue, stopping: { cause: before?.cause ?? cause, running } }
  const actions: SchedulerAction[] = []
  // Processes first: what never started can wait.
  if (running === 'stop')
    for (const place of state.running) actions.push({ type: 'stop', specId: idAt(state, place), cause })
  // Whoever waited had its end at the first stop.
  if (before) return [next, actions]
  for (const [place, specId] of state.roster.ids.entries()) {
    if (get(next.waitsFor, place) < 0) continue
    next = end(next, place)
    actions.push({ type: 'end-unstarted', specId, outcome: unstarted(cause) })
  }
  return [next, actions]
}

const unstarted = (cause: StopCause): Outcome => {
  const message = `Not started: ${causeWords(cause)}`
  return cause === 'deadline'
    ? { type: 'deadline-reached', message }
    : { type: 'cancelled-before-start', cause, message }
}

function end(state: SchedulerState, place: number): SchedulerState {
  const running = new Set(state.running)
  running.delete(place)
  return { ...state, running, waitsFor: set(state.waitsFor, place, ENDED), left: state.left - 1 }
}

function idAt(state: SchedulerState, place: number): SpecId {
  const id = state.roster.ids[place]
  if (id === undefined) throw new Error(`no worker at ${place}`)
  return id
}
