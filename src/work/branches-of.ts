import { abandonedTips, strayTips } from '../git/abandoned.ts'
import type { SavingContext } from './context.ts'
import { linkedRefs } from './gather-linked.ts'
import type { Saving } from './save.ts'

/**
 * The worker's branch; and where the agent left HEAD on commits the branch does not contain, those under a name beside
 * it, so that neither is lost. The one that holds HEAD is last.
 */
export async function branchesOf(
  ctx: SavingContext,
  saving: Saving,
  head: string,
  empty: boolean,
): Promise<readonly { branch: string; commit: string }[]> {
  const { branch } = saving.worktree
  const tip = await ctx.repository.git(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`])
  const commit = tip.ok ? tip.value.stdout.trim() : undefined
  const own = commit === undefined || commit === head ? [] : [{ branch, commit }]
  const kept = [head, ...own.map((one) => one.commit)]
  // A commit that was amended is in the reflog too, and nobody misses it: that is asked only where HEAD went astray or nothing is left.
  const fromLog =
    saving.elsewhere || empty ? await abandonedTips(ctx.repository, saving.worktree, saving.start, kept) : []
  const others = new Set(
    [...ctx.journal.board.workers.values()].map((worker) => worker.branch ?? worker.planned.branch),
  )
  const lost = [
    ...fromLog,
    ...(await strayTips(ctx.repository, saving.worktree, { others, refs: linkedRefs(saving.worktree) }, [
      ...kept,
      ...fromLog,
    ])),
  ]
  const beside = lost.map((tip, index) => ({
    branch: `${branch}-abandoned${index === 0 ? '' : `.${index + 1}`}`,
    commit: tip,
  }))
  if (lost.length > 0)
    ctx.journal.append({
      type: 'warning',
      code: 'abandoned-work',
      specId: saving.specId,
      message: `The agent made commits that its branch does not contain; they are kept as ${beside.map((one) => one.branch).join(', ')}`,
    })
  const named = { branch: commit === head ? branch : `${branch}-stray`, commit: head }
  for (const one of [...beside, named]) await ctx.repository.git(['update-ref', `refs/heads/${one.branch}`, one.commit])
  return [...own, ...beside, named]
}
