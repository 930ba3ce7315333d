import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { linkedWorktrees } from '../git/linked-worktrees.ts'
import { returnBranch } from '../git/publish.ts'
import { freeBranch, removeWorktree } from '../git/worktree.ts'
import { messageOf } from '../message.ts'
import { ok } from '../result.ts'
import type { SavingContext } from './context.ts'
import { commitLinked, workerNames } from './gather-linked.ts'
import { runIdOf } from './run-id.ts'

/** More branches than anybody looks through. */
const MOST = 50

/**
 * The end of a run, once every worker has its own: what agents left in the run's repository and beside their worktrees, where
 * nobody can tell any more whose it is. Branches become `<prefix>stray-<name>` in the workspace's repository, everything else is
 * moved aside. What cannot be kept is said, and stays where it is.
 */
export async function saveStrays(ctx: SavingContext): Promise<void> {
  if (!existsSync(ctx.repository.gitDir)) return
  try {
    await commitBeside(ctx)
    await returnStrays(ctx)
    setAside(ctx)
  } catch (error) {
    warn(ctx, `What agents left beside their worktrees could not be kept: ${messageOf(error)}`)
  }
}

/** Worktrees that agents made outside their own. */
async function commitBeside(ctx: SavingContext): Promise<void> {
  const { repository, dir } = ctx
  for (const linked of linkedWorktrees(repository, workerNames(ctx))) {
    const tip = await commitLinked(ctx, linked, 'chant: what an agent left beside its worktree')
    if (tip === undefined) continue
    // A name that is there already holds something else.
    const kept =
      linked.branch === ''
        ? await repository.git(['update-ref', `refs/heads/detached-${basename(linked.gitDir)}`, tip, absent(tip)])
        : ok(undefined)
    if (kept.ok && linked.path.startsWith(`${dir.worktrees}/`)) await removeWorktree(repository, linked)
  }
}

async function returnStrays(ctx: SavingContext): Promise<void> {
  const { repository, workspace, journal } = ctx
  const heads = ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads/']
  const [made, known] = [await repository.git(heads), await workspace.git(heads, { gitDir: workspace.commonDir })]
  if (!made.ok || !known.ok) return
  const returned = new Set(linesOf(known.value.stdout))
  const workers = [...journal.board.workers.values()]
  const own = new Set(workers.map((worker) => worker.branch ?? worker.planned.branch))
  const kept = linesOf(made.value.stdout)
    .filter((line) => returned.has(line))
    .map((line) => line.slice(0, line.indexOf(' ')))
  kept.push(ctx.run.base.sha, ...workers.flatMap(({ start }) => start ?? []))
  const names: string[] = []
  for (const line of linesOf(made.value.stdout)) {
    const [tip, name] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]
    if (own.has(name) || returned.has(line) || names.length === MOST) continue
    const news = await repository.git(['rev-list', '--max-count=1', tip, '--not', ...kept])
    if (news.ok && news.value.stdout === '') continue
    const branch = await freeBranch(
      workspace,
      repository,
      `${prefixOf(ctx)}stray-${name.replaceAll('/', '-')}`,
      runIdOf(ctx.run.key),
    )
    const done = branch.ok ? await returnBranch(workspace, repository, branch.value, tip) : branch
    if (branch.ok && done.ok) {
      kept.push(tip)
      names.push(branch.value)
    } else if (!done.ok) {
      const why = typeof done.error === 'string' ? done.error : done.error.message
      warn(ctx, `The branch ${name} that an agent made could not be brought into the workspace's repository: ${why}`)
    }
  }
  if (names.length > 0)
    warn(
      ctx,
      `Agents made branches beside their own, which no worker's branch contains; they are kept as ${names.join(', ')}`,
    )
}

/** What stands among the worktrees and is none of a worker. */
function setAside(ctx: SavingContext): void {
  const { worktrees, root } = ctx.dir
  const ours = workerNames(ctx)
  const strange = existsSync(worktrees) ? readdirSync(worktrees).filter((name) => !ours.has(name)) : []
  if (strange.length === 0) return
  const aside = join(root, 'kept', 'beside')
  mkdirSync(aside, { recursive: true })
  for (const name of strange) renameSync(join(worktrees, name), join(aside, name))
  warn(ctx, `Agents left ${strange.slice(0, 10).join(', ')} beside their worktrees; that was moved to ${aside}`)
}

/** The first worker's branch as planned is the prefix and its id. */
function prefixOf({ journal }: SavingContext): string {
  const [first] = journal.board.workers.values()
  const { branch, specId } = first?.planned ?? { branch: 'chant/', specId: '' }
  return branch.endsWith(specId) ? branch.slice(0, branch.length - specId.length) : 'chant/'
}

const absent = (hash: string): string => '0'.repeat(hash.length)

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

const warn = (ctx: SavingContext, message: string): void =>
  void ctx.journal.append({ type: 'warning', code: 'stray-work', message: ctx.cleaner.clean(message) })
