import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { getState } from '@actions/core'
import { agentEnvironment } from './agent/environment.ts'
import { fold } from './board/board.ts'
import { type Environment, type Inputs, readInputs } from './inputs.ts'
import { endAsked } from './process/ask-program.ts'
import { endUnrecorded } from './process/end-unrecorded.ts'
import { compare, identityOf } from './process/identity.ts'
import { outlastGit } from './process/left-git.ts'
import { Registry } from './process/registry.ts'
import type { ProcessTable } from './process/snapshot.ts'
import { processTable } from './process/table.ts'
import { textLine } from './report/log-line.ts'
import { linesFor } from './report/log-lines.ts'
import { postAppendix } from './report/post-appendix.ts'
import { cleanBoard } from './shell/clean-board.ts'
import { readGithubContext } from './shell/github-context.ts'
import { readJournal } from './shell/journal.ts'
import { lastLines } from './shell/last-lines.ts'
import { fail, print } from './shell/printer.ts'
import { resultsFile, writeResults } from './shell/report-folder.ts'
import { cleanerOf, collectSecrets, makeCleaner } from './shell/secrets.ts'
import { hasWorktrees, removePlace, type StateDir, stateDirAt } from './shell/state-dir.ts'
import { StepSummary } from './shell/step-summary.ts'
import { type Owner, readOwner, takeLock } from './shell/workspace-lock.ts'
import { finishRun, settle, summaryOf } from './work/conclude.ts'
import { endChecks, neverTaken, sayingSo } from './work/last-writes.ts'
import { openChecks } from './work/open-checks.ts'
import { locate } from './work/place.ts'
import { closeSettled, openLeftRun, recover, removeRaw } from './work/recover.ts'

/** The runner allows minutes after a cancel; the upload gets most of them. Milliseconds. */
const UPLOAD_MS = 120_000
/** Check runs have a part of their own before it, so that what is uploaded names them, and one after it. Milliseconds. */
const CHECKS_FIRST_MS = 15_000
const CHECKS_MS = 45_000
/** All of it, where GitHub says that it will listen later. Milliseconds. */
const WHOLE_MS = 200_000

/**
 * What main left undone, after whatever happened to it: stop and reap, save, outcomes, results, upload. After a clean run
 * it only removes the raw output; where main started nothing it does nothing.
 */
export async function postRun(env: Environment): Promise<void> {
  const root = getState('state-dir')
  if (root === '') return
  const dir = stateDirAt(root)
  if (!existsSync(dir.root) && !isLockedFor(dir)) return
  const table = processTable(process.platform)
  const row = table?.row(process.pid)
  const inputs = readInputs()
  if (!table || !row || !inputs.ok) return
  // main is dead, so its lock can be had, and while it is ours nobody else recovers this run.
  const since = new Date().toISOString()
  const self = { identity: identityOf(row, table), runKey: basename(root), stateDir: root, since }
  const lock = lockIfPossible(() => takeLock(dir.lock, self, table))
  if (lock && !lock.ok) return busy(dir, lock.error, cleanerOf(env).clean)
  try {
    await putInOrder(dir, table, inputs.value, env)
  } finally {
    lock?.value.release()
  }
}

/** main may have been killed between taking the workspace and making its place. */
function isLockedFor(dir: StateDir): boolean {
  const owner = readOwner(dir.lock)
  return typeof owner === 'object' && owner.stateDir === dir.root
}

/** Where the disk is full or read-only nobody else can take the lock either, and whoever lives must be stopped all the same. */
function lockIfPossible<T>(take: () => T): T | undefined {
  try {
    return take()
  } catch {
    return undefined
  }
}

async function putInOrder(dir: StateDir, table: ProcessTable, inputs: Inputs, env: Environment): Promise<void> {
  const begun = performance.now()
  const left = fold(readJournal(dir.journal) ?? [])
  if (left.settled) return closeSettled(dir)
  if (!left.run) return await forget(dir, table, inputs, env)
  const passed = agentEnvironment(env, inputs.passEnv)
  const cleaner = makeCleaner(collectSecrets(env, inputs.token, passed.ok ? passed.value.passed : []))
  if (compare(left.run.main, table) === 'same')
    return fail(`Process ${left.run.main.pid} of this run is still alive; post leaves it alone.`, cleaner.clean)

  const opened = openLeftRun(dir, table, cleaner)
  if (!opened.ok) return fail(`What the run left in ${dir.root} could not be recovered: ${opened.error}`, cleaner.clean)
  const ctx = opened.value
  ctx.journal.listen((event, before, after) =>
    print(
      linesFor(event, before, after, { stream: inputs.logStream, tail: (id) => lastLines(dir.log(id), 41) }),
      ctx.cleaner.clean,
    ),
  )
  await recover(ctx, env)
  const ended = new Date()
  const upload = { name: inputs.artifactName, retentionDays: inputs.retentionDays, timeoutMs: UPLOAD_MS }
  const checks = openChecks(ctx, inputs, readGithubContext(env), { takesOver: true, left: [] })
  if (checks)
    await sayingSo(checks, CHECKS_FIRST_MS + CHECKS_MS, ctx.cleaner, () => checks.flushChecks(CHECKS_FIRST_MS))
  await finishRun(ctx, env, upload, () => summaryOf(ctx), ended)
  if (checks) {
    const patience = Math.max(0, WHOLE_MS - (performance.now() - begun))
    await endChecks(checks, { milliseconds: CHECKS_MS, patience }, ctx.cleaner)
    const message = neverTaken(checks)
    if (message) ctx.journal.append({ type: 'warning', code: 'checks', message })
    writeResults(dir, ctx.journal.board, ctx.cleaner)
  }
  const appendix = postAppendix(left, cleanBoard(ctx.journal.board, ctx.cleaner))
  if (appendix) new StepSummary(env, ctx.cleaner.clean).write(ctx.cleaner.clean(appendix))
  if (!settle(ctx))
    return fail(
      `Something of this run could not be put in order and is kept in ${dir.root}: see the warnings above. \`mode: clean\` tries again.`,
      cleaner.clean,
    )
  removeRaw(dir)
}

/** Somebody alive owns the workspace. Only where that is this run's own main it is an error. */
function busy(dir: StateDir, owner: Owner, clean: (text: string) => string): void {
  if (owner.stateDir === dir.root)
    return fail(`Process ${owner.identity.pid} of this run is still alive; post leaves it alone.`, clean)
  if (fold(readJournal(dir.journal) ?? []).settled) return removeRaw(dir)
  const words = `Run ${owner.runKey}, process ${owner.identity.pid}, owns this workspace now and puts in order what this run left.`
  print([textLine(words)], clean)
}

/** main ended before its first fact: nothing was started. A report that stands there all the same is kept. */
async function forget(dir: StateDir, table: ProcessTable, inputs: Inputs, env: Environment): Promise<void> {
  await endAsked({ directory: dir.asking, table })
  await outlastGit(dir.repository, table)
  if (hasWorktrees(dir)) return await keepDamaged(dir, table, cleanerOf(env).clean)
  const place = locate(inputs.workingDirectory, env)
  if (place.ok) new Registry(place.value.project).sweepTemporary()
  if (!existsSync(resultsFile(dir))) removePlace(dir)
}

/** Something was started after all, and what was written of it is gone: nobody knows what it was, but where it worked. */
async function keepDamaged(dir: StateDir, table: ProcessTable, clean: (text: string) => string): Promise<void> {
  const pids = (await endUnrecorded(dir.worktrees, table)).map(({ pid }) => pid)
  const ended = pids.length > 0 ? ` What still worked in them was ended (pid ${pids.join(', ')}).` : ''
  fail(
    `Somebody emptied the journal of this run, ${dir.journal}, so nothing of it can be put in order.${ended} Its worktrees are kept in ${dir.worktrees}, and their branches in ${dir.repository}.`,
    clean,
  )
}
