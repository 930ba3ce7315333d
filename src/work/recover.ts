import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TrackedProcess, Worker } from '../board/board.ts'
import type { ProcessRef } from '../board/event.ts'
import { decideOutcome, decideRecovery, type Recovery } from '../board/recovery.ts'
import { openRunRepository, worktreeAt } from '../git/run-repository.ts'
import { openWorkspace } from '../git/workspace-repository.ts'
import { removeWorktree } from '../git/worktree.ts'
import type { Environment } from '../inputs.ts'
import { compare } from '../process/identity.ts'
import { membersOf, type Tree } from '../process/members.ts'
import { Registry } from '../process/registry.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import { stopTree } from '../process/stop.ts'
import { err, ok, type Result } from '../result.ts'
import { Journal } from '../shell/journal.ts'
import { OutputReader } from '../shell/output-log.ts'
import type { Cleaner } from '../shell/secrets.ts'
import type { StateDir } from '../shell/state-dir.ts'
import type { SavingContext } from './context.ts'
import { bringHome, commitLeftovers, type Saving } from './save.ts'

/** What a run that its main process left behind looks like from outside. Undefined when there is nothing to recover. */
export async function openLeftRun(
  dir: StateDir,
  table: ProcessTable,
  cleaner: Cleaner,
  env: Environment,
): Promise<Result<SavingContext, string>> {
  if (!existsSync(dir.journal)) return err('it has no journal')
  const journal = Journal.open(dir.journal)
  const { run } = journal.board
  if (!run) return err('its journal has no beginning')
  const workspace = await openWorkspace(run.project, env)
  if (!workspace.ok) return workspace
  return ok({
    run,
    dir,
    journal,
    table,
    registry: new Registry(run.project),
    workspace: workspace.value,
    repository: openRunRepository(dir.repository, workspace.value.git),
    cleaner,
  })
}

/**
 * Puts in order what main left: processes that still live are stopped, records of dead ones removed, uncommitted work
 * saved, and every worker gets its outcome. Each finding is on the journal.
 */
export async function recover(ctx: SavingContext): Promise<void> {
  const { board } = ctx.journal
  const open = [...board.processes.values()].filter((tracked) => !tracked.gone)
  await Promise.all(open.map((tracked) => recoverProcess(ctx, tracked)))
  ctx.registry.sweepTemporary()
  const torn = new Set(open.map((tracked) => tracked.specId))
  for (const worker of ctx.journal.board.workers.values()) {
    if (torn.has(worker.planned.specId)) rebuildLog(ctx, worker)
    await recoverWork(ctx, worker)
    const { specId } = worker.planned
    const outcome = decideOutcome(ctx.journal.board, worker)
    if (outcome) ctx.journal.append({ type: 'worker-done', specId, outcome })
    ctx.registry.unlock(specId, ctx.run.main.pid)
  }
}

async function recoverProcess(ctx: SavingContext, tracked: TrackedProcess): Promise<void> {
  const { token, specId, identity } = tracked
  const tree: Tree = { token, noted: tracked.noted, directory: tracked.worktree, ...(identity ? { identity } : {}) }
  const members = membersOf(tree, ctx.table.snapshot(), ctx.table)
  const decision = decideRecovery(tracked, {
    otherBoot: identity !== undefined && identity.boot !== ctx.table.boot,
    comparison: identity ? compare(identity, ctx.table) : 'different',
    members: members.length,
  })
  const found = (message: string) => {
    const what = decision.type === 'reap' ? 'reaped' : decision.type
    ctx.journal.append({ type: 'recovered', what, specId, message })
  }
  const gone = (swept: readonly ProcessRef[], killed: boolean) => {
    if (identity) ctx.registry.remove(specId, identity.pid)
    ctx.journal.append({ type: 'process-gone', specId, token, exit: { type: 'unknown' }, swept, killed })
  }
  if (decision.type !== 'reap') {
    found(unsignalledWords(decision, identity?.pid))
    return gone([], false)
  }
  const stopped = await stopTree(tree, ctx.table)
  if (stopped.left.length > 0) {
    const pids = stopped.left.map((ref) => ref.pid).join(', ')
    const message = `pid ${pids} did not end after SIGKILL; its record is kept`
    ctx.journal.append({ type: 'warning', code: 'not-stoppable', specId, message })
    return
  }
  const count = stopped.signalled.length
  const pids = members.map((row) => row.pid).join(', ')
  found(
    `${count} ${count === 1 ? 'process' : 'processes'} of a run whose main process is gone${stopped.killed ? ', by SIGKILL' : ''} (pid ${pids})`,
  )
  const swept = stopped.signalled.filter((ref) => ref.pid !== identity?.pid)
  return gone(swept, stopped.killed)
}

function unsignalledWords(decision: Exclude<Recovery, { readonly type: 'reap' }>, pid: number | undefined): string {
  switch (decision.type) {
    case 'stale':
      return `pid ${pid} is gone; its record was removed`
    case 'never-ran':
      return 'its command was never let through the gate'
    case 'lost':
      return decision.why === 'other-boot'
        ? `pid ${pid} belongs to an earlier boot of this machine; nothing was signalled`
        : `pid ${pid} lives in another pid namespace and cannot be seen from here; nothing was signalled`
  }
}

/** Saves a worktree that still stands. What cannot be saved stays where it is, and that is said. */
async function recoverWork(ctx: SavingContext, worker: Worker): Promise<void> {
  const { specId, title, file } = worker.planned
  const { worktree: path, branch, base, start } = worker
  if (!path || !branch || !base || !start) return await removeUnused(ctx, join(ctx.dir.worktrees, specId))
  if (!existsSync(path)) return
  const saving: Saving = {
    specId,
    title,
    worktree: worktreeAt(ctx.repository.gitDir, path, branch),
    base,
    start,
    specPath: `${ctx.workspace.prefix}${file}`,
    specText: '',
    specIgnored: worker.specIgnored,
  }
  const saved = await saveDespiteLocks(ctx, saving)
  if (saved.ok) {
    const { commits } = ctx.journal.board.workers.get(specId) ?? { commits: [] }
    if (commits.length > 0)
      ctx.journal.append({
        type: 'recovered',
        what: 'salvaged',
        specId,
        message: `${commits.length} ${commits.length === 1 ? 'commit' : 'commits'} on ${branch}`,
      })
    return
  }
  ctx.journal.append({
    type: 'warning',
    code: 'not-saved',
    specId,
    message: `Its work could not be saved and is kept in ${path}: ${saved.error}`,
  })
}

const TRIES = 5
const RETRY_MS = 300

/**
 * A git command of the killed main may still be running, or may have been killed and have left its lock. The run's
 * repository is ours alone, so after waiting a lock in it is nobody's.
 */
async function saveDespiteLocks(ctx: SavingContext, saving: Saving): Promise<Result<void, string>> {
  for (let turn = 1; ; turn += 1) {
    const committed = await commitLeftovers(ctx, saving)
    const saved = committed.ok
      ? await bringHome(
          ctx,
          { ...saving, elsewhere: committed.value.elsewhere !== undefined },
          { commits: committed.value.commits, salvaged: true },
        )
      : committed
    if (saved.ok || turn === TRIES) return saved
    if (turn === TRIES - 1)
      for (const name of ['index.lock', 'HEAD.lock']) rmSync(join(saving.worktree.gitDir, name), { force: true })
    await sleep(RETRY_MS)
  }
}

/** main died while it read: the readable log is made anew from the raw output, which is whole. */
function rebuildLog(ctx: SavingContext, worker: Worker): void {
  const { specId } = worker.planned
  let lines: string[] = []
  for (const tracked of ctx.journal.board.processes.values()) {
    if (tracked.specId !== specId) continue
    for (const path of [tracked.stdout, tracked.stderr]) {
      if (!existsSync(path)) continue
      using reader = new OutputReader(path, ctx.cleaner)
      lines = lines.concat(reader.end())
    }
  }
  if (lines.length > 0) writeFileSync(ctx.dir.log(specId), `${lines.join('\n')}\n`)
}

/** main was killed while it made this worktree: no agent was ever in it, and its bytes are those of commits. */
async function removeUnused(ctx: SavingContext, path: string): Promise<void> {
  if (!existsSync(path)) return
  await removeWorktree(ctx.repository, worktreeAt(ctx.repository.gitDir, path, ''))
}

/** Raw output and prompts: of no use once everything is settled. */
export function removeRaw(dir: StateDir): void {
  if (!existsSync(dir.raw)) return
  for (const name of readdirSync(dir.raw)) rmSync(join(dir.raw, name), { force: true })
  rmSync(dir.raw, { recursive: true, force: true })
}
