import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import type { RunRepository, Worktree } from './run-repository.ts'
import { worktreeAt } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

export type WorktreeError =
  | { readonly type: 'worktree-error'; readonly message: string }
  | { readonly type: 'merge-conflict'; readonly message: string; readonly files: readonly string[] }

/** Runs one task after another: parallel `git worktree add` can race on git's own locks. */
export function serially(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task, task)
    last = next.catch(() => undefined)
    return next
  }
}

/** Makes a worktree of the run's repository at `path`, on a new branch from `from`. */
export async function addWorktree(
  repository: RunRepository,
  path: string,
  branch: string,
  from: string,
): Promise<Result<Worktree, WorktreeError>> {
  mkdirSync(join(path, '..'), { recursive: true })
  const added = await repository.git([
    'worktree',
    'add',
    '--quiet',
    '--no-track',
    '-b',
    branch,
    '--end-of-options',
    path,
    from,
  ])
  if (!added.ok)
    return err({ type: 'worktree-error', message: `No worktree could be made on ${branch}: ${added.error.message}` })
  return ok(worktreeAt(repository.gitDir, path, branch))
}

/** Brings the work of further dependencies into a new worktree, one merge commit each. */
export async function mergeInto(
  repository: RunRepository,
  worktree: Worktree,
  heads: readonly { readonly branch: string; readonly commit: string }[],
): Promise<Result<void, WorktreeError>> {
  for (const { branch, commit } of heads) {
    const message = `Merge ${branch} into ${worktree.branch}`
    const merged = await repository.gitIn(worktree, [
      'merge',
      '--quiet',
      '--no-edit',
      '--no-verify',
      '-m',
      message,
      commit,
    ])
    if (merged.ok) continue
    const listed = await repository.gitIn(worktree, ['diff', '--name-only', '--diff-filter=U', '-z', '--no-ext-diff'])
    const files = listed.ok ? listed.value.stdout.split('\0').filter((name) => name !== '') : []
    await repository.gitIn(worktree, ['merge', '--abort'])
    return files.length > 0
      ? err({
          type: 'merge-conflict',
          files,
          message: `The work of its dependencies conflicts in ${files.join(', ')} (merging ${branch})`,
        })
      : err({ type: 'worktree-error', message: `${branch} could not be merged: ${merged.error.message}` })
  }
  return ok(undefined)
}

/** Removes a worktree whose work is saved. The folder goes even where git no longer knows it. */
export async function removeWorktree(repository: RunRepository, worktree: Worktree): Promise<void> {
  await repository.git(['worktree', 'remove', '--force', '--force', '--end-of-options', worktree.path])
  if (existsSync(worktree.path)) rmSync(worktree.path, { recursive: true, force: true, maxRetries: 3 })
}

/**
 * A branch name that is free in both repositories: `wanted`, else `<wanted>-r<run id>`, else with a number. An existing
 * branch is never overwritten.
 */
export async function freeBranch(
  workspace: WorkspaceRepository,
  repository: RunRepository,
  wanted: string,
  runId: string,
): Promise<Result<string, WorktreeError>> {
  const candidates = [
    wanted,
    `${wanted}-r${runId}`,
    ...Array.from({ length: 98 }, (_, index) => `${wanted}-r${runId}.${index + 2}`),
  ]
  for (const name of candidates) {
    const refs = ['show-ref', '--verify', '--quiet', `refs/heads/${name}`]
    const [theirs, ours] = await Promise.all([
      workspace.git(refs, { gitDir: workspace.commonDir, answers: [1] }),
      repository.git(refs, { answers: [1] }),
    ])
    if (theirs.ok && ours.ok && theirs.value.code === 1 && ours.value.code === 1) return ok(name)
  }
  return err({ type: 'worktree-error', message: `No free branch name was found for ${wanted}` })
}
