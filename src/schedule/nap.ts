import { wakeAt } from './scheduler.ts'
import type { SchedulerState } from './scheduler-state.ts'

/** An alarm is never set for longer: the clock may be set meanwhile. Milliseconds. */
const LONGEST_MS = 60_000

/**
 * Milliseconds from `now` until a `tick` is worth sending to a state that was last stepped at `at`; undefined where none is. A time between
 * the two has come and nobody has acted on it: it must not be taken for one that is over. Times have fractions, timers do not.
 */
export function napMs(state: SchedulerState, at: number, now: number): number | undefined {
  const wake = wakeAt(state, at)
  return wake === undefined ? undefined : Math.min(LONGEST_MS, Math.max(1, Math.ceil(wake - now)))
}
