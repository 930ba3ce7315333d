import { err, ok, type Result } from '../result.ts'
import type { RunRepository } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

/**
 * Brings a finished branch into the workspace's repository as a plain branch, so that later steps find it. The fetch is
 * local: it holds no credentials, runs no hook, touches no checked-out file and no FETCH_HEAD, and creates only.
 */
export async function returnBranch(
  workspace: WorkspaceRepository,
  repository: RunRepository,
  branch: string,
  head: string,
): Promise<Result<void, string>> {
  const ref = `refs/heads/${branch}`
  const fetched = await workspace.git(
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--no-recurse-submodules',
      '--update-shallow',
      '--upload-pack=git-upload-pack',
      '--end-of-options',
      repository.gitDir,
      `${ref}:${ref}`,
    ],
    { gitDir: workspace.commonDir, env: { GIT_ALLOW_PROTOCOL: 'file' } },
  )
  if (!fetched.ok) return err(fetched.error.message)
  const there = await workspace.git(['rev-parse', '--verify', '--quiet', ref], { gitDir: workspace.commonDir })
  return there.ok && there.value.stdout.trim() === head
    ? ok(undefined)
    : err(`${branch} did not arrive as ${head.slice(0, 7)}`)
}

/** What a branch changes since `base`, as a patch that `git apply` takes, binary files included; one character a byte. */
export async function makePatch(
  repository: RunRepository,
  base: string,
  head: string,
): Promise<Result<string, string>> {
  const diff = await repository.git(
    [
      'diff',
      '--binary',
      '--full-index',
      '--no-ext-diff',
      '--no-textconv',
      '--no-color',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      base,
      head,
      '--',
    ],
    { latin1: true },
  )
  return diff.ok ? ok(diff.value.stdout) : err(diff.error.message)
}
