import { keyInUse } from '../agent/account-environment.ts'
import type { AgentAdapter, AgentTask } from '../agent/adapter.ts'
import { AgentStream } from '../agent/stream.ts'
import type { Fleet } from '../schedule/fleet.ts'
import { type AskedModel, isMixed, modelInArgs, modelOn } from './asked-model.ts'

/** An account that agents of this run work on, with what is needed to start one of them. */
export interface Account {
  readonly name: string
  readonly adapter: AgentAdapter
  /** The program in place of the adapter's own: a path, or another name on PATH. */
  readonly program?: string
  /** The model of everything that it works, where it has one. */
  readonly model?: string
  /** Its keys and settings, besides what every command gets. */
  readonly env: Readonly<Record<string, string>>
  /** Variables of `env` that the job has under another name. */
  readonly renamed: ReadonlyMap<string, string>
}

/** One start of an agent: its command line, and the reader of what it says. */
export interface AgentRun {
  readonly account: string
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly model: AskedModel
  /** The variable of the job that holds the key it uses. */
  readonly secret?: string
  /** Aborts, with the reason, where the agent goes on trying what its provider will not give. */
  readonly vain: AbortController
  readonly stream: AgentStream
  /** Where the agent may write what its stream does not say, and what reads it. */
  readonly usageFile: { readonly path: string; readonly read: AgentAdapter['usageFile'] }
}

/** What all starts of this run have in common. */
export interface CrewLimits {
  readonly maxTurns: number | undefined
  readonly extraArgs: readonly string[]
}

export interface AttemptTask extends Pick<AgentTask, 'worktree' | 'usageFile'> {
  readonly model: AskedModel
}

/** The accounts of a run, and the rules by which the scheduler shares them. */
export interface Crew {
  readonly fleet: Fleet
  readonly accounts: ReadonlyMap<string, Account>
  /** A start on an account that the scheduler chose. */
  readonly start: (account: string, task: AttemptTask) => AgentRun
  /** What agents on an account get, without what a worker adds; `setup` and `verify` get the same. */
  readonly environmentOf: (account: string) => Readonly<Record<string, string>>
}

export function makeCrew(fleet: Fleet, accounts: readonly Account[], { maxTurns, extraArgs }: CrewLimits): Crew {
  const mixed = isMixed(accounts)
  const byName = new Map(accounts.map((account) => [account.name, account]))
  const accountOf = (name: string): Account => {
    const account = byName.get(name)
    if (!account) throw new Error(`no account ${name}`)
    return account
  }
  return {
    fleet,
    accounts: byName,
    environmentOf: (name) => accountOf(name).env,
    start: (name, task) => {
      const account = accountOf(name)
      const { adapter, program, env } = account
      const { usageFile, worktree } = task
      const own = modelOn(account, task.model, mixed)
      // What agents are told last wins.
      const model = (adapter.npmPackage === undefined ? undefined : modelInArgs(extraArgs)) ?? own
      const isRoot = process.getuid?.() === 0
      const line = adapter.commandLine({
        ...{ model: own.name, worktree, usageFile, maxTurns, extraArgs, isRoot },
        maxBudget: undefined,
      })
      const secret = keyInUse(adapter, model.name, account)
      return {
        account: name,
        file: program ?? line.file,
        args: line.args,
        env: { ...env, ...line.env },
        model,
        ...(secret === undefined ? {} : { secret }),
        vain: new AbortController(),
        stream: new AgentStream(adapter),
        usageFile: { path: usageFile, read: adapter.usageFile },
      }
    },
  }
}
