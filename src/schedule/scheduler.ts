import { causeWords } from '../outcome/advice.ts'
import type { Outcome, StopCause } from '../outcome/outcome.ts'
import { topologicalOrder } from '../plan/graph.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import { unreachable } from '../result.ts'
import type { SpecId } from '../spec/spec.ts'
import * as pool from './accounts.ts'
import { type Counters, get, makeCounters, set } from './counters.ts'
import type { AttemptFailure } from './failure.ts'
import { type Fleet, ONE_ACCOUNT } from './fleet.ts'
import { emptyQueue, insert, type ReadyQueue, removeFirst } from './ready-queue.ts'
import { brake, decide, type LimitSeen, NOTHING_YET, type Retry } from './retry.ts'
import { untried } from './untried.ts'

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
  /** Workers that wait only for a slot. */
  readonly ready: ReadyQueue
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
  const fleet = options.fleet ?? ONE_ACCOUNT
  // Half of a limit that is never reached is no brake.
  const most = Math.max(1, Math.min(options.maxParallel, workers.length))
  const accounts = fleet.accounts.map((one) => ({ ...one, maxConcurrent: Math.min(one.maxConcurrent, most) }))
  return {
    options,
    fleet,
    roster: { ids: workers.map(({ specId }) => specId), places, dependents },
    begun: false,
    waitsFor: makeCounters(waitsFor),
    ready: waitsFor.reduce(
      (queue: ReadyQueue, count, place) => (count === 0 ? insert(queue, place) : queue),
      emptyQueue,
    ),
    running: new Map(),
    finishing: new Set(),
    retries: new Map(),
    accounts: pool.makeAccounts(accounts),
    left: workers.length,
  }
}

/** The whole scheduler: carry out the actions in order, and report every start's end. An event that cannot be changes nothing. */
export function step(state: SchedulerState, event: SchedulerEvent, moment: Moment): Step {
  switch (event.type) {
    case 'begin':
      if (state.begun) return [state, []]
      return settle(state, { ...state, begun: true }, [], moment)
    case 'worker-ended': {
      const place = state.roster.places.get(event.specId)
      if (place === undefined || !(state.running.has(place) || state.finishing.has(place))) return [state, []]
      return settle(
        state,
        ...(event.succeeded ? succeed(state, place) : fail(state, place, event.isNeutral === true)),
        moment,
      )
    }
    case 'attempt-failed': {
      const place = state.roster.places.get(event.specId)
      if (place === undefined || !state.running.has(place)) return [state, []]
      return settle(state, ...retry(state, place, event.failure, moment), moment)
    }
    case 'attempt-held': {
      const place = state.roster.places.get(event.specId)
      if (place === undefined || !state.running.has(place)) return [state, []]
      return settle(state, ...hold(state, place, moment), moment)
    }
    case 'limit-seen': {
      const account = state.running.get(state.roster.places.get(event.specId) ?? -1)
      if (account === undefined) return [state, []]
      const accounts = brake(state.accounts, account, event.limit, state.fleet, moment)
      return settle(state, { ...state, accounts }, [], moment)
    }
    case 'tick':
      return state.begun ? settle(state, state, [], moment) : [state, []]
    case 'stop':
      return settle(state, ...stop({ ...state, begun: true }, event.cause, event.running), moment)
    default:
      return unreachable(event)
  }
}

/** When a `tick` is worth sending: the next moment at which something may start by itself. Epoch milliseconds. */
export function wakeAt(state: SchedulerState, at: number): number | undefined {
  if (!state.begun || state.stopping) return undefined
  const waiting = [...state.retries].filter(([place]) => isWaiting(state, place)).map(([, { notBefore }]) => notBefore)
  if (waiting.length === 0 && state.ready === null) return undefined
  const paused = state.accounts.filter(({ stopped }) => stopped === undefined).map(({ pausedUntil }) => pausedUntil)
  const later = [...waiting, ...paused].filter((time) => time > at)
  return later.length > 0 ? Math.min(...later) : undefined
}

/**
 * Whether a start that was given may still become a process. Starts are apart, and since this one was given its account may have
 * been paused, slowed down or closed, or the run may have been told to start nothing more.
 */
export function mayBegin(state: SchedulerState, specId: SpecId, at: number): boolean {
  const account = state.accounts[state.running.get(state.roster.places.get(specId) ?? -1) ?? -1]
  if (account === undefined || state.stopping) return false
  return account.stopped === undefined && account.pausedUntil <= at && account.running <= account.limit
}

const isWaiting = (state: Pick<SchedulerState, 'running' | 'finishing'>, place: number): boolean =>
  !state.running.has(place) && !state.finishing.has(place)

/** What follows from any event: free slots are filled, and the last end finishes the run. */
function settle(
  before: SchedulerState,
  state: SchedulerState,
  actions: readonly SchedulerAction[],
  moment: Moment,
): Step {
  const [filled, starts] = fill(state, moment)
  const [retired, ends] = retire(filled)
  const done = [...actions, ...starts, ...ends]
  const isFinished = retired.left === 0 && (before.left > 0 || !before.begun)
  if (isFinished) done.push({ type: 'finish' })
  return [retired, done]
}

/** Gives free slots and free accounts to who is next: a smaller place in the plan first, whether for the first time or again. */
function fill(state: SchedulerState, { at, random }: Moment): Step {
  const starts: SchedulerAction[] = []
  let { ready, waitsFor, accounts } = state
  const running = new Map(state.running)
  const again = state.stopping
    ? []
    : [...state.retries]
        .filter(([place, { notBefore }]) => isWaiting(state, place) && notBefore <= at)
        .sort(([a], [b]) => a - b)
  while (running.size < state.options.maxParallel) {
    const other = again.findIndex(([, { excluded }]) =>
      accounts.some((account, place) => pool.isFree(account, at) && !excluded.has(place)),
    )
    const [waiting, known] = again[other] ?? []
    const isRetry = waiting !== undefined && (ready === null || waiting < ready.first)
    const place = isRetry ? waiting : ready?.first
    if (place === undefined) break
    const excluded = isRetry ? (known?.excluded ?? NOBODY) : NOBODY
    const chosen = pool.choose(accounts, state.fleet.strategy, excluded, at, random)
    if (chosen === undefined) break
    const begun = pool.begin(chosen.accounts, chosen.place, state.fleet.stagger, at, random)
    accounts = begun.accounts
    if (isRetry) again.splice(other, 1)
    else ready = removeFirst(ready)
    waitsFor = set(waitsFor, place, STARTED)
    running.set(place, chosen.place)
    starts.push({
      type: 'start',
      specId: idAt(state, place),
      account: accounts[chosen.place]?.options.name ?? '',
      attempt: 1 + (isRetry ? (known?.failures ?? 0) : 0),
      notBefore: begun.notBefore,
    })
  }
  return [{ ...state, ready, waitsFor, running, accounts }, starts]
}

const NOBODY: ReadonlySet<number> = new Set()

/** Nobody waits for an account that will not come: who may use none of those that are left gives up, and with none left nobody starts. */
function retire(state: SchedulerState): Step {
  const open = state.accounts.flatMap(({ stopped }, place) => (stopped === undefined ? [place] : []))
  if (open.length === state.accounts.length && state.retries.size === 0) return [state, []]
  const [gaveUp, actions] = giveUp(
    state,
    ({ excluded }) => open.every((place) => excluded.has(place)),
    ({ outcome }) => (outcome === undefined ? untried(state.accounts) : lastWord(outcome)),
  )
  if (open.length > 0) return [gaveUp, actions]
  const [ended, ends] = endUnstarted(gaveUp, untried(state.accounts))
  return [ended, [...actions, ...ends]]
}

/** A limit that no other account could take over is a quota; everything else ends as its last attempt did. */
const lastWord = (outcome: Outcome): Outcome =>
  outcome.type === 'rate-limited' ? { type: 'quota-exhausted', message: outcome.message } : outcome

/** The worker is between two attempts, or done with them. */
function retry(state: SchedulerState, place: number, failure: AttemptFailure, moment: Moment): Step {
  const account = state.running.get(place) ?? 0
  const running = without(state.running, place)
  const specId = idAt(state, place)
  const { accounts, decision } = decide(
    pool.end(state.accounts, account),
    account,
    state.retries.get(place),
    failure,
    state.fleet,
    moment,
  )
  const next = { ...state, running, accounts }
  if (decision.type === 'retry' && !state.stopping)
    return [
      { ...next, retries: new Map(state.retries).set(place, decision.retry) },
      [{ type: 'wait', specId, until: decision.retry.notBefore }],
    ]
  const cut = state.stopping ? notAgain(failure.outcome, state.stopping.cause) : failure.outcome
  const outcome = decision.type === 'give-up' ? decision.outcome : cut
  return [{ ...next, finishing: new Set([...state.finishing, place]) }, [{ type: 'give-up', specId, outcome }]]
}

/** Back among those that wait, as if it had not been its turn. */
function hold(state: SchedulerState, place: number, { at }: Moment): Step {
  const account = state.running.get(place) ?? 0
  const specId = idAt(state, place)
  const known = state.retries.get(place) ?? NOTHING_YET
  const next = {
    ...state,
    running: without(state.running, place),
    accounts: pool.end(state.accounts, account),
    retries: new Map(state.retries).set(place, { ...known, notBefore: at }),
  }
  if (!state.stopping) {
    const until = Math.max(at, state.accounts[account]?.pausedUntil ?? at)
    return [next, [{ type: 'wait', specId, until }]]
  }
  const { cause } = state.stopping
  return giveUp(
    next,
    (one) => one === next.retries.get(place),
    ({ outcome }) => (outcome === undefined ? unstarted(cause) : notAgain(outcome, cause)),
  )
}

function succeed(state: SchedulerState, place: number): Step {
  const account = state.running.get(place)
  const ended = end(state, place)
  let { ready, waitsFor } = ended
  for (const dependent of state.roster.dependents[place] ?? []) {
    const open = get(waitsFor, dependent)
    if (open <= 0) continue
    waitsFor = set(waitsFor, dependent, open - 1)
    if (open === 1) ready = insert(ready, dependent)
  }
  const accounts = account === undefined ? ended.accounts : pool.succeed(ended.accounts, account)
  return [{ ...ended, ready, waitsFor, accounts }, []]
}

/** Takes everything behind the failed worker along, nearest first. Nothing of it can have started. */
function fail(state: SchedulerState, failed: number, isNeutral: boolean): Step {
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
  if (!state.options.failFast || isNeutral) return [next, actions]
  const [stopped, stops] = stop(next, 'fail-fast', 'stop')
  return [stopped, [...actions, ...stops]]
}

function stop(state: SchedulerState, cause: StopCause, running: 'stop' | 'finish'): Step {
  const before = state.stopping
  if (before && (before.running === 'stop' || running === 'finish')) return [state, []]
  let next: SchedulerState = { ...state, stopping: { cause: before?.cause ?? cause, running } }
  let actions: readonly SchedulerAction[] = []
  if (running === 'stop') {
    // Processes first: what never started can wait.
    const waiting = [...state.retries.keys()].filter((place) => isWaiting(state, place))
    const stopped = [...state.running.keys(), ...waiting]
    actions = stopped.map((place) => ({ type: 'stop', specId: idAt(state, place), cause }))
    next = { ...next, finishing: new Set([...next.finishing, ...waiting]) }
  } else {
    ;[next, actions] = giveUp(
      next,
      () => true,
      ({ outcome }) => (outcome === undefined ? unstarted(cause) : notAgain(outcome, cause)),
    )
  }
  // Whoever waited had its end at the first stop.
  if (before) return [next, actions]
  const [ended, ends] = endUnstarted(next, unstarted(cause))
  return [ended, [...actions, ...ends]]
}

/** Its provider let it down, and the run makes no further attempt. */
const notAgain = (outcome: Outcome, cause: StopCause): Outcome => ({
  ...outcome,
  message: `${outcome.message}; not tried again: ${causeWords(cause)}`,
})

/** Who waits for another attempt, and is meant, makes none. */
function giveUp(state: SchedulerState, isMeant: (known: Retry) => boolean, outcomeOf: (known: Retry) => Outcome): Step {
  const waiting = [...state.retries].filter(([place, known]) => isWaiting(state, place) && isMeant(known))
  if (waiting.length === 0) return [state, []]
  return [
    { ...state, finishing: new Set([...state.finishing, ...waiting.map(([place]) => place)]) },
    waiting.map(([place, known]) => ({ type: 'give-up', specId: idAt(state, place), outcome: outcomeOf(known) })),
  ]
}

function endUnstarted(state: SchedulerState, outcome: Outcome): Step {
  let next: SchedulerState = { ...state, ready: emptyQueue }
  const actions: SchedulerAction[] = []
  for (const [place, specId] of state.roster.ids.entries()) {
    if (get(next.waitsFor, place) < 0) continue
    next = end(next, place)
    actions.push({ type: 'end-unstarted', specId, outcome })
  }
  return [next, actions]
}

function unstarted(cause: StopCause): Outcome {
  const message = `Not started: ${causeWords(cause)}`
  switch (cause) {
    case 'deadline':
      return { type: 'deadline-reached', message }
    case 'budget':
      return { type: 'budget-reached', message }
    default:
      return { type: 'cancelled-before-start', cause, message }
  }
}

function end(state: SchedulerState, place: number): SchedulerState {
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

function without<V>(map: ReadonlyMap<number, V>, key: number): ReadonlyMap<number, V> {
  if (!map.has(key)) return map
  const next = new Map(map)
  next.delete(key)
  return next
}

function idAt(state: SchedulerState, place: number): SpecId {
  const id = state.roster.ids[place]
  if (id === undefined) throw new Error(`no worker at ${place}`)
  return id
}
