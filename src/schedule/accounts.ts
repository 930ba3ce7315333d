import type { RotationStrategy } from '../config/config.ts'
import type { Outcome } from '../outcome/outcome.ts'

/** An account of an agent as the run was given it. */
export interface AccountOptions {
  readonly name: string
  /** How many of its processes may run at once; at least 1. */
  readonly maxConcurrent: number
  /** Its share where accounts are chosen; at least 1. */
  readonly weight: number
  /** The model that it is told to use, by the one that is asked for; that one itself where absent. undefined = its agent's own choice. */
  readonly told?: ReadonlyMap<string | undefined, string | undefined>
}

/** Why an account is not used any more in this run. */
export type AccountStop = 'quota' | 'auth'

/** An account as the run knows it now. Times are epoch milliseconds. */
export interface Account {
  readonly options: AccountOptions
  readonly running: number
  /** At most so many for now: halved by a limit, one more with each success, never above `maxConcurrent`. */
  readonly limit: number
  /** Nothing starts on it before this. */
  readonly pausedUntil: number
  readonly stopped?: AccountStop
  /** How the attempt ended that closed it. */
  readonly why?: Outcome
  /** When its next process may start, so that starts are apart. */
  readonly nextStart: number
  /** Of weighted round-robin: the one with the most is next. */
  readonly credit: number
  /** Models that its provider said it does not have for this key; undefined = what its agent chose. */
  readonly lacks: ReadonlySet<string | undefined>
}

export type Accounts = readonly Account[]

export interface Stagger {
  readonly delayMs: number
  readonly jitterMs: number
}

export const makeAccounts = (options: readonly AccountOptions[]): Accounts =>
  options.map((account) => ({
    options: account,
    running: 0,
    limit: account.maxConcurrent,
    pausedUntil: Number.NEGATIVE_INFINITY,
    nextStart: Number.NEGATIVE_INFINITY,
    credit: 0,
    lacks: new Set(),
  }))

export const isFree = (account: Account, at: number): boolean =>
  account.stopped === undefined && account.pausedUntil <= at && account.running < account.limit

/**
 * The place of the account that the next process is started on, among those of `places` that are free: the first one
 * (`none`), one by its weight (`random`), or each in turn by its weight (`round-robin`). Answers the accounts with the turn taken.
 */
export function choose(
  accounts: Accounts,
  strategy: RotationStrategy,
  places: readonly number[],
  at: number,
  random: number,
): { readonly accounts: Accounts; readonly place: number } | undefined {
  const free = accounts.flatMap((account, place) => (isFree(account, at) && places.includes(place) ? [place] : []))
  const [first] = free
  if (first === undefined) return undefined
  switch (strategy) {
    case 'none':
      return { accounts, place: first }
    case 'random':
      return { accounts, place: byWeight(accounts, free, random) }
    case 'round-robin':
      return inTurn(accounts, free)
  }
}

function byWeight(accounts: Accounts, free: readonly number[], random: number): number {
  const weightOf = (place: number) => accounts[place]?.options.weight ?? 1
  let left = random * free.reduce((sum, place) => sum + weightOf(place), 0)
  for (const place of free) {
    left -= weightOf(place)
    if (left < 0) return place
  }
  return free[0] ?? 0
}

/** Smooth weighted round-robin: with weights 2 and 1 the turns are a b a, a b a. */
function inTurn(accounts: Accounts, free: readonly number[]): { accounts: Accounts; place: number } {
  const total = free.reduce((sum, place) => sum + (accounts[place]?.options.weight ?? 1), 0)
  const richer = accounts.map((account, place) =>
    free.includes(place) ? { ...account, credit: account.credit + account.options.weight } : account,
  )
  const creditOf = (place: number) => richer[place]?.credit ?? 0
  const place = free.reduce((best, other) => (creditOf(other) > creditOf(best) ? other : best))
  return { accounts: edit(richer, place, (account) => ({ ...account, credit: account.credit - total })), place }
}

/** A process is given to the account; it may begin at `notBefore`. */
export function begin(
  accounts: Accounts,
  place: number,
  { delayMs, jitterMs }: Stagger,
  at: number,
  random: number,
): { readonly accounts: Accounts; readonly notBefore: number } {
  const notBefore = Math.max(at, accounts[place]?.nextStart ?? at)
  return {
    accounts: edit(accounts, place, (account) => ({
      ...account,
      running: account.running + 1,
      nextStart: notBefore + delayMs + jitterMs * random,
    })),
    notBefore,
  }
}

export const end = (accounts: Accounts, place: number): Accounts =>
  edit(accounts, place, (account) => ({ ...account, running: account.running - 1 }))

/** Additive increase: a success shows that there is room for one more. */
export const succeed = (accounts: Accounts, place: number): Accounts =>
  edit(accounts, place, (account) => ({
    ...account,
    limit: Math.min(account.options.maxConcurrent, account.limit + 1),
  }))

/**
 * Multiplicative decrease: nothing starts before `until`, and then half as many at once. Workers that met the same limit
 * together do not halve it once each.
 */
export const pause = (accounts: Accounts, place: number, until: number, at: number): Accounts =>
  edit(prolong(accounts, place, until), place, (account) => ({
    ...account,
    limit: isPaused(accounts, place, at) ? account.limit : Math.max(1, Math.floor(account.limit / 2)),
  }))

/** Nothing starts before `until`: the same limit as before, met again. */
export const prolong = (accounts: Accounts, place: number, until: number): Accounts =>
  edit(accounts, place, (account) => ({ ...account, pausedUntil: Math.max(account.pausedUntil, until) }))

const isPaused = (accounts: Accounts, place: number, at: number): boolean => (accounts[place]?.pausedUntil ?? at) > at

/** For the rest of the run; the first cause stays. */
export const close = (accounts: Accounts, place: number, stopped: AccountStop, why: Outcome): Accounts =>
  edit(accounts, place, (account) => (account.stopped === undefined ? { ...account, stopped, why } : account))

/** Whoever else would be told to use the model is better off elsewhere. */
export const lack = (accounts: Accounts, place: number, model: string | undefined): Accounts =>
  edit(accounts, place, (account) => ({ ...account, lacks: new Set([...account.lacks, model]) }))

const edit = (accounts: Accounts, place: number, change: (account: Account) => Account): Accounts =>
  accounts.map((account, other) => (other === place ? change(account) : account))
