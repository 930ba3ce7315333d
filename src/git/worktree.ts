import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import { removeLargeTree, removeTree } from '../shell/files.ts'
import type { RunRepository, Worktree } from './run-repository.ts'
import { worktreeAt } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

export type WorktreeError =
  | { readonly type: 'worktree-error'; readonly message: string }
  | { readonly type: 'merge-conflict'; readonly message: string; readonly files: readonly string[] }

/** Makes a worktree of the run's repository at `path`, on a new branch from `from`. */
export async function addWorktree(
  repository: RunRepository,
  path: string,
  branch: string,
  from: string,
): Promise<Result<Worktree, WorktreeError>> {
  mkdirSync(join(path, '..'), { recursive: true })
  // In two steps, since `worktree add -b` that cannot fork leaves the branch, and fails on it when it is tried again.
  const made = await repository.git(['branch', '--no-track', '--end-of-options', branch, from])
  const added = made.ok ? await repository.git(['worktree', 'add', '--quiet', '--end-of-options', path, branch]) : made
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

/** Where worktrees go before their files are removed: whatever is in there is saved. */
export const removingFolder = (gitDir: string): string => join(dirname(gitDir), 'removing')

/**
 * Removes a worktree whose work is saved. It loses its name at once: were it killed half-way, what is left of the files would look
 * like work that deletes the others. Answers where files are that could not be removed, because they belong to another user.
 */
export async function removeWorktree(repository: RunRepository, worktree: Worktree): Promise<string | undefined> {
  const moved = join(removingFolder(repository.gitDir), `${basename(worktree.path)}.${randomUUID()}`)
  const path = rename(worktree.path, moved) ? moved : worktree.path
  // What git keeps of it. `git worktree remove` wants the folder, and is told nothing of read-only ones.
  // While another one is made nothing of it may vanish: that git reads what there is of every worktree.
  await repository.serially(async () => removeTree(worktree.gitDir))
  return (await removeLargeTree(path)) ? undefined : path
}

function rename(from: string, to: string): boolean {
  try {
    mkdirSync(dirname(to), { recursive: true })
    renameSync(from, to)
    return true
  } catch {
    // It is not there, or not ours to move.
    return false
  }
}

/**
 * A branch name that is free in both repositories: `wanted`, else `<wanted>-r<run id>`, else with a number. An existing
 * branch is never overwritten, and since git keeps branches as paths, no name is taken that another lies below.
 */
export async function freeBranch(
  workspace: WorkspaceRepository,
  repository: RunRepository,
  wanted: string,
  runId: string,
): Promise<Result<string, WorktreeError>> {
  const listing = ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/']
  const lists = await Promise.all([workspace.git(listing, { gitDir: workspace.commonDir }), repository.git(listing)])
  const taken = new Set<string>()
  for (const list of lists) {
    if (!list.ok) return err({ type: 'worktree-error', message: list.error.message })
    for (const name of list.value.stdout.split('\n')) taken.add(name)
  }
  const above = parentsOf(wanted).find((name) => taken.has(name))
  if (above !== undefined) {
    const message = `The branch ${above} exists, so there can be no branch ${wanted} below it: choose another \`branch-prefix\``
    return err({ type: 'worktree-error', message })
  }
  const below = new Set([...taken].flatMap(parentsOf))
  const numbered = Array.from({ length: taken.size + 2 }, (_, index) => `${wanted}-r${runId}.${index + 2}`)
  const free = [wanted, `${wanted}-r${runId}`, ...numbered].find((name) => !taken.has(name) && !below.has(name))
  return free === undefined
    ? err({ type: 'worktree-error', message: `No free branch name was found for ${wanted}` })
    : ok(free)
}

/** `a/b/c` → `a`, `a/b`. */
const parentsOf = (name: string): readonly string[] =>
  name
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))
