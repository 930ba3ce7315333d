import { unreachable } from '../result.ts'
import type { SpecId } from '../spec/spec.ts'
import * as pool from './accounts.ts'
import { get, set } from './counters.ts'
import { cutShort, fail, giveUp, notAgain, release, retire, stop } from './ending.ts'
import type { AttemptFailure } from './failure.ts'
import { removeFirst } from './ready-queue.ts'
import { brake, decide, NOTHING_YET } from './retry.ts'
import {
  end,
  enqueue,
  idAt,
  isWaiting,
  kindAt,
  type Moment,
  type SchedulerAction,
  type SchedulerEvent,
  type SchedulerState,
  STARTED,
  type Step,
  without,
} from './scheduler-state.ts'
import { suited } from './suited.ts'

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
  if (waiting.length === 0 && state.ready.every((queue) => queue === null)) return undefined
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

/** What follows from any event: free slots are filled, and the last end finishes the run. */
function settle(
  before: SchedulerState,
  state: SchedulerState,
  actions: readonly SchedulerAction[],
  moment: Moment,
): Step {
  const [released, waits] = release(state, moment.at)
  const [filled, starts] = fill(released, moment)
  const [retired, ends] = retire(filled)
  // Whose wait ends before it begins is not said to wait.
  const gaveUp = new Set(ends.flatMap((end) => (end.type === 'give-up' ? [end.specId] : [])))
  const done = [
    ...[...actions, ...waits].filter((action) => action.type !== 'wait' || !gaveUp.has(action.specId)),
    ...starts,
    ...ends,
  ]
  const isFinished = retired.left === 0 && (before.left > 0 || !before.begun)
  if (isFinished) done.push({ type: 'finish' })
  return [retired, done]
}

/** One number for a whole step would send all its starts to one account: each is drawn apart from those before it. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** Gives free slots and free accounts to who is next: a smaller place in the plan first, whether for the first time or again. */
function fill(state: SchedulerState, { at, random }: Moment): Step {
  const starts: SchedulerAction[] = []
  let { ready, waitsFor, accounts } = state
  const running = new Map(state.running)
  let draw = random
  const again = state.stopping
    ? []
    : [...state.retries]
        .filter(([place, { notBefore }]) => isWaiting(state, place) && notBefore <= at)
        .map(([place, known]) => ({ place, known }))
  while (running.size < state.options.maxParallel && accounts.some((account) => pool.isFree(account, at))) {
    const firsts = ready.flatMap((queue) => (queue === null ? [] : [{ place: queue.first, known: undefined }]))
    const next = firstOf([...again, ...firsts], ({ place, known }) =>
      pool.choose(
        accounts,
        state.fleet.strategy,
        suited(accounts, kindAt(state, place), known?.excluded ?? NOBODY),
        at,
        draw,
      ),
    )
    if (next === undefined) break
    const [worker, chosen] = next
    const { place, known } = worker
    const begun = pool.begin(chosen.accounts, chosen.place, state.fleet.stagger, at, draw)
    draw = (draw + GOLDEN) % 1
    accounts = begun.accounts
    if (known) again.splice(again.indexOf(worker), 1)
    else ready = ready.map((queue) => (queue?.first === place ? removeFirst(queue) : queue))
    waitsFor = set(waitsFor, place, STARTED)
    running.set(place, chosen.place)
    starts.push({
      type: 'start',
      specId: idAt(state, place),
      account: accounts[chosen.place]?.options.name ?? '',
      attempt: 1 + (known?.failures ?? 0),
      notBefore: begun.notBefore,
    })
  }
  return [{ ...state, ready, waitsFor, running, accounts }, starts]
}

/** The one nearest to the plan's beginning for which there is an answer. */
function firstOf<W extends { readonly place: number }, A>(
  workers: readonly W[],
  answer: (worker: W) => A | undefined,
): readonly [W, A] | undefined {
  for (const worker of workers.toSorted((a, b) => a.place - b.place)) {
    const found = answer(worker)
    if (found !== undefined) return [worker, found]
  }
  return undefined
}

const NOBODY: ReadonlySet<number> = new Set()

/** The worker is between two attempts, or done with them. */
function retry(state: SchedulerState, place: number, failure: AttemptFailure, moment: Moment): Step {
  const account = state.running.get(place) ?? 0
  const running = without(state.running, place)
  const specId = idAt(state, place)
  const { accounts, decision } = decide(
    pool.end(state.accounts, account),
    account,
    kindAt(state, place),
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
    ({ outcome }) => cutShort(outcome, cause),
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
    if (open === 1) ready = enqueue(ready, state.roster, dependent)
  }
  const accounts = account === undefined ? ended.accounts : pool.succeed(ended.accounts, account)
  return [{ ...ended, ready, waitsFor, accounts }, []]
}
