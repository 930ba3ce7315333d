import { rmSync } from 'node:fs'
import { getState } from '@actions/core'
import { agentEnvironment } from './agent/environment.ts'
import { fold } from './board/board.ts'
import type { Environment } from './inputs.ts'
import { readInputs } from './inputs.ts'
import { compare } from './process/identity.ts'
import { processTable } from './process/table.ts'
import { linesFor } from './report/log-lines.ts'
import { postAppendix } from './report/post-appendix.ts'
import { readGithubContext } from './shell/github-context.ts'
import { readJournal } from './shell/journal.ts'
import { lastLines } from './shell/last-lines.ts'
import { fail, print } from './shell/printer.ts'
import { writeStepSummary } from './shell/report-folder.ts'
import { collectSecrets, makeCleaner } from './shell/secrets.ts'
import { type StateDir, stateDirAt } from './shell/state-dir.ts'
import { readOwner, releaseLockOf } from './shell/workspace-lock.ts'
import { finishRun, settle, summaryOf } from './work/conclude.ts'
import { openChecks } from './work/open-checks.ts'
import { openLeftRun, recover, removeRaw } from './work/recover.ts'

/** The runner allows minutes after a cancel; the upload gets most of them. Milliseconds. */
const UPLOAD_MS = 120_000
/** Check runs have their own part of it. Milliseconds. */
const CHECKS_MS = 60_000

/**
 * What main left undone, after whatever happened to it: stop and reap, save, outcomes, results, upload. After a clean run
 * it only removes the raw output; where main started nothing it does nothing.
 */
export async function postRun(env: Environment): Promise<void> {
  const root = getState('state-dir')
  if (root === '') return
  const dir = stateDirAt(root)
  const left = fold(readJournal(dir.journal) ?? [])
  if (left.settled) return removeRaw(dir)
  if (!left.run) return forget(dir)
  const table = processTable(process.platform)
  const inputs = readInputs()
  if (!table || !inputs.ok) return
  const passed = agentEnvironment(env, inputs.value.passEnv)
  const cleaner = makeCleaner(collectSecrets(env, inputs.value.token, passed.ok ? passed.value.passed : []))
  if (left.run && compare(left.run.main, table) === 'same')
    return fail(`Process ${left.run.main.pid} of this run is still alive; post leaves it alone.`)

  const opened = await openLeftRun(dir, table, cleaner, env)
  if (!opened.ok) return fail(`What the run left in ${root} could not be recovered: ${opened.error}`)
  const ctx = opened.value
  ctx.journal.listen((event, before, after) =>
    print(
      linesFor(event, before, after, { stream: inputs.value.logStream, tail: (id) => lastLines(dir.log(id), 41) }),
      cleaner.clean,
    ),
  )
  await recover(ctx)
  const upload = { name: inputs.value.artifactName, retentionDays: inputs.value.retentionDays, timeoutMs: UPLOAD_MS }
  await finishRun(ctx, env, upload, () => summaryOf(ctx))
  await openChecks(ctx, inputs.value, readGithubContext(env))?.close(CHECKS_MS)
  const appendix = postAppendix(left, ctx.journal.board)
  if (appendix) writeStepSummary(env['GITHUB_STEP_SUMMARY'], cleaner.clean(appendix))
  if (!settle(ctx))
    return fail(
      `Something of this run could not be put in order and is kept in ${dir.root}: see the warnings above. \`mode: clean\` tries again.`,
    )
  removeRaw(dir)
  unlock(dir)
}

/** main ended before its first fact: nothing was started, and nothing of it is worth keeping. */
function forget(dir: StateDir): void {
  rmSync(dir.root, { recursive: true, force: true })
  unlock(dir)
}

function unlock(dir: StateDir): void {
  const owner = readOwner(dir.lock)
  if (typeof owner === 'object' && owner.stateDir === dir.root) releaseLockOf(dir.lock, owner)
}
