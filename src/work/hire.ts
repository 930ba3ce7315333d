import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { execa } from 'execa'
import { accountEnvironment, missingKey } from '../agent/account-environment.ts'
import type { AgentAdapter } from '../agent/adapter.ts'
import { type AgentName, agents, isAgentName } from '../agent/agents.ts'
import { commandAgent } from '../agent/command.ts'
import type { AgentAccount } from '../config/config.ts'
import type { Environment } from '../inputs.ts'
import { err, ok, type Result } from '../result.ts'
import type { Account } from './crew.ts'
import { messageOf } from './message.ts'

/** Everything that says who works a run's specs. */
export interface Wanted {
  /** What the person named as `agent`; undefined = whatever follows from the rest. */
  readonly agent: AgentName | 'command' | undefined
  /** The input `command`. */
  readonly command: string
  /** chant's `parallel.agents`, or the input `agents`. */
  readonly accounts: readonly AgentAccount[]
  /** chant's `defaults.provider`, with its place in the file. */
  readonly provider: { readonly name: string; readonly place: string } | undefined
}

/** One account before anything is looked up: which adapter, and which program. */
export interface Position {
  readonly name: string
  readonly adapter: AgentAdapter
  readonly program?: string
  readonly maxConcurrent: number
  readonly weight: number
  readonly passEnv: readonly string[]
}

/**
 * Who works: the agent that was named; else the command that was given; else the accounts of the configuration; else its provider, which
 * is claude where nobody says otherwise. The error says what to name.
 */
export function positions(wanted: Wanted): Result<readonly Position[], string> {
  const { command, accounts, provider } = wanted
  const named = wanted.agent ?? (command.trim() !== '' ? 'command' : undefined)
  if (named === 'command') {
    if (command.trim() === '')
      return err(
        'Input `command` is empty: `agent: command` needs the command line of your agent, for example `command: my-agent --yes`. It gets the prompt on stdin.',
      )
    return ok([alone('main', commandAgent(command))])
  }
  if (accounts.length > 0) return all(accounts.map((account) => positionOf(account, named)))
  if (named !== undefined) return ok([alone(named, agents[named])])
  if (provider !== undefined && !isAgentName(provider.name))
    return err(
      `${provider.place} sets the provider ${JSON.stringify(provider.name)}, for which there is no agent here. Set the input \`agent\` to one of ${Object.keys(agents).join(', ')}, or to command.`,
    )
  const agent = provider && isAgentName(provider.name) ? provider.name : 'claude'
  return ok([alone(agent, agents[agent])])
}

const alone = (name: string, adapter: AgentAdapter): Position => ({
  name,
  adapter,
  maxConcurrent: Number.POSITIVE_INFINITY,
  weight: 1,
  passEnv: [],
})

/** The agent of an account: as it says, else by the name of its program (`claude-alt1`, `/opt/bin/codex`), else the run's. */
function positionOf(account: AgentAccount, run: AgentName | undefined): Result<Position, string> {
  const { name, command, maxConcurrent, weight } = account
  const file = command.trim()
  if (/\s/.test(file))
    return err(
      `The account ${name} has the command ${JSON.stringify(file)}: expected one program, by name or path. Arguments for all accounts go into \`agent-args\`.`,
    )
  const base = file.slice(file.lastIndexOf('/') + 1)
  const known = Object.keys(agents).find((agent) => base === agent || base.startsWith(`${agent}-`))
  const agent = account.agent ?? known ?? run
  if (agent === undefined || !isAgentName(agent))
    return err(
      `The account ${name} runs ${JSON.stringify(file)}, and nothing says which agent that is. Give the account \`agent: claude\` (or ${Object.keys(agents).slice(1).join(', ')}).`,
    )
  const adapter = agents[agent]
  return ok({
    name,
    adapter,
    ...(file === adapter.program ? {} : { program: file }),
    maxConcurrent,
    weight,
    passEnv: account.passEnv,
  })
}

function all<T>(results: readonly Result<T, string>[]): Result<readonly T[], string> {
  const failed = results.find((result) => !result.ok)
  if (failed && !failed.ok) return failed
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])))
}

export interface Hiring {
  /** What every command gets. */
  readonly base: Readonly<Record<string, string>>
  readonly env: Environment
  readonly passEnv: readonly string[]
  /** The models of the specs that are planned; undefined = the agent's own. */
  readonly models: readonly (string | undefined)[]
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
  for (const { name, adapter, program, passEnv } of wanted) {
    const made = accountEnvironment(adapter, hiring.models, hiring.base, hiring.env, {
      run: hiring.passEnv,
      account: passEnv,
    })
    if (!made.ok) return err(`Account ${name}: ${made.error}.`)
    if (hiring.token !== '' && Object.values(made.value.env).includes(hiring.token))
      return err(`Account ${name} would get the job's own token. Give it one of its own, or none.`)
    for (const variable of made.value.handed) handed.add(variable)
    const path = program?.includes('/') && !isAbsolute(program) ? resolve(hiring.project, program) : program
    accounts.push({ name, adapter, env: made.value.env, ...(path === undefined ? {} : { program: path }) })
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
  models: readonly (string | undefined)[],
  directory: string,
): Promise<Result<ReadonlyMap<string, string>, string>> {
  const versions = new Map<string, string>()
  const asked = new Map<string, string>()
  for (const { name, adapter, program, env } of accounts) {
    if (adapter.npmPackage === undefined) continue
    const file = program ?? adapter.program
    const path = findProgram(file, env['PATH'])
    if (path === undefined) return err(notFound(name, file, adapter, program !== undefined))
    const known = asked.get(path)
    const version = known === undefined ? await askVersion(path, adapter.versionArgs, env, directory) : ok(known)
    if (!version.ok)
      return err(
        `\`${file} ${adapter.versionArgs.join(' ')}\` failed: ${version.error}. Is ${adapter.title} installed completely?`,
      )
    asked.set(path, version.value)
    versions.set(name, version.value)
    const home = env['HOME'] ?? ''
    for (const model of models) {
      const key = missingKey(adapter, model, env, (file) => home !== '' && existsSync(join(home, file)))
      if (key !== undefined) return err(noKey(name, adapter, key, accounts.length > 1))
    }
  }
  return ok(versions)
}

function notFound(account: string, file: string, adapter: AgentAdapter, isNamed: boolean): string {
  const where = file.includes('/') ? 'is no program that can be run' : 'was not found on PATH'
  const advice = isNamed
    ? `The account ${account} names it as its \`command\`.`
    : `Add a step: \`run: npm install --global ${adapter.npmPackage}\`.`
  return `\`${file}\` ${where}. ${advice}`
}

function noKey(account: string, adapter: AgentAdapter, key: string, several: boolean): string {
  const who = several ? `${adapter.title} on account ${account}` : adapter.title
  const how = several
    ? `Set it in the step's \`env\` from a secret, or give the account one with \`pass_env: ["${key}=NAME_OF_ANOTHER"]\`.`
    : `Set it in the step's \`env\`: \`${key}: \${{ secrets.${key} }}\`.`
  return `${who} has no key: ${key} is not set. ${how}`
}

/** A program by path, or by name on PATH; undefined where there is none that can be run. */
export function findProgram(file: string, path: string | undefined): string | undefined {
  if (file.includes('/')) return canRun(file) ? file : undefined
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, file))
    .find(canRun)
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The first number with dots that the program prints; its first line where there is none. */
async function askVersion(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Result<string, string>> {
  try {
    const {
      all: said,
      exitCode,
      timedOut,
    } = await execa(file, args, {
      cwd,
      env,
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      reject: false,
      timeout: VERSION_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024,
    })
    if (timedOut) return err(`it did not answer within ${VERSION_MS / 1000} s`)
    const text = String(said ?? '')
    if (exitCode !== 0) return err(`exit code ${exitCode}: ${text.trim().split('\n').at(-1)?.slice(0, 200) ?? ''}`)
    return ok(/\d+\.\d+[\w.+-]*/.exec(text)?.[0] ?? text.trim().split('\n')[0]?.slice(0, 60) ?? '')
  } catch (error) {
    return err(messageOf(error))
  }
}
