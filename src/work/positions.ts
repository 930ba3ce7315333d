import type { AgentAdapter } from '../agent/adapter.ts'
import { type AgentName, agents, isAgentName } from '../agent/agents.ts'
import { commandAgent } from '../agent/command.ts'
import type { AgentAccount } from '../config/config.ts'
import { err, ok, type Result } from '../result.ts'

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
  /** Of everything that it works. */
  readonly model?: string
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
    ...(account.model === undefined ? {} : { model: account.model }),
    passEnv: account.passEnv,
  })
}

function all<T>(results: readonly Result<T, string>[]): Result<readonly T[], string> {
  const failed = results.find((result) => !result.ok)
  if (failed && !failed.ok) return failed
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])))
}
