import type { FailureReason } from '../agent/event.ts'
import type { Outcome } from '../outcome/outcome.ts'

/** Reasons that are the provider's and not the work's: worth another attempt, or another account. */
export type FailureClass = Extract<
  FailureReason,
  'rate-limit' | 'quota' | 'overloaded' | 'network' | 'auth' | 'permission' | 'model'
>

/** An attempt that ended with such a failure. Times are epoch milliseconds. */
export interface AttemptFailure {
  readonly class: FailureClass
  /** When the provider will listen again, where it said so. */
  readonly resetsAt?: number
  /** How the worker ends when nothing more is tried. */
  readonly outcome: Outcome
}

export interface Backoff {
  /** Longest wait before the second attempt, milliseconds; longer by `multiplier` with each one after it. */
  readonly delayMs: number
  readonly multiplier: number
}

/** No provider is worth a longer wait between two attempts, unless it says so itself. */
const LONGEST_MS = 15 * 60_000

/** Exponential back-off with full jitter: any time between none and the longest, so that many do not come back at once. */
export const backoffMs = ({ delayMs, multiplier }: Backoff, attempt: number, random: number): number =>
  random * Math.min(LONGEST_MS, delayMs * multiplier ** Math.max(0, attempt - 1))
