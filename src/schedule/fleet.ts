import type { RotationStrategy } from '../config/config.ts'
import type { AccountOptions, Stagger } from './accounts.ts'
import type { RetryRules } from './retry.ts'

/** The accounts that a run's agents work on, and the rules by which they are shared and spared. */
export interface Fleet extends RetryRules {
  /** At least one. */
  readonly accounts: readonly AccountOptions[]
  readonly strategy: RotationStrategy
  readonly stagger: Stagger
}

/** A command of one's own has no provider that is known here: no limits, no stagger, one attempt. */
export const ONE_ACCOUNT: Fleet = {
  accounts: [{ name: 'main', maxConcurrent: Number.POSITIVE_INFINITY, weight: 1 }],
  strategy: 'none',
  stagger: { delayMs: 0, jitterMs: 0 },
  maxAttempts: 1,
  backoff: { delayMs: 60_000, multiplier: 2 },
  longestWaitMs: 60 * 60_000,
}
