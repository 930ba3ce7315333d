import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentStream } from '../agent/stream.ts'
import type { Exit, Role } from '../board/event.ts'
import type { StopCause } from '../outcome/outcome.ts'
import { spawnGatePatiently } from '../process/gate.ts'
import type { Tree } from '../process/members.ts'
import { foreignWords, leftWords, stopTree } from '../process/stop.ts'
import type { LimitSeen } from '../schedule/retry.ts'
import type { WorkerLog } from '../shell/worker-log.ts'
import type { AskedModel } from './asked-model.ts'
import type { Prepared, RunContext } from './context.ts'
import { followOutput } from './follow-output.ts'
import { guardAgainstStall } from './stall-guard.ts'

/** One command of a worker: `setup`, the agent, `verify`. */
export interface WorkerCommand {
  readonly role: Role
  readonly attempt: number
  /** From the workflow or an adapter, never from a spec. */
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Path of the file that is its stdin. */
  readonly stdin: string
  /** Milliseconds. */
  readonly timeout: number
  /** Of an agent: the account it works on, the model it was told to use, and what it says read as events. */
  readonly account?: string
  readonly model?: AskedModel
  readonly stream?: AgentStream
  /** Ends this command alone: it tries in vain. */
  readonly vain?: AbortController
  /** Told of each limit that it meets and waits out by itself. */
  readonly limited?: (limit: LimitSeen) => void
}

/** Why a worker is told to stop; aborts at most once, so the first cause wins. */
export interface Stopper {
  readonly signal: AbortSignal
  readonly stop: (cause: StopCause) => void
}

export type CommandEnd =
  | { readonly type: 'ended'; readonly exit: Exit; readonly stdout: readonly string[] }
  /** Stopped by us: how it exited no longer says anything. */
  | { readonly type: 'stopped'; readonly cause: StopCause; readonly stdout: readonly string[] }
  | { readonly type: 'not-started'; readonly message: string }

/** The raw output of a command, absolute paths. */
export function rawFiles(
  raw: string,
  specId: string,
  { role, attempt }: Pick<WorkerCommand, 'role' | 'attempt'>,
): { readonly stdout: string; readonly stderr: string } {
  const name = role === 'agent' ? `${specId}.agent-${attempt}` : `${specId}.${role}`
  return { stdout: join(raw, `${name}.stdout`), stderr: join(raw, `${name}.stderr`) }
}

/**
 * Runs one command as a process that is never lost: intent in the journal, a gate, its identity in journal and registry,
 * then the gate opens. Returns when the process and everything that came from it are gone.
 */
export async function runCommand(
  ctx: RunContext,
  worker: Prepared,
  command: WorkerCommand,
  stopper: Stopper,
  log: WorkerLog,
): Promise<CommandEnd> {
  const { specId } = worker
  const account = command.account === undefined ? undefined : ctx.crew.accounts.get(command.account)
  const token = randomUUID()
  const { stdout, stderr } = rawFiles(ctx.dir.raw, specId, command)
  ctx.journal.append({
    type: 'process-spawning',
    specId,
    role: command.role,
    attempt: command.attempt,
    token,
    worktree: worker.worktree.path,
    stdout,
    stderr,
    ...(account
      ? { account: account.name, agent: account.adapter.name, model: ctx.cleaner.clean(command.model?.name ?? '') }
      : {}),
  })
  mkdirSync(ctx.dir.raw, { recursive: true, mode: 0o700 })
  const gate = await spawnGatePatiently(
    {
      file: command.file,
      args: command.args,
      cwd: worker.cwd,
      env: { ...command.env, CHANT_WORKER_TOKEN: token },
      stdin: command.stdin,
      stdout,
      stderr,
    },
    ctx.table,
    stopper.signal,
  )
  if (!gate.ok) {
    ctx.journal.append({ type: 'process-gone', specId, token, exit: { type: 'unknown' }, swept: [], killed: false })
    return { type: 'not-started', message: gate.error }
  }
  // If anything below throws before the gate is opened, it closes and the command was never run.
  using held = gate.value
  const { identity, exited } = held
  ctx.trees.set(token, { token, identity, noted: [], directory: worker.worktree.path })
  ctx.journal.append({ type: 'process-running', specId, token, identity })
  ctx.registry.add({
    specId,
    identity,
    role: command.role,
    attempt: command.attempt,
    agent: account?.adapter.name ?? ctx.run.agent,
    branch: worker.worktree.branch,
    worktree: worker.worktree.path,
    startedAt: new Date().toISOString(),
    runKey: ctx.run.key,
    log: ctx.dir.log(specId),
  })
  ctx.watch.follow(token, identity)
  using output = followOutput(ctx, worker, command, [stdout, stderr], log)
  using _stall = guardAgainstStall(ctx, specId, { token, identity }, output, stopper)
  if (!stopper.signal.aborted) held.open()

  const timer = setTimeout(() => stopper.stop('timed-out'), command.timeout)
  await Promise.race([exited, aborted(stopper.signal), ...(command.vain ? [aborted(command.vain.signal)] : [])])
  clearTimeout(timer)
  ctx.watch.look()
  const tree: Tree = { token, identity, noted: ctx.watch.noted(token), directory: worker.worktree.path }
  const stopped = await stopTree(tree, ctx.table, ctx.urgent)
  const noted = ctx.watch.unfollow(token)
  output.finish()

  if (stopped.foreign.length > 0)
    ctx.journal.append({ type: 'warning', code: 'foreign-process', specId, message: foreignWords(stopped.foreign) })
  // Out of our hands, by an uninterruptible call or another user's rights: nobody waits for what may never come.
  const stays = [...stopped.left, ...stopped.foreign].some((ref) => ref.pid === identity.pid)
  const exit: Exit = stays ? { type: 'unknown' } : await exited
  const swept = stopped.signalled.filter((ref) => ref.pid !== identity.pid)
  if (stopped.left.length > 0) {
    // Not gone is not gone: the record stays, and post looks again.
    ctx.trees.set(token, { ...tree, noted: [...noted, ...stopped.left] })
    ctx.journal.append({ type: 'process-left', specId, token, processes: stopped.left })
    ctx.journal.append({ type: 'warning', code: 'not-stoppable', specId, message: leftWords(stopped.left) })
  } else {
    ctx.registry.remove(specId, identity.pid)
    ctx.trees.delete(token)
    ctx.journal.append({ type: 'process-gone', specId, token, exit, swept, killed: stopped.killed })
  }
  if (stopper.signal.aborted) return { type: 'stopped', cause: causeOf(stopper.signal), stdout: output.stdout() }
  return { type: 'ended', exit, stdout: output.stdout() }
}

/** `Stopper.stop` aborts with its cause as the reason. */
export const causeOf = (signal: AbortSignal): StopCause => signal.reason

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
