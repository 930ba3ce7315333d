import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { agents, isAgentName } from '../agent/agents.ts'
import { commandAgent } from '../agent/command.ts'
import { AgentStream } from '../agent/stream.ts'
import type { Worker } from '../board/board.ts'
import { decideOutcome, type Recovery } from '../board/recovery.ts'
import { openRunRepository, worktreeAt } from '../git/run-repository.ts'
import { openWorkspace } from '../git/workspace-repository.ts'
import { removeWorktree } from '../git/worktree.ts'
import type { Environment } from '../inputs.ts'
import { outlastGit } from '../process/left-git.ts'
import { type Reaped, reap } from '../process/reap.ts'
import { Registry } from '../process/registry.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import { foreignWords, leftWords, type Stopped } from '../process/stop.ts'
import { err, ok, type Result } from '../result.ts'
import { agentView } from '../shell/agent-view.ts'
import { folderInside, removeTree, sweepTemporary } from '../shell/files.ts'
import { Journal } from '../shell/journal.ts'
import { OutputReader } from '../shell/output-reader.ts'
import { bothCleaners, type Cleaner, keptCleaner } from '../shell/secrets.ts'
import { markSettled, type StateDir } from '../shell/state-dir.ts'
import type { RecordContext, SavingContext } from './context.ts'
import { nameKept } from './name-kept.ts'
import { withFreeBranch } from './own-branch.ts'
import { bringHome, commitLeftovers, type Saving } from './save.ts'
import { saveStrays } from './save-strays.ts'

/** A run that its main process left behind, as its journal has it. */
export function openLeftRun(dir: StateDir, table: ProcessTable, cleaner: Cleaner): Result<RecordContext, string> {
  if (!existsSync(dir.journal)) return err('it has no journal')
  const journal = Journal.open(dir.journal)
  const { run } = journal.board
  if (!run) return err('its journal has no beginning')
  const own = keptCleaner(dir)
  return ok({
    run,
    dir,
    journal,
    table,
    registry: new Registry(run.project),
    cleaner: own ? bothCleaners(cleaner, own) : cleaner,
    ...(own ? {} : { secretsUnknown: true }),
  })
}

/**
 * Puts in order what main left: processes that still live are stopped, records of dead ones removed, uncommitted work
 * saved, and every worker gets its outcome. Each finding is on the journal. Where git or the repository is gone nothing
 * can be saved, and everything else is done all the same: that is the error.
 */
export async function recover(ctx: RecordContext, env: Environment): Promise<Result<SavingContext, string>> {
  const open = [...ctx.journal.board.processes.values()].filter((tracked) => !tracked.gone)
  // First everybody is stopped, then the first word is written: a disk that is full keeps nobody alive.
  for (const reaped of await Promise.all(open.map((tracked) => reap(tracked, ctx.table)))) record(ctx, reaped)
  const stuck = await outlastGit(ctx.dir.repository, ctx.table)
  if (stuck.length > 0) {
    const pids = stuck.map(({ pid }) => pid).join(', ')
    ctx.journal.append({ type: 'recovered', what: 'reaped', message: `a git that was stuck (pid ${pids})` })
  }
  ctx.registry.sweepTemporary()
  const { root, report, logs } = ctx.dir
  for (const folder of [root, report, logs, join(report, 'specs')]) sweepTemporary(folder)
  const saving = await openSaving(ctx, env)
  if (!saving.ok)
    ctx.journal.append({
      type: 'warning',
      code: 'not-saved',
      message: `Work could not be saved, and worktrees are kept in ${ctx.dir.worktrees}: ${saving.error}`,
    })
  for (const worker of ctx.journal.board.workers.values()) {
    const { specId } = worker.planned
    // Not only where a process was open: an earlier recovery may have died between its end and this.
    if (worker.state.type !== 'done') rebuildLog(ctx, worker)
    if (worker.state.type !== 'done' || isStanding(worker)) nameKept(ctx, specId)
    if (saving.ok) await recoverWork(saving.value, worker)
    const outcome = decideOutcome(ctx.journal.board, worker)
    if (outcome) ctx.journal.append({ type: 'worker-done', specId, outcome })
    ctx.registry.unlock(specId, ctx.run.main.pid)
  }
  if (ctx.journal.board.conclusion === undefined) nameKept(ctx)
  if (saving.ok) await saveStrays(saving.value)
  return saving
}

async function openSaving(ctx: RecordContext, env: Environment): Promise<Result<SavingContext, string>> {
  const workspace = await openWorkspace(ctx.run.project, env)
  if (!workspace.ok) return workspace
  sweepTemporary(workspace.value.commonDir, 'shallow.')
  return ok({
    ...ctx,
    workspace: workspace.value,
    repository: openRunRepository(ctx.dir.repository, workspace.value.git),
  })
}

/** What was done about one process, for the journal and the registry. */
function record(ctx: RecordContext, { tracked, decision, stopped }: Reaped): void {
  const { token, specId, identity } = tracked
  if (stopped.left.length > 0) {
    // Not gone is not gone: its record stays.
    ctx.journal.append({ type: 'process-left', specId, token, processes: stopped.left })
    ctx.journal.append({ type: 'warning', code: 'not-stoppable', specId, message: leftWords(stopped.left) })
    return
  }
  if (stopped.foreign.length > 0)
    ctx.journal.append({ type: 'warning', code: 'foreign-process', specId, message: foreignWords(stopped.foreign) })
  const what = decision.type === 'reap' ? 'reaped' : decision.type
  const message = decision.type === 'reap' ? reapedWords(stopped) : unsignalledWords(decision, identity?.pid)
  ctx.journal.append({ type: 'recovered', what, specId, message })
  if (identity) ctx.registry.remove(specId, identity.pid)
  const swept = stopped.signalled.filter((ref) => ref.pid !== identity?.pid)
  ctx.journal.append({ type: 'process-gone', specId, token, exit: { type: 'unknown' }, swept, killed: stopped.killed })
}

function reapedWords({ signalled, killed }: Stopped): string {
  const pids = signalled.map((ref) => ref.pid).join(', ')
  return `${signalled.length} ${signalled.length === 1 ? 'process' : 'processes'} of a run whose main process is gone${killed ? ', by SIGKILL' : ''} (pid ${pids})`
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

/** An earlier recovery could not save it. */
const isStanding = ({ worktree }: Worker): boolean => worktree !== undefined && existsSync(worktree)

/** Saves a worktree that still stands. What cannot be saved stays where it is, and that is said. */
async function recoverWork(ctx: SavingContext, worker: Worker): Promise<void> {
  const { specId, title, file } = worker.planned
  const { worktree: path, branch, base, start } = worker
  if (!path || !branch || !base || !start) return await removeUnused(ctx, join(ctx.dir.worktrees, specId))
  // Removed by us, last of all; an agent that removed it may have left commits.
  if (!existsSync(path) && worker.branchReturned) return
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
  // main may have been killed while it wrote the end into the spec: half of that is nobody's work.
  const folder = folderInside(path, saving.specPath)
  if (folder !== undefined) sweepTemporary(folder, `${basename(saving.specPath)}.`)
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

const TRIES = 2

/**
 * A git command of the killed main may still be running, or may have been killed and have left its lock. Our git waits for
 * a lock by itself; the run's repository is ours alone, so a lock in it that outlasts this is nobody's.
 */
async function saveDespiteLocks(ctx: SavingContext, saving: Saving): Promise<Result<void, string>> {
  for (let turn = 1; ; turn += 1) {
    const committed = await commitLeftovers(ctx, saving)
    const saved = committed.ok
      ? await bringHome(
          ctx,
          { ...(await withFreeBranch(ctx, saving)), elsewhere: committed.value.elsewhere !== undefined },
          { commits: committed.value.commits, salvaged: true },
        )
      : committed
    if (saved.ok || turn === TRIES) return saved
    for (const lock of locksOf(ctx, saving)) rmSync(lock, { force: true })
  }
}

/** Locks that a git of the agent, or one of ours, holds while it commits in a worktree, and leaves when it is killed. */
const locksOf = ({ repository }: SavingContext, { worktree }: Saving): readonly string[] => [
  join(worktree.gitDir, 'index.lock'),
  join(worktree.gitDir, 'HEAD.lock'),
  join(repository.gitDir, 'refs', 'heads', `${worktree.branch}.lock`),
  join(repository.gitDir, 'packed-refs.lock'),
]

/** main died while it read: the readable log is made anew from the raw output, which is whole. */
function rebuildLog(ctx: RecordContext, worker: Worker): void {
  // The log as it stands is clean; made anew without knowing what to clean it would not be.
  if (ctx.secretsUnknown) return
  const { specId } = worker.planned
  let lines: string[] = []
  for (const tracked of ctx.journal.board.processes.values()) {
    if (tracked.specId !== specId) continue
    const agent = tracked.role === 'agent' ? tracked.agent : undefined
    const adapter = agent !== undefined && isAgentName(agent) ? agents[agent] : commandAgent('')
    // What the agent's own account of itself is made of is read as such; what else stands there is text.
    const stream = agent === undefined ? undefined : new AgentStream(adapter)
    for (const path of [tracked.stdout, tracked.stderr]) {
      if (!existsSync(path)) continue
      const from = path === tracked.stdout ? 'stdout' : 'stderr'
      const view = stream && agentView(stream, from, ctx.cleaner, { directory: tracked.worktree })
      using reader = new OutputReader(path, ctx.cleaner, view)
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

/** The last step of a run that its journal calls settled: main or post may have been killed before it. */
export function closeSettled(dir: StateDir): void {
  markSettled(dir)
  removeRaw(dir)
}

/** Raw output and prompts: of no use once everything is settled. */
export function removeRaw(dir: StateDir): void {
  removeTree(dir.raw)
}
