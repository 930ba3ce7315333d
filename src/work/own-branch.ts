import { headOf } from '../git/commit.ts'
import type { Git } from '../git/git.ts'
import { freeBranch } from '../git/worktree.ts'
import { err, ok, type Result } from '../result.ts'
import type { SavingContext } from './context.ts'
import { runIdOf } from './run-id.ts'
import type { Saving } from './save.ts'

/**
 * Somebody may have taken the name of a worker's branch in the workspace's repository since its start. Theirs stays, and the work
 * gets a name that is free, before the spec says which it is on.
 */
export async function withFreeBranch(ctx: SavingContext, saving: Saving): Promise<Saving> {
  const { repository, workspace, journal } = ctx
  const { branch } = saving.worktree
  const theirs = await tipOf(workspace.git, workspace.commonDir, branch)
  const ours = [await headOf(repository, saving.worktree), await tipOf(repository.git, repository.gitDir, branch)]
  // One that an earlier try returned is no other.
  if (!theirs.ok || ours.some((tip) => tip.ok && tip.value === theirs.value)) return saving
  const free = await freeBranch(workspace, repository, branch, runIdOf(ctx.run.key))
  const renamed = free.ok ? await repository.git(['branch', '--move', '--end-of-options', branch, free.value]) : free
  if (!free.ok || !renamed.ok) return saving
  journal.append({
    type: 'warning',
    code: 'branch-taken',
    specId: saving.specId,
    message: `Somebody made a branch ${branch} while this spec was worked; it is left as it is, and the work is on ${free.value}`,
  })
  return { ...saving, worktree: { ...saving.worktree, branch: free.value } }
}

async function tipOf(git: Git, gitDir: string, branch: string): Promise<Result<string, undefined>> {
  const tip = await git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`], { gitDir })
  return tip.ok ? ok(tip.value.stdout.trim()) : err(undefined)
}
