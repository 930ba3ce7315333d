import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../inputs.ts'
import { formsOf, SHORTEST } from './secret-forms.ts'
import type { StateDir } from './state-dir.ts'

const SECRET_NAME = /TOKEN|KEY|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|CUSTOM_HEADERS/i
/** Names that look secret and hold paths or flags. */
const HARMLESS = /^(CHANT_WORKER_TOKEN|GIT_CONFIG_KEY_\d+|SSH_AUTH_SOCK)$/

export interface Cleaner {
  /** The text with every known secret replaced by `***`. */
  readonly clean: (text: string) => string
  readonly contains: (text: string) => boolean
  /** Length of the longest form looked for: what a reader of pieces must hold back. */
  readonly longest: number
}

/**
 * The values that must never be written down: the token, environment values whose names say so, and those handed on by
 * `pass-env`; of several lines, line by line.
 */
export function collectSecrets(env: Environment, token: string, passed: readonly string[]): readonly string[] {
  const values = new Set<string>()
  const add = (value: string | undefined) => {
    if (value === undefined) return
    for (const part of [value, ...value.split(/\r?\n/)]) if (part.trim().length >= SHORTEST) values.add(part.trim())
  }
  add(token)
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue
    if (SECRET_NAME.test(name) && !HARMLESS.test(name)) for (const part of [value, ...headerValues(value)]) add(part)
    for (const part of [...passwordsIn(value), ...keysIn(name, value)]) add(part)
  }
  for (const name of passed) for (const part of [env[name], ...headerValues(env[name] ?? '')]) add(part)
  return [...values]
}

/** Of headers, one a line: what comes after the name, and after the scheme (`Authorization: Bearer …`): programs print either alone. */
const headerValues = (value: string): readonly string[] =>
  value.split(/\r?\n/).flatMap((line) => {
    const [, name = '', said = ''] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
    // `X-Team: platform` is no secret, and its word stands everywhere.
    const isTelling = SECRET_NAME.test(name) || /auth|cookie|signature/i.test(name) || said.length >= 20
    return isTelling ? [said, ...said.split(' ').slice(1)] : []
  })

/** Of an address with a login in it, such as a proxy's or a gateway's, as it stands there and as it is meant. */
const passwordsIn = (value: string): readonly string[] =>
  [...value.matchAll(/\/\/[^/\s:@]*:([^/\s@]+)@/g)].flatMap(([, password = '']) => [password, decoded(password)])

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Of a whole configuration in a variable (`OPENCODE_CONFIG_CONTENT`): the values whose names say that they are secret. */
function keysIn(name: string, value: string): readonly string[] {
  if (!/CONFIG/.test(name) || !value.trimStart().startsWith('{')) return []
  const found: string[] = []
  try {
    JSON.parse(value, (key, inside: unknown) => {
      if (typeof inside === 'string' && (SECRET_NAME.test(key) || key === 'Authorization')) found.push(inside)
      return inside
    })
  } catch {
    return []
  }
  return found.flatMap((secret) => [secret, ...secret.split(' ').slice(1)])
}

/** For what is said before the inputs are understood. */
export const cleanerOf = (env: Environment): Cleaner => makeCleaner(collectSecrets(env, '', []))

export function makeCleaner(secrets: readonly string[]): Cleaner {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length)
  if (forms.length === 0) return { clean: (text) => text, contains: () => false, longest: 0 }
  const pattern = new RegExp(forms.map(literal).join('|'), 'g')
  return {
    clean: (text) => text.replace(pattern, '***'),
    contains: (text) => {
      pattern.lastIndex = 0
      return pattern.test(text)
    },
    longest: forms[0]?.length ?? 0,
  }
}

/** A text as a pattern that matches just it. */
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Looks for what either of them knows. */
export const bothCleaners = (a: Cleaner, b: Cleaner): Cleaner => ({
  clean: (text) => a.clean(b.clean(text)),
  contains: (text) => a.contains(text) || b.contains(text),
  longest: Math.max(a.longest, b.longest),
})

const kept = (dir: StateDir): string => join(dir.raw, 'secrets.json')

/**
 * Keeps a run's secrets beside its raw output, which holds them anyway, for nobody else to read and removed with it: whoever
 * recovers the run later has another environment and would not know what to clean.
 */
export const keepSecrets = (dir: StateDir, secrets: readonly string[]): void =>
  writeFileSync(kept(dir), JSON.stringify(secrets), { mode: 0o600, flag: 'wx' })

/** Undefined where they are not kept any more. */
export function keptCleaner(dir: StateDir): Cleaner | undefined {
  try {
    const secrets: unknown = JSON.parse(readFileSync(kept(dir), 'utf8'))
    return Array.isArray(secrets) ? makeCleaner(secrets.filter((secret) => typeof secret === 'string')) : undefined
  } catch {
    return undefined
  }
}

/**
 * The same value with every string in it cleaned, all but the `type` of our own unions. Cleaning its JSON could cut an escape in half, or
 * take digits out of a number.
 */
export function cleaned<T>(value: T, clean: (text: string) => string): T
export function cleaned(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => cleaned(item, clean))
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, cleaned(item, clean)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'type' ? item : cleaned(item, clean)]),
  )
}
