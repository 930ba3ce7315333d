import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/** What an agent took away of its worktree. */
export type Restored =
  | 'nothing'
  /** What git keeps of the worktree (its HEAD, its index), or HEAD named nothing. Its files are all there. */
  | 'git-directory'
  /** The folder itself: what was not committed is gone. */
  | 'folder'

/**
 * Puts a worktree back that its agent removed (`git worktree remove`, `rm -rf`) or whose HEAD names no commit, so that what is left
 * of its work can be saved: HEAD is on its branch, and a folder that was gone has what is committed there.
 */
export async function restoreWorktree(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
): Promise<Result<Restored, string>> {
  const isThere = statSync(worktree.path, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!existsSync(repository.gitDir)) return err(`the run's own repository ${repository.gitDir} is gone`)
  try {
    for (const folder of [worktree.path, worktree.gitDir]) mkdirSync(folder, { recursive: true })
  } catch (error) {
    return err(`it cannot be made anew: ${messageOf(error)}`)
  }
  // 1: it names no commit; 128: what git keeps of it is gone. Everything else says nothing about it.
  const head = await repository.gitIn(worktree, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    answers: [1, 128],
  })
  if (!head.ok) return err(head.error.message)
  if (isThere && head.value.code === 0) return ok('nothing')
  if (!isThere) writeFileSync(join(worktree.path, '.git'), `gitdir: ${worktree.gitDir}\n`)
  if (head.value.code !== 0) {
    const ref = `refs/heads/${worktree.branch}`
    const tip = await repository.git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { answers: [1] })
    if (tip.ok && tip.value.code !== 0) {
      const made = await repository.git(['update-ref', ref, start])
      if (!made.ok) return err(made.error.message)
    }
    rmSync(join(worktree.gitDir, 'HEAD'), { recursive: true, force: true })
    writeFileSync(join(worktree.gitDir, 'HEAD'), `ref: ${ref}\n`)
  }
  const reset = isThere
    ? existsSync(join(worktree.gitDir, 'index'))
      ? undefined
      : await repository.gitIn(worktree, ['read-tree', 'HEAD'])
    : await repository.gitIn(worktree, ['reset', '--hard', '--quiet', 'HEAD'])
  return reset === undefined || reset.ok ? ok(isThere ? 'git-directory' : 'folder') : err(reset.error.message)
}
