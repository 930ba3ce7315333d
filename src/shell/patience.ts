import { setTimeout as sleep } from 'node:timers/promises'
import type { Result } from '../result.ts'

/** A machine out of processes, memory or descriptors: other work ends and gives them back. Node's words and git's. */
export const EXHAUSTED =
  /\b(EAGAIN|ENOMEM|EMFILE|ENFILE)\b|Resource temporarily unavailable|Cannot allocate memory|Too many open files/

const LONGEST_WAIT_MS = 60_000
const PAUSE_MS = 250

/**
 * Tries again and again while `passes` says that the error will pass, for a minute at most, and not after `signal`.
 * What is tried must leave nothing behind when it fails.
 */
export async function patiently<T, E>(
  attempt: () => Promise<Result<T, E>>,
  passes: (error: E) => boolean,
  signal?: AbortSignal,
): Promise<Result<T, E>> {
  const started = performance.now()
  for (;;) {
    const answer = await attempt()
    const late = performance.now() - started + PAUSE_MS > LONGEST_WAIT_MS
    if (answer.ok || late || signal?.aborted || !passes(answer.error)) return answer
    await sleep(PAUSE_MS)
  }
}
