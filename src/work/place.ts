import { realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../inputs.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import { processTable } from '../process/table.ts'
import { err, ok, type Result } from '../result.ts'

/** Where we are: the machine's processes and the folders we were pointed at. Enough to list and to clean. */
export interface Place {
  /** Absolute, links resolved. */
  readonly workspace: string
  /** The workspace plus `working-directory`. */
  readonly project: string
  readonly table: ProcessTable
}

/** The error is one sentence that says what to do. */
export function locate(workingDirectory: string, env: Environment): Result<Place, string> {
  const table = processTable(process.platform)
  if (!table)
    return err(
      `chant-action runs on Linux and macOS; this runner is ${process.platform}. Use \`runs-on: ubuntu-latest\`.`,
    )
  const given = env['GITHUB_WORKSPACE'] || process.cwd()
  const workspace = realDirectory(given)
  if (!workspace)
    return err(`The workspace ${given} is not a folder. Add a step before this one: uses: actions/checkout@v5`)
  const project = realDirectory(join(workspace, workingDirectory))
  if (!project || !(project === workspace || project.startsWith(`${workspace}/`)))
    return err(
      `Input \`working-directory\` is ${JSON.stringify(workingDirectory)}: there is no such folder in the workspace.`,
    )
  return ok({ workspace, project, table })
}

function realDirectory(path: string): string | undefined {
  try {
    const real = realpathSync(path)
    return statSync(real).isDirectory() ? real : undefined
  } catch {
    return undefined
  }
}
