import { join } from 'node:path'
import { commitPaths, headOf, isIgnored } from '../git/commit.ts'
import { worktreeAt } from '../git/run-repository.ts'
import { addWorktree, freeBranch, mergeInto, removeWorktree, type WorktreeError } from '../git/worktree.ts'
import { messageOf } from '../message.ts'
import type { Outcome } from '../outcome/outcome.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import { err, ok, type Result } from '../result.ts'
import { writeInside } from '../shell/files.ts'
import type { Spec, SpecId } from '../spec/spec.ts'
import type { Prepared, RunContext } from './context.ts'
import { runIdOf } from './run-id.ts'

/**
 * Gives a worker its worktree and branch: from the base, or from its dependencies' work where it has any. The workspace's
 * bytes of the spec file are the truth, from when they were read: they are put into the worktree, and committed where they differ and git tracks
 * such files. The error is the worker's outcome.
 */
export async function prepare(ctx: RunContext, planned: PlannedWorker, spec: Spec): Promise<Result<Prepared, Outcome>> {
  const prepared = await make(ctx, planned, spec)
  // No agent was ever in it: a worktree that did not get ready holds nothing of anybody.
  if (!prepared.ok)
    await removeWorktree(ctx.repository, worktreeAt(ctx.repository.gitDir, join(ctx.dir.worktrees, planned.specId), ''))
  return prepared
}

async function make(ctx: RunContext, planned: PlannedWorker, spec: Spec): Promise<Result<Prepared, Outcome>> {
  const { specId } = planned
  // As it was planned: what became of the file while the spec waited for its turn is treated as what becomes of it later.
  const specText = spec.head + spec.body
  const heads = dependencyHeads(ctx, planned)
  const base = heads[0]?.commit ?? ctx.run.base.sha
  const made = await ctx.repository.serially(async () => {
    const branch = await freeBranch(ctx.workspace, ctx.repository, planned.branch, runIdOf(ctx.run.key))
    if (!branch.ok) return branch
    return await addWorktree(ctx.repository, join(ctx.dir.worktrees, specId), branch.value, base)
  })
  if (!made.ok) return err(outcomeOf(made.error))
  const worktree = made.value
  const merged = await mergeInto(ctx.repository, worktree, heads.slice(1))
  if (!merged.ok) return err(outcomeOf(merged.error))

  const specPath = `${ctx.workspace.prefix}${spec.file}`
  try {
    writeInside(worktree.path, specPath, specText)
  } catch (error) {
    return err(
      outcomeOf({
        message: `The spec could not be put into its worktree: ${messageOf(error)}`,
      }),
    )
  }
  const ignored = await isIgnored(ctx.repository, worktree, specPath)
  if (!ignored.ok) return err(outcomeOf({ message: ignored.error }))
  if (!ignored.value) {
    const committed = await commitPaths(
      ctx.repository,
      worktree,
      [specPath],
      `chant(${specId}): add the spec as it is in the workspace`,
    )
    if (!committed.ok) return err(outcomeOf({ message: `The spec could not be committed: ${committed.error}` }))
  }
  const start = await headOf(ctx.repository, worktree)
  if (!start.ok) return err(outcomeOf({ message: start.error }))
  ctx.journal.append({
    type: 'worktree-created',
    specId,
    worktree: worktree.path,
    branch: worktree.branch,
    base,
    start: start.value,
    specIgnored: ignored.value,
  })
  const cwd = join(worktree.path, ctx.workspace.prefix)
  return ok({ specId, spec, specText, specPath, worktree, cwd, base, start: start.value, specIgnored: ignored.value })
}

/** Where the dependencies' work stands, in the plan's order. */
function dependencyHeads(ctx: RunContext, planned: PlannedWorker): readonly { branch: string; commit: string }[] {
  return planned.dependsOn.flatMap((id: SpecId) => {
    const worker = ctx.journal.board.workers.get(id)
    const commit = worker?.head ?? worker?.start
    return commit ? [{ branch: worker?.branch ?? id, commit }] : []
  })
}

const outcomeOf = (error: WorktreeError | { readonly message: string }): Outcome =>
  'type' in error && error.type === 'merge-conflict'
    ? error
    : { type: 'worktree-error', stage: 'preparing', message: error.message }
