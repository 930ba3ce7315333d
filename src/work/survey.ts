import { availableParallelism, freemem } from 'node:os'
import { basename } from 'node:path'
import { type AgentEnvironment, agentEnvironment, matchesAny } from '../agent/environment.ts'
import type { AgentAccount } from '../config/config.ts'
import { environmentModel, type SettingSources, type Sourced } from '../config/settings.ts'
import { openWorkspace, type WorkspaceRepository } from '../git/workspace-repository.ts'
import type { Environment, Inputs } from '../inputs.ts'
import { err, ok, type Result } from '../result.ts'
import { readTextIfAny } from '../shell/files.ts'
import { type GithubContext, readGithubContext } from '../shell/github-context.ts'
import { PromptFiles } from '../shell/prompt-files.ts'
import { type Cleaner, collectSecrets, makeCleaner } from '../shell/secrets.ts'
import { readSpecFolder } from '../shell/spec-folder.ts'
import type { SpecFolder } from '../spec/spec.ts'
import { findProgram } from './find-program.ts'
import { type LoadedConfig, loadConfig, type Refusal } from './load-config.ts'
import type { Place } from './place.ts'

/** What is there before anything of ours is: nothing has been written and nothing started. */
export interface Survey extends Place {
  readonly github: GithubContext
  readonly repository: WorkspaceRepository
  readonly folder: SpecFolder
  readonly config: LoadedConfig
  /** Everything that decides what a spec is worked with. */
  readonly sources: SettingSources
  readonly agents: AgentEnvironment
  readonly cleaner: Cleaner
  readonly secrets: readonly string[]
}

/** Looks at specs, repository and environment. An error that is a text is one sentence that says what to do. */
export async function survey(
  inputs: Inputs,
  place: Place,
  env: Environment,
): Promise<Result<Survey, string | Refusal>> {
  const agents = agentEnvironment(env, inputs.passEnv)
  if (!agents.ok) return agents
  if (inputs.token !== '' && Object.values(agents.value.env).includes(inputs.token))
    return err(
      "Input `pass-env` would hand the job's own token to the agents. Give them a token of their own, or none.",
    )
  const scripts = [inputs.command, inputs.setup, inputs.verify].some((script) => script.trim() !== '')
  if (scripts && findProgram('bash', env['PATH']) === undefined)
    return err(
      '`bash` was not found on PATH: `command`, `setup` and `verify` are run by it. Install bash in this job or container.',
    )
  // First: whoever forgot the checkout has no specs either.
  const repository = await openWorkspace(place.project, env)
  if (!repository.ok) return repository
  const folder = readSpecFolder(place.project)
  if (!folder.ok) return folder
  const config = loadConfig({ directory: place.project, root: repository.value.top }, inputs.agents, env['HOME'])
  const accounts = config.ok ? config.value.merged.config.parallel.agents : []
  const secrets = collectSecrets(env, inputs.token, [...agents.value.passed, ...handedOn(accounts, env)])
  const cleaner = makeCleaner(secrets)
  if (!config.ok) return err({ ...config.error, message: cleaner.clean(config.error.message) })
  const environment = environmentModel(env)
  if (!environment.ok) return err(cleaner.clean(environment.error))
  return ok({
    ...place,
    github: readGithubContext(env),
    repository: repository.value,
    folder: folder.value,
    config: config.value,
    sources: settingSources(inputs, place, config.value, environment.value),
    agents: agents.value,
    secrets,
    cleaner,
  })
}

/** Names of the job's variables that accounts have for themselves. */
function handedOn(accounts: readonly AgentAccount[], env: Environment): readonly string[] {
  const patterns = accounts.flatMap(({ passEnv }) => passEnv.map((item) => item.split('=', 2).at(-1) ?? item))
  return Object.keys(env).filter((name) => matchesAny(patterns, name))
}

function settingSources(
  inputs: Inputs,
  place: Place,
  { merged }: LoadedConfig,
  model: Sourced<string> | undefined,
): SettingSources {
  return {
    inputs: {
      model: inputs.model,
      prompt: inputs.prompt,
      branchPrefix: inputs.branchPrefix,
      maxAttempts: inputs.maxAttempts,
    },
    environmentModel: model,
    merged,
    folderName: basename(place.project),
    ownPrompt: new PromptFiles(place.project).own,
  }
}

const GIB = 1024 ** 3

/** Descriptors that one worker may need at a time, git's pipes included, and those of everything else. */
const FILES_PER_WORKER = 12
const FILES_BESIDES = 80

/** How many workers this process has descriptors for: `ulimit -n`, which Node raises to the hard limit at its start. */
export function parallelismByFiles(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readTextIfAny('/proc/self/limits') ?? '')?.[1]
  return limit ? Math.max(1, Math.floor((Number(limit) - FILES_BESIDES) / FILES_PER_WORKER)) : Number.POSITIVE_INFINITY
}

/** `auto`: as many as there are processors, but no more than there are whole GiB of free memory beyond the first. */
export function parallelism(wanted: number | 'auto'): number {
  if (wanted !== 'auto') return wanted
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readTextIfAny('/proc/meminfo') ?? '')?.[1]
  const free = available ? Number(available) * 1024 : freemem()
  return Math.max(1, Math.min(availableParallelism(), Math.floor((free - GIB) / GIB)))
}
