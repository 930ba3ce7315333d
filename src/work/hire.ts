import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { accountEnvironment, missingKey } from '../agent/account-environment.ts'
import type { AgentAdapter } from '../agent/adapter.ts'
import { exitWords } from '../agent/judge.ts'
import type { Environment } from '../inputs.ts'
import { type Asking, askProgram } from '../process/ask-program.ts'
import { err, ok, type Result } from '../result.ts'
import type { Account } from './crew.ts'
import { findProgram, whyNotFound } from './find-program.ts'
import type { Position } from './positions.ts'

/** The models that an account is told to use for the specs that are planned; undefined = the agent's own. */
export type ModelsOf = (account: Pick<Position, 'name' | 'adapter' | 'model'>) => readonly (string | undefined)[]

export interface Hiring {
  /** What every command gets. */
  readonly base: Readonly<Record<string, string>>
  readonly env: Environment
  readonly passEnv: readonly string[]
  readonly modelsOf: ModelsOf
  /** The project's directory: a program may be named by a path in it. */
  readonly project: string
  /** The job's token, which no agent gets. */
  readonly token: string
}

export interface Hired {
  readonly accounts: readonly Account[]
  /** Names of the job's variables whose values agents get besides the usual ones; they are secrets. */
  readonly handed: readonly string[]
}

/** Looks up the environment of each account. Nothing is started. */
export function hire(wanted: readonly Position[], hiring: Hiring): Result<Hired, string> {
  const accounts: Account[] = []
  const handed = new Set<string>()
  for (const position of wanted) {
    const { name, adapter, program, model, passEnv } = position
    const made = accountEnvironment(adapter, hiring.modelsOf(position), hiring.base, hiring.env, {
      run: hiring.passEnv,
      account: passEnv,
    })
    if (!made.ok) return err(`Account ${name}: ${made.error}.`)
    if (hiring.token !== '' && Object.values(made.value.env).includes(hiring.token))
      return err(`Account ${name} would get the job's own token. Give it one of its own, or none.`)
    const { renamed } = made.value
    for (const variable of made.value.handed) handed.add(variable)
    const path = program?.includes('/') && !isAbsolute(program) ? resolve(hiring.project, program) : program
    const own = { ...(path === undefined ? {} : { program: path }), ...(model === undefined ? {} : { model }) }
    accounts.push({ name, adapter, env: made.value.env, renamed, ...own })
  }
  return ok({ accounts, handed: [...handed] })
}

/** For a program to say its version. Milliseconds. */
const VERSION_MS = 30_000

/**
 * Looks, before anything is made, whether each account could work at all: its program is there and runs, and a key is set. Answers
 * each account's version, by its name. The error is one sentence that says how to install it or which secret is missing.
 */
export async function checkAccounts(
  accounts: readonly Account[],
  modelsOf: ModelsOf,
  asking: Asking,
): Promise<Result<ReadonlyMap<string, string>, string>> {
  const versions = new Map<string, string>()
  const asked = new Map<string, string>()
  for (const account of accounts) {
    const { name, adapter, program, env } = account
    if (adapter.npmPackage === undefined) continue
    const file = program ?? adapter.program
    const path = findProgram(file, env['PATH'])
    if (path === undefined)
      return err(notFound(name, file, whyNotFound(file, env['PATH']), adapter, program !== undefined))
    const known = asked.get(path)
    const version = known === undefined ? await askVersion(path, adapter.versionArgs, env, asking) : ok(known)
    if (!version.ok)
      return err(
        `\`${file} ${adapter.versionArgs.join(' ')}\` failed: ${version.error}. Is ${adapter.title} installed completely?`,
      )
    asked.set(path, version.value)
    versions.set(name, version.value)
    const home = env['HOME'] ?? ''
    for (const model of modelsOf(account)) {
      const key = missingKey(adapter, model, env, (file) => home !== '' && existsSync(join(home, file)))
      if (key !== undefined) return err(noKey(name, adapter, key, accounts.length > 1))
    }
  }
  return ok(versions)
}

function notFound(account: string, file: string, where: string, adapter: AgentAdapter, isNamed: boolean): string {
  const advice = isNamed
    ? `The account ${account} names it as its \`command\`.`
    : `Add a step: \`run: npm install --global ${adapter.npmPackage}\`; or name another \`agent\`, or a \`command\` of your own.`
  return `\`${file}\` ${where}. ${advice}`
}

function noKey(account: string, adapter: AgentAdapter, key: string, several: boolean): string {
  const who = several ? `${adapter.title} on account ${account}` : adapter.title
  const how = several
    ? `Set it in the step's \`env\` from a secret, or give the account one with \`pass_env: ["${key}=NAME_OF_ANOTHER"]\`.`
    : `Set it in the step's \`env\`: \`${key}: \${{ secrets.${key} }}\`.`
  return `${who} has no key: ${key} is not set, or to nothing but blanks. ${how}`
}

/** The first number with dots that the program prints; its first line where there is none. */
async function askVersion(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  asking: Asking,
): Promise<Result<string, string>> {
  const asked = await askProgram(file, args, env, asking, VERSION_MS)
  if (!asked.ok) return asked
  const { exit, said } = asked.value
  if (exit === undefined) return err(`it did not answer within ${VERSION_MS / 1000} s`)
  if (exit.type !== 'code' || exit.code !== 0) {
    const last = said.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
    return err(`it ${exitWords(exit)}${last === '' ? ' and said nothing' : `: ${last}`}`)
  }
  return ok(/\d+\.\d+(?:[\w.+-]*\w)?/.exec(said)?.[0] ?? said.trim().split('\n')[0]?.slice(0, 60) ?? '')
}
