import { err, ok, type Result } from '../result.ts'
import type { AgentAdapter } from './adapter.ts'
import { agents } from './agents.ts'
import { matchesAny, NEVER } from './environment.ts'

type Variables = Readonly<Record<string, string | undefined>>

export interface AccountEnvironment {
  /** Everything that the agent's process gets, without what a worker adds. */
  readonly env: Readonly<Record<string, string>>
  /** Names in the job's environment whose values were handed on besides the usual ones; they count as secrets. */
  readonly handed: readonly string[]
  /** Variables that the job has under another name: that name by theirs. */
  readonly renamed: ReadonlyMap<string, string>
}

/**
 * The environment of an agent on one account: what every command gets, the agent's own keys and settings, and what the account's
 * `pass_env` names, as `NAME`, a glob of `*`, or `NAME=OTHER` for a variable that the job has under another name. Keys of other
 * agents stay behind, unless `pass_env` or `pass-env` names them exactly.
 */
export function accountEnvironment(
  adapter: AgentAdapter,
  models: readonly (string | undefined)[],
  base: Readonly<Record<string, string>>,
  variables: Variables,
  passEnv: { readonly run: readonly string[]; readonly account: readonly string[] },
): Result<AccountEnvironment, string> {
  const needs = models.map((model) => adapter.needs(model))
  const keys = needs.flatMap((need) => need.keys)
  const own = [...keys, ...needs.flatMap((need) => [...need.instead, ...need.settings])]
  const renamed = new Map<string, string>()
  const patterns: string[] = []
  for (const item of passEnv.account) {
    const [name = '', source] = item.split('=', 2)
    if (matchesAny(NEVER, name) || (source !== undefined && matchesAny(NEVER, source)))
      return err(`\`pass_env\` names ${item}, which steers or authorises this job and is never handed to an agent`)
    if (source === undefined) patterns.push(name)
    else renamed.set(name, source)
  }
  // A key that the account names as its own is the only one: another account's, left in the job, could win.
  const hasOwnKey = [...renamed.keys(), ...patterns].some((name) => keys.includes(name))
  const exact = new Set([...passEnv.run, ...patterns, ...renamed.keys()])
  const isForeign = (name: string) => FOREIGN_KEYS.get(adapter.name)?.has(name) === true && !keys.includes(name)
  const isOtherKey = (name: string) => keys.includes(name) && hasOwnKey
  const env: Record<string, string> = {}
  const handed: string[] = []
  for (const [name, value] of Object.entries(base)) {
    if (!exact.has(name) && (isForeign(name) || isOtherKey(name))) continue
    env[name] = value
  }
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined || value === '' || matchesAny(NEVER, name) || Object.hasOwn(env, name)) continue
    const isOwn = matchesAny(own, name) && !isOtherKey(name)
    if (!isOwn && !matchesAny(patterns, name)) continue
    if (isForeign(name) && !exact.has(name)) continue
    env[name] = value
    handed.push(name)
  }
  for (const [name, source] of renamed) {
    const value = variables[source]
    if (!value) return err(`\`pass_env\` has ${name}=${source}, but ${source} is not set`)
    env[name] = value
    handed.push(source)
  }
  return ok({ env, handed, renamed })
}

/** By agent: the keys of all others. */
const FOREIGN_KEYS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.values(agents).map((agent) => [
    agent.name,
    new Set(
      Object.values(agents)
        .filter((other) => other.name !== agent.name)
        .flatMap((other) => other.needs(undefined).keys),
    ),
  ]),
)

/** The key that an agent uses for a model, by the name that the job has for it; undefined where it has another way in. */
export function keyInUse(
  adapter: AgentAdapter,
  model: string | undefined,
  { env, renamed }: Pick<AccountEnvironment, 'env' | 'renamed'>,
): string | undefined {
  const key = adapter.needs(model).keys.find((name) => (env[name] ?? '') !== '')
  return key === undefined ? undefined : (renamed.get(key) ?? key)
}

/** The name of the secret to advise where none of an agent's keys is there; undefined where one is, or none can be told. */
export function missingKey(
  adapter: AgentAdapter,
  model: string | undefined,
  env: Readonly<Record<string, string>>,
  hasLogin: (file: string) => boolean,
): string | undefined {
  const { keys, instead, logins } = adapter.needs(model)
  // A secret of blanks is one that was pasted wrong.
  const isSet = (name: string) => (env[name] ?? '').trim() !== ''
  if (keys.some(isSet) || instead.some(isSet) || logins.some(hasLogin)) return undefined
  return keys[0]
}
