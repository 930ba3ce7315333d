import type { Outcome } from '../outcome/outcome.ts'
import type { Account, Accounts } from './accounts.ts'

/** So many accounts are named, each with so many characters of what its provider said. */
const NAMED = 5
const SAID = 200

/** The end of a worker that never started, because every account is closed: which ones, what their providers said, and whose key it was. */
export function untried(accounts: Accounts): Outcome {
  const refused = accounts.filter(({ stopped }) => stopped === 'auth')
  const [only] = accounts
  const isAlone = accounts.length === 1 && only !== undefined
  const type = refused.length > 0 ? 'auth-failed' : 'quota-exhausted'
  if (type === 'quota-exhausted') {
    const whose = isAlone ? `the account ${only.options.name}` : 'every account'
    return { type, message: `Not started: the quota of ${whose} is used up${isAlone ? said(only) : list(accounts)}` }
  }
  const secrets = [...new Set(refused.flatMap(({ why }) => secretOf(why) ?? []))]
  const [secret] = secrets
  const known = secrets.length === 1 && secret !== undefined ? { secret } : {}
  if (isAlone)
    return { type, ...known, message: `Not started: the account ${only.options.name} was refused${said(only)}` }
  const both =
    refused.length < accounts.length ? 'every account was refused or is used up' : 'every account was refused'
  return { type, ...known, message: `Not started: ${both}${list(accounts)}` }
}

const secretOf = (why: Outcome | undefined): string | undefined =>
  why?.type === 'auth-failed' ? why.secret : undefined

function said({ why }: Account): string {
  const message = why?.message.trim() ?? ''
  return message === '' ? '' : `: ${message.length > SAID ? `${message.slice(0, SAID)}…` : message}`
}

function list(accounts: Accounts): string {
  const words = accounts.slice(0, NAMED).map((account) => {
    const secret = secretOf(account.why)
    return `${account.options.name}${secret === undefined ? '' : ` (key from ${secret})`}${said(account)}`
  })
  const rest = accounts.length - words.length
  return `: ${[...words, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')}`
}
