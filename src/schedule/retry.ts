import type { Outcome } from '../outcome/outcome.ts'
import { unreachable } from '../result.ts'
import { type Accounts, close, lack, pause, prolong } from './accounts.ts'
import { type AttemptFailure, type Backoff, backoffMs } from './failure.ts'
import { type Kind, lacksModel, missed, suited } from './suited.ts'
import { lastWord } from './untried.ts'

/** What is known of a worker that was let down by its provider. */
export interface Retry {
  /** Attempts that ended so. */
  readonly failures: number
  /** Those of them that count: the ones that moved it to another account do not. */
  readonly tries: number
  /** It is not tried again before this, epoch milliseconds. */
  readonly notBefore: number
  /** The account whose pause it waits out; undefined where it waits for nothing of one account alone. */
  readonly resting: number | undefined
  /** Accounts that met a limit once while it worked. */
  readonly limited: ReadonlySet<number>
  /** Accounts that it is not given again. */
  readonly excluded: ReadonlySet<number>
  /** How it ends when nothing more is tried; absent where nothing has been tried yet. */
  readonly outcome?: Outcome
}

export interface RetryRules {
  /** Attempts in all; moves from one account to another are not counted. */
  readonly maxAttempts: number
  readonly backoff: Backoff
  /** An account that is of no use for longer than this is none for the rest of the run. Milliseconds. */
  readonly longestWaitMs: number
}

/** An agent met a limit and asks again by itself: whoever is not started yet is not sent after it. */
export interface LimitSeen {
  /** How long the agent waits, where it says so. Milliseconds. */
  readonly waitMs?: number
  /** The first one of its attempt; more of them are the same limit. */
  readonly isFirst: boolean
}

/** What follows from it for the account at `place`. */
export function brake(
  accounts: Accounts,
  place: number,
  { waitMs, isFirst }: LimitSeen,
  rules: RetryRules,
  { at, random }: { readonly at: number; readonly random: number },
): Accounts {
  const until = at + Math.min(rules.longestWaitMs, waitMs ?? backoffMs(rules.backoff, 1, random))
  return isFirst ? pause(accounts, place, until, at) : prolong(accounts, place, until)
}

export type Decision =
  | { readonly type: 'retry'; readonly retry: Retry }
  | { readonly type: 'give-up'; readonly outcome: Outcome }

export const NOTHING_YET: Omit<Retry, 'notBefore'> = {
  failures: 0,
  tries: 0,
  resting: undefined,
  limited: new Set<number>(),
  excluded: new Set<number>(),
}

/**
 * What follows from a failure on the account at `place`, for the account and for the worker. The first rate limit pauses the
 * account and the worker waits; a second one on the same account, or a quota, moves the worker to another; a key that is refused closes
 * the account, a model that it does not have does not. Overload and network trouble are waited out on any account.
 *
 * @param kind that of the worker
 */
export function decide(
  accounts: Accounts,
  place: number,
  kind: Kind,
  before: Retry | undefined,
  failure: AttemptFailure,
  rules: RetryRules,
  { at, random }: { readonly at: number; readonly random: number },
): { readonly accounts: Accounts; readonly decision: Decision } {
  const known = before ?? NOTHING_YET
  const failures = known.failures + 1
  const tries = known.tries + 1
  // A time that has passed already is no advice.
  const told = failure.resetsAt !== undefined && failure.resetsAt > at ? failure.resetsAt : undefined
  const until = told ?? at + backoffMs(rules.backoff, failures, random)
  const retry: Retry = { ...known, failures, tries, notBefore: until, resting: undefined, outcome: failure.outcome }
  const isClosed = accounts[place]?.stopped !== undefined
  const spent = tries >= rules.maxAttempts
  const giveUp = (outcome: Outcome): Decision => ({ type: 'give-up', outcome })
  /** To another account that may have its model, at once; where there is none, `otherwise` is the end. */
  const move = (next: Accounts, otherwise: Outcome, isMeant = (_: number) => true) => {
    const excluded = new Set([...known.excluded, place])
    const left = suited(next, kind, excluded).filter((other) => isMeant(other) && !lacksModel(next, other, kind))
    const decision: Decision =
      left.length > 0
        ? { type: 'retry', retry: { ...retry, tries: known.tries, notBefore: at, excluded } }
        : giveUp(lastWord(otherwise, missed(next, kind, excluded)))
    return { accounts: next, decision }
  }

  switch (failure.class) {
    case 'rate-limit':
    case 'quota': {
      // Somebody else's attempt closed it meanwhile, so there is no reset to wait for.
      if (isClosed && failure.class === 'rate-limit')
        return { accounts, decision: { type: 'retry', retry: { ...retry, tries: known.tries, notBefore: at } } }
      const soon = (failure.class === 'rate-limit' || told !== undefined) && until - at <= rules.longestWaitMs
      const next = soon ? pause(accounts, place, until, at) : close(accounts, place, 'quota', failure.outcome)
      if (!soon || known.limited.has(place))
        return move(next, { type: 'quota-exhausted', message: failure.outcome.message })
      const limited = new Set([...known.limited, place])
      return {
        accounts: next,
        decision: spent ? giveUp(failure.outcome) : { type: 'retry', retry: { ...retry, limited, resting: place } },
      }
    }
    case 'overloaded':
    case 'network': {
      // No account is to blame, so there is none to change: but no run waits for days.
      const notBefore = Math.min(until, at + rules.longestWaitMs)
      return { accounts, decision: spent ? giveUp(failure.outcome) : { type: 'retry', retry: { ...retry, notBefore } } }
    }
    case 'auth':
    case 'permission':
      return move(close(accounts, place, 'auth', failure.outcome), failure.outcome)
    case 'model': {
      // An account that has no quota now may have it: then the spec stays ready for the next run.
      const outcome = afterLimit(known.outcome, failure.outcome)
      // Another key may know it; an agent that works with a model of its own does not. The account serves whoever asks for another one.
      return move(lack(accounts, place, kind.told[place]), outcome, (other) => kind.likely.has(other))
    }
    default:
      return unreachable(failure.class)
  }
}

/** How a worker ends that no account has a model for; before that, one may have had no quota for it. */
const afterLimit = (before: Outcome | undefined, outcome: Outcome): Outcome =>
  before?.type === 'rate-limited' || before?.type === 'quota-exhausted'
    ? { type: 'quota-exhausted', message: `${before.message}; ${outcome.message}` }
    : outcome
