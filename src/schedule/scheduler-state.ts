import type { Outcome, StopCause } from '../outcome/outcome.ts'
import { topologicalOrder } from '../plan/graph.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import type { SpecId } from '../spec/spec.ts'
import * as pool from './accounts.ts'
import { type Counters, makeCounters, set } from './counters.ts'
import type { AttemptFailure } from './failure.ts'
import { type Fleet, ONE_ACCOUNT } from './fleet.ts'
import { emptyQueue, insert, type ReadyQueue } from './ready-queue.ts'
import type { LimitSeen, Retry } from './retry.ts'
import { type Kind, kindsOf } from './suited.ts'

export interface SchedulerOptions {
  /** At least 1. */
  readonly maxParallel: number
  /** The first worker that fails stops everything. */
  readonly failFast: boolean
  /** The accounts that agents work on; absent = one without limits. */
  readonly fleet?: Fleet
}

/** When an event came, and a number from 0 up to 1 that nobody could foresee. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly at: number
  readonly random: number
}

/** What the scheduler is told. */
export type SchedulerEvent =
  /** First of all; once. */
  | { readonly type: 'begin' }
  /** The worker's process tree is confirmed gone and its outcome is decided. Only this frees its slot for good. */
  | {
      readonly type: 'worker-ended'
      readonly specId: SpecId
      readonly succeeded: boolean
      /** It did not succeed, and fails nothing either: without quota there is nobody to blame. Its dependents cannot start. */
      readonly isNeutral?: boolean
    }
  /** Its process tree is confirmed gone, its provider let it down, and it asks what to do. Its slot is free meanwhile. */
  | { readonly type: 'attempt-failed'; readonly specId: SpecId; readonly failure: AttemptFailure }
  /** Its process may not begin any more, see `mayBegin`, and there is none: it waits for another start. */
  | { readonly type: 'attempt-held'; readonly specId: SpecId }
  /** Its agent met a limit, and goes on. */
  | { readonly type: 'limit-seen'; readonly specId: SpecId; readonly limit: LimitSeen }
  /** Time has passed: see `wakeAt`. */
  | { readonly type: 'tick' }
  /**
   * Nothing new starts. With `running: 'stop'` running workers are stopped, with 'finish' they may end. The first stop wins,
   * but a later 'stop' upgrades a 'finish'.
   */
  | { readonly type: 'stop'; readonly cause: StopCause; readonly running: 'stop' | 'finish' }

/** What has to be done, in this order. */
export type SchedulerAction =
  /** An attempt on an account, the first one or another; its process may begin at `notBefore` (epoch ms). */
  | {
      readonly type: 'start'
      readonly specId: SpecId
      readonly account: string
      readonly attempt: number
      readonly notBefore: number
    }
  /** Ends what it does, be it an attempt or a wait for the next one. */
  | { readonly type: 'stop'; readonly specId: SpecId; readonly cause: StopCause }
  /** Another attempt follows, or the first one after all, not before `until` (epoch ms). */
  | { readonly type: 'wait'; readonly specId: SpecId; readonly until: number }
  /** No other attempt follows: the worker ends with this, and says so when it has. */
  | { readonly type: 'give-up'; readonly specId: SpecId; readonly outcome: Outcome }
  /** This worker never starts: `dependency-failed`, `cancelled-before-start` and their like. */
  | { readonly type: 'end-unstarted'; readonly specId: SpecId; readonly outcome: Outcome }
  /** Every worker has ended. Exactly once, last. */
  | { readonly type: 'finish' }

/** Workers are known by their place in the plan: a smaller one starts earlier. A state is never changed. */
export interface SchedulerState {
  readonly options: SchedulerOptions
  readonly fleet: Fleet
  readonly roster: Roster
  readonly begun: boolean
  /** For each worker how many dependencies it still waits for; STARTED or ENDED once it waits no more. */
  readonly waitsFor: Counters
  /** Workers that wait only for a slot and an account, by their kind: one kind may have to wait while another goes on. */
  readonly ready: readonly ReadyQueue[]
  /** Workers that have a slot, with the place of their account. */
  readonly running: ReadonlyMap<number, number>
  /** Workers that are done trying, but have not ended yet. They need no slot. */
  readonly finishing: ReadonlySet<number>
  /** Workers that wait for another attempt, and what is known of those that run one. */
  readonly retries: ReadonlyMap<number, Retry>
  readonly accounts: pool.Accounts
  /** Workers that have not ended, the running ones included. */
  readonly left: number
  readonly stopping?: { readonly cause: StopCause; readonly running: 'stop' | 'finish' }
}

/** What never changes during a run. */
interface Roster {
  readonly ids: readonly SpecId[]
  readonly places: ReadonlyMap<string, number>
  readonly dependents: readonly (readonly number[])[]
  readonly kinds: readonly Kind[]
  readonly kindOf: readonly number[]
}

/** Instead of a number of dependencies. */
export const STARTED = -1
export const ENDED = -2

/** What is, and what has to be done. */
export type Step = readonly [SchedulerState, readonly SchedulerAction[]]

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
  const fleet = options.fleet ?? ONE_ACCOUNT
  // Half of a limit that is never reached is no brake.
  const most = Math.max(1, Math.min(options.maxParallel, workers.length))
  const accounts = fleet.accounts.map((one) => ({ ...one, maxConcurrent: Math.min(one.maxConcurrent, most) }))
  const roster: Roster = {
    ...kindsOf(workers, fleet.accounts),
    ids: workers.map(({ specId }) => specId),
    places,
    dependents,
  }
  return {
    options,
    fleet,
    roster,
    begun: false,
    waitsFor: makeCounters(waitsFor),
    ready: roster.kinds.map((_, kind) =>
      waitsFor.reduce(
        (queue: ReadyQueue, count, place) =>
          count === 0 && roster.kindOf[place] === kind ? insert(queue, place) : queue,
        emptyQueue,
      ),
    ),
    running: new Map(),
    finishing: new Set(),
    retries: new Map(),
    accounts: pool.makeAccounts(accounts),
    left: workers.length,
  }
}

/** For an account or for its next attempt. */
export const isWaiting = (state: Pick<SchedulerState, 'running' | 'finishing'>, place: number): boolean =>
  !state.running.has(place) && !state.finishing.has(place)

/** The worker is gone: its slot and its account are free. */
export function end(state: SchedulerState, place: number): SchedulerState {
  const account = state.running.get(place)
  return {
    ...state,
    running: without(state.running, place),
    finishing: new Set([...state.finishing].filter((other) => other !== place)),
    retries: without(state.retries, place),
    accounts: account === undefined ? state.accounts : pool.end(state.accounts, account),
    waitsFor: set(state.waitsFor, place, ENDED),
    left: state.left - 1,
  }
}

/** A map without one of its keys. */
export function without<V>(map: ReadonlyMap<number, V>, key: number): ReadonlyMap<number, V> {
  if (!map.has(key)) return map
  const next = new Map(map)
  next.delete(key)
  return next
}

/** The kind of the worker at a place in the plan. */
export function kindAt({ roster }: Pick<SchedulerState, 'roster'>, place: number): Kind {
  const kind = roster.kinds[roster.kindOf[place] ?? -1]
  if (kind === undefined) throw new Error(`no worker at ${place}`)
  return kind
}

/** The queues with the worker in that of its kind. */
export const enqueue = (ready: SchedulerState['ready'], { kindOf }: Roster, place: number): SchedulerState['ready'] =>
  ready.map((queue, kind) => (kind === kindOf[place] ? insert(queue, place) : queue))

/** The id of the worker at a place in the plan. */
export function idAt(state: SchedulerState, place: number): SpecId {
  const id = state.roster.ids[place]
  if (id === undefined) throw new Error(`no worker at ${place}`)
  return id
}
