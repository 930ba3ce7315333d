import type { Outcome } from '../outcome/outcome.ts'
import type { Account, Accounts } from './accounts.ts'

/** So many accounts are named, each with so many characters of what its provider said. */
const NAMED = 5
const SAID = 200

/** The end of a worker that never started, because every account is closed: which ones, what their providers said, and whose key it was. */
export const untried = (accounts: Accounts): Outcome => ({
  ...refusedOrUsedUp(accounts.some(wasRefused), accounts.flatMap(secretOf)),
  message: `Not started: ${closedWords(accounts, 'every account', ({ options }) => options.name)}`,
})

/**
 * The end of a worker that was tried, and that no account is left for. A limit that no other account could take over is a quota. Where
 * others were closed before it could be tried on them, it is as if they had told it so themselves; but one whose own account had no quota
 * ends without quota.
 *
 * @param own how its last attempt ended
 */
export function lastWord(own: Outcome, others: Accounts): Outcome {
  if (others.length === 0) return own.type === 'rate-limited' ? { type: 'quota-exhausted', message: own.message } : own
  const message = `${own.message}; not tried again: ${closedWords(others, 'every other account for it', withKey)}`
  // The key of the one is no answer to what the other has no model for. A quota comes back.
  if (own.type === 'unknown-model' && others.every(wasRefused)) return { ...own, message }
  if (own.type === 'unknown-model' || own.type === 'quota-exhausted') return { type: 'quota-exhausted', message }
  const isRefused = own.type === 'auth-failed' || others.some(wasRefused)
  return { ...refusedOrUsedUp(isRefused, [...secretIn(own), ...others.flatMap(secretOf)]), message }
}

/** A key is named where it was the only one. */
function refusedOrUsedUp(isRefused: boolean, secrets: readonly string[]) {
  if (!isRefused) return { type: 'quota-exhausted' } as const
  const [secret, ...rest] = new Set(secrets)
  return { type: 'auth-failed', ...(secret === undefined || rest.length > 0 ? {} : { secret }) } as const
}

const wasRefused = ({ stopped }: Account): boolean => stopped === 'auth'

const secretIn = (why: Outcome | undefined): readonly string[] =>
  why?.type === 'auth-failed' && why.secret !== undefined ? [why.secret] : []

const secretOf = ({ why }: Account): readonly string[] => secretIn(why)

const withKey = (account: Account): string =>
  [account.options.name, ...secretOf(account).map((secret) => `(key from ${secret})`)].join(' ')

/** `the account a was refused: …`, `the quota of every account is used up: a: …; b: …`. */
function closedWords(closed: Accounts, all: string, nameOf: (one: Account) => string): string {
  const [only] = closed
  const isAlone = closed.length === 1 && only !== undefined
  const whose = isAlone ? `the account ${nameOf(only)}` : all
  const why = isAlone ? said(only) : list(closed)
  if (!closed.some(wasRefused)) return `the quota of ${whose} is used up${why}`
  return `${whose} was refused${closed.every(wasRefused) ? '' : ' or is used up'}${why}`
}

function said({ why }: Account): string {
  const message = why?.message.trim() ?? ''
  return message === '' ? '' : `: ${message.length > SAID ? `${message.slice(0, SAID)}…` : message}`
}

function list(accounts: Accounts): string {
  const words = accounts.slice(0, NAMED).map((account) => `${withKey(account)}${said(account)}`)
  const rest = accounts.length - words.length
  return `: ${[...words, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')}`
}
