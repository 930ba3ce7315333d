import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { delimiter, join } from 'node:path'
import { type AgentEnvironment, agentEnvironment } from '../agent/environment.ts'
import { openWorkspace, type WorkspaceRepository } from '../git/workspace-repository.ts'
import type { Environment, Inputs } from '../inputs.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import { processTable } from '../process/table.ts'
import { err, ok, type Result } from '../result.ts'
import { readTextIfAny } from '../shell/files.ts'
import { type GithubContext, readGithubContext } from '../shell/github-context.ts'
import { type Cleaner, collectSecrets, makeCleaner } from '../shell/secrets.ts'
import { readSpecFolder } from '../shell/spec-folder.ts'
import type { SpecFolder } from '../spec/spec.ts'

/** What is there before anything of ours is: nothing has been written and nothing started. */
export interface Survey {
  readonly workspace: string
  /** The workspace plus `working-directory`. */
  readonly project: string
  readonly github: GithubContext
  readonly table: ProcessTable
  readonly repository: WorkspaceRepository
  readonly folder: SpecFolder
  readonly agents: AgentEnvironment
  readonly cleaner: Cleaner
}

/** Looks at machine, workspace, repository, specs and environment. The error is one sentence that says what to do. */
export async function survey(inputs: Inputs, env: Environment): Promise<Result<Survey, string>> {
  const table = processTable(process.platform)
  if (!table)
    return err(
      `chant-action runs on Linux and macOS; this runner is ${process.platform}. Use \`runs-on: ubuntu-latest\`.`,
    )
  const workspace = realDirectory(env['GITHUB_WORKSPACE'] || process.cwd())
  if (!workspace)
    return err(
      `The workspace ${env['GITHUB_WORKSPACE']} is not a folder. Add a step before this one: uses: actions/checkout@v4`,
    )
  const project = realDirectory(join(workspace, inputs.workingDirectory))
  if (!project || !(project === workspace || project.startsWith(`${workspace}/`)))
    return err(
      `Input \`working-directory\` is ${JSON.stringify(inputs.workingDirectory)}: there is no such folder in the workspace.`,
    )
  const agents = agentEnvironment(env, inputs.passEnv)
  if (!agents.ok) return agents
  if (inputs.token !== '' && Object.values(agents.value.env).includes(inputs.token))
    return err(
      "Input `pass-env` would hand the job's own token to the agents. Give them a token of their own, or none.",
    )
  if (!onPath('bash', env['PATH']))
    return err(
      '`bash` was not found on PATH: `agent: command` runs its command by it. Install bash in this job or container.',
    )
  const folder = readSpecFolder(project)
  if (!folder.ok) return folder
  const repository = await openWorkspace(project, env)
  if (!repository.ok) return repository
  return ok({
    workspace,
    project,
    github: readGithubContext(env),
    table,
    repository: repository.value,
    folder: folder.value,
    agents: agents.value,
    cleaner: makeCleaner(collectSecrets(env, inputs.token, agents.value.passed)),
  })
}

function realDirectory(path: string): string | undefined {
  try {
    const real = realpathSync(path)
    return statSync(real).isDirectory() ? real : undefined
  } catch {
    return undefined
  }
}

function onPath(program: string, path: string | undefined): boolean {
  return (path ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}

const GIB = 1024 ** 3

/** `auto`: as many as there are processors, but no more than there are whole GiB of free memory beyond the first. */
export function parallelism(wanted: number | 'auto'): number {
  if (wanted !== 'auto') return wanted
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readTextIfAny('/proc/meminfo') ?? '')?.[1]
  const free = available ? Number(available) * 1024 : freemem()
  return Math.max(1, Math.min(availableParallelism(), Math.floor((free - GIB) / GIB)))
}
