import type { Outcome } from '../outcome/outcome.ts'

/** What kind of thing went wrong between an agent and its provider. What is no such thing is judged by the worker alone. */
export type FailureClass =
  /** Too many requests for now: the account has to wait. */
  | 'rate_limit'
  /** The account's allowance is used up, for hours or until somebody pays. */
  | 'quota'
  /** The provider has too much to do (529, 503). */
  | 'overloaded'
  /** No connection, a cut one, or an error inside the provider (500, 502). */
  | 'network'
  /** The key is missing, wrong or not allowed to do this. */
  | 'auth'
  | 'permission'

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
