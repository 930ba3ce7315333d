import type { Accounts } from '../schedule/accounts.ts'
import { onTheWall } from '../shell/clock.ts'
import type { Journal } from '../shell/journal.ts'

/** Of what a provider said. Characters. */
const LENGTH = 200

/** Puts on the journal how accounts change: their limit, a pause, their end. What is as it was is no news. */
export class AccountNews {
  readonly #journal: Journal
  readonly #told = new Map<string, string>()
  /** The machine's time of each pause: asked twice it would differ by a millisecond, and look like another pause. */
  readonly #ends = new Map<number, string>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** @param at as the scheduler counts it; what is written is the machine's time */
  tell(accounts: Accounts, at: number): void {
    for (const { options, limit, pausedUntil, stopped, why } of accounts) {
      if (limit === options.maxConcurrent && pausedUntil <= at && !stopped && !this.#told.has(options.name)) continue
      const isPaused = pausedUntil > at
      const change = {
        account: options.name,
        limit,
        ...(stopped ? { stopped } : {}),
        ...(stopped && why ? { why: why.message.slice(0, LENGTH) } : {}),
      }
      const words = JSON.stringify({ ...change, ...(isPaused && { pausedUntil }) })
      if (this.#told.get(options.name) === words) continue
      this.#told.set(options.name, words)
      this.#journal.append({
        type: 'account-changed',
        ...change,
        ...(isPaused && { pausedUntil: this.#endOf(pausedUntil) }),
      })
    }
  }

  #endOf(pausedUntil: number): string {
    const end = this.#ends.get(pausedUntil) ?? new Date(onTheWall(pausedUntil)).toISOString()
    this.#ends.set(pausedUntil, end)
    return end
  }
}
