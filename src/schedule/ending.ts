import { causeWords } from '../outcome/advice.ts'
import type { Outcome, StopCause } from '../outcome/outcome.ts'
import type { Accounts } from './accounts.ts'
import { get } from './counters.ts'
import { emptyQueue } from './ready-queue.ts'
import type { Retry } from './retry.ts'
import {
  ENDED,
  end,
  idAt,
  isWaiting,
  kindAt,
  type SchedulerAction,
  type SchedulerState,
  type Step,
} from './scheduler-state.ts'
import { type Kind, missed, suited } from './suited.ts'
import { lastWord, untried } from './untried.ts'

/** How workers end that are given nothing more to do: behind a failed one, without an account, or because the run stops. */

/** Takes everything behind the failed worker along, nearest first. Nothing of it can have started. */
export function fail(state: SchedulerState, failed: number, isNeutral: boolean): Step {
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

/** Nothing starts any more, and what runs is stopped or may end. The first stop wins, but a later 'stop' upgrades a 'finish'. */
export function stop(state: SchedulerState, cause: StopCause, running: 'stop' | 'finish'): Step {
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
      ({ outcome }) => cutShort(outcome, cause),
    )
  }
  // Whoever waited had its end at the first stop.
  if (before) return [next, actions]
  const [ended, ends] = endUnstarted(next, unstarted(cause))
  return [ended, [...actions, ...ends]]
}

/** Nobody waits for an account that will not come: who may use none of those that are left gives up, and with none left nobody starts. */
export function retire(state: SchedulerState): Step {
  const { accounts } = state
  if (!isAnyLess(accounts)) return [state, []]
  const isOneOpen = accounts.some(({ stopped }) => stopped === undefined)
  const [gaveUp, actions] = giveUp(
    state,
    // Whom no account has sent away may use any: with thousands that wait, only the others are looked at closely.
    ({ excluded }, kind) => (excluded.size === 0 ? !isOneOpen : suited(accounts, kind, excluded).length === 0),
    ({ outcome, excluded }, kind) =>
      outcome === undefined ? untried(accounts) : lastWord(outcome, missed(accounts, kind, excluded)),
  )
  if (isOneOpen) return [gaveUp, actions]
  const [ended, ends] = endUnstarted(gaveUp, untried(accounts))
  return [ended, [...actions, ...ends]]
}

/** Nobody waits out the pause of an account that it will not be given any more: its turn on another one has come. */
export function release(state: SchedulerState, at: number): Step {
  if (!isAnyLess(state.accounts)) return [state, []]
  const freed = [...state.retries].filter(
    ([place, { resting, notBefore, excluded }]) =>
      resting !== undefined &&
      notBefore > at &&
      isWaiting(state, place) &&
      !suited(state.accounts, kindAt(state, place), excluded).includes(resting),
  )
  if (freed.length === 0) return [state, []]
  const retries = new Map([
    ...state.retries,
    ...freed.map(([place, known]) => [place, { ...known, notBefore: at }] as const),
  ])
  return [{ ...state, retries }, freed.map(([place]) => ({ type: 'wait', specId: idAt(state, place), until: at }))]
}

/** Whether some account is not, or not for every model, what it was at the beginning. */
const isAnyLess = (accounts: Accounts): boolean =>
  accounts.some(({ stopped, lacks }) => stopped !== undefined || lacks.size > 0)

/** Who waits for another attempt, and is meant, makes none. */
export function giveUp(
  state: SchedulerState,
  isMeant: (known: Retry, kind: Kind) => boolean,
  outcomeOf: (known: Retry, kind: Kind) => Outcome,
): Step {
  const waiting = [...state.retries].filter(
    ([place, known]) => isWaiting(state, place) && isMeant(known, kindAt(state, place)),
  )
  if (waiting.length === 0) return [state, []]
  return [
    { ...state, finishing: new Set([...state.finishing, ...waiting.map(([place]) => place)]) },
    waiting.map(([place, known]) => ({
      type: 'give-up',
      specId: idAt(state, place),
      outcome: outcomeOf(known, kindAt(state, place)),
    })),
  ]
}

function endUnstarted(state: SchedulerState, outcome: Outcome): Step {
  let next: SchedulerState = { ...state, ready: state.ready.map(() => emptyQueue) }
  const actions: SchedulerAction[] = []
  for (const [place, specId] of state.roster.ids.entries()) {
    if (get(next.waitsFor, place) < 0) continue
    next = end(next, place)
    actions.push({ type: 'end-unstarted', specId, outcome })
  }
  return [next, actions]
}

/** What becomes of a worker that waits when the run stops, whether it was ever tried or not. */
export const cutShort = (tried: Outcome | undefined, cause: StopCause): Outcome =>
  tried === undefined ? unstarted(cause) : notAgain(tried, cause)

/** Its provider let it down, and the run makes no further attempt. */
export const notAgain = (outcome: Outcome, cause: StopCause): Outcome => ({
  ...outcome,
  message: `${outcome.message}; not tried again: ${causeWords(cause)}`,
})

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
