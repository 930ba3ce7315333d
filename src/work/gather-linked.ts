import { basename } from 'node:path'
import { commitAll, headOf } from '../git/commit.ts'
import { linkedWorktrees } from '../git/linked-worktrees.ts'
import type { Worktree } from '../git/run-repository.ts'
import { removeWorktree } from '../git/worktree.ts'
import type { SavingContext } from './context.ts'

/** Where the tips of worktrees stand that a worker's agent made inside its own, by the name of the worker's. */
export const linkedRefs = (worktree: Worktree): string => `refs/chant-action/linked/${basename(worktree.path)}`

/**
 * Takes in the worktrees that an agent made inside its own: what is uncommitted there is committed, their tips get refs, and they
 * go. As part of the worktree around them they would be no more than a pointer, and ignored they would go without a word.
 */
export async function gatherLinked(ctx: SavingContext, worktree: Worktree, message: string): Promise<void> {
  const { repository } = ctx
  for (const linked of linkedWorktrees(repository, workerNames(ctx))) {
    if (!linked.path.startsWith(`${worktree.path}/`)) continue
    const tip = await commitLinked(ctx, linked, `${message} (in ${linked.path.slice(worktree.path.length + 1)})`)
    if (tip === undefined) continue
    const kept = await repository.git(['update-ref', `${linkedRefs(worktree)}/${basename(linked.gitDir)}`, tip])
    if (kept.ok) await removeWorktree(repository, linked)
  }
}

/** Answers its tip, with everything in it committed; undefined where that cannot be done, and it is left as it is. */
export async function commitLinked(
  { repository }: SavingContext,
  linked: Worktree,
  message: string,
): Promise<string | undefined> {
  const committed = await commitAll(repository, linked, message)
  const head = committed.ok ? await headOf(repository, linked) : committed
  return head.ok ? head.value : undefined
}

/** Folders of our own worktrees. */
export const workerNames = ({ journal }: SavingContext): ReadonlySet<string> => new Set(journal.board.workers.keys())
