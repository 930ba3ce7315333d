import type { PlannedWorker } from '../../src/plan/plan.ts'
import type { AttemptFailure } from '../../src/schedule/failure.ts'
import { mayBegin, step, wakeAt } from '../../src/schedule/scheduler.ts'
import {
  makeScheduler,
  type SchedulerAction,
  type SchedulerEvent,
  type SchedulerOptions,
} from '../../src/schedule/scheduler-state.ts'
import { specId } from '../builders.ts'

/**
 * A run of the scheduler on a clock that the test turns, with one half for every random number. Each event answers with what has to be done, in
 * the words of `tell`.
 */
export function toldRun<T>(
  workers: readonly PlannedWorker[],
  options: Omit<SchedulerOptions, 'failFast'> & Partial<SchedulerOptions>,
  tell: (actions: readonly SchedulerAction[]) => T,
) {
  let state = makeScheduler(workers, { failFast: false, ...options })
  let at = 0
  const send = (event: SchedulerEvent): T => {
    const [next, actions] = step(state, event, { at, random: 0.5 })
    state = next
    return tell(actions)
  }
  return {
    send,
    begin: () => send({ type: 'begin' }),
    succeed: (id: string) => send({ type: 'worker-ended', specId: specId(id), succeeded: true }),
    end: (id: string) => send({ type: 'worker-ended', specId: specId(id), succeeded: false }),
    failsWith: (id: string, failure: AttemptFailure) => send({ type: 'attempt-failed', specId: specId(id), failure }),
    mayBegin: (id: string) => mayBegin(state, specId(id), at),
    held: (id: string) => send({ type: 'attempt-held', specId: specId(id) }),
    at: (time: number) => {
      at = time
      return send({ type: 'tick' })
    },
    wake: () => wakeAt(state, at),
    account: (place: number) => state.accounts[place],
  }
}
