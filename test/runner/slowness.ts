import { readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { type CancelTiming, RUNNER_TIMING } from './step.ts'

/**
 * How many want each processor of this machine, now or in the last minute: 1 on one that is not busy. What must happen in a time is
 * given as many times that, and a limit that an agent is to meet is put as far off, for what a test proves is not the machine.
 */
export function slowness(): number {
  const wanting = Math.max(loadavg()[0] ?? 0, running())
  return Math.min(MOST, Math.max(1, wanting / availableParallelism()))
}

/** Beyond this a test would rather wait for its own end. */
const MOST = 5

/** Threads that run or could, from `/proc/loadavg`: the average knows nothing yet of what has just begun. */
function running(): number {
  try {
    return Number(/(\d+)\/\d+/.exec(readFileSync('/proc/loadavg', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** As much patience with a cancelled step as the runner has on a machine that is not busy. */
export function patientTiming(): CancelTiming {
  const factor = slowness()
  return { terminate: RUNNER_TIMING.terminate * factor, kill: RUNNER_TIMING.kill * factor }
}
