import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setOutput } from '@actions/core'
import { apply } from '../board/board.ts'
import type { EventBody } from '../board/event.ts'
import { removingFolder } from '../git/worktree.ts'
import { artifactName, uploadArtifact } from '../github/artifact.ts'
import type { Environment } from '../inputs.ts'
import { messageOf } from '../message.ts'
import { conclude } from '../outcome/conclusion.ts'
import { strangersSince } from '../process/strangers.ts'
import { outputsFor } from '../report/outputs.ts'
import { summary } from '../report/summary.ts'
import { sentence } from '../report/visible.ts'
import { cleanBoard } from '../shell/clean-board.ts'
import { removeTree } from '../shell/files.ts'
import { lastLines } from '../shell/last-lines.ts'
import { reportFiles, resultsFile, writeReportFolder } from '../shell/report-folder.ts'
import { cleaned } from '../shell/secrets.ts'
import { markSettled, unsign } from '../shell/state-dir.ts'
import type { RecordContext } from './context.ts'

/** As many as a summary shows, and one more, so that it can say there are more. */
const TAIL_LINES = 41

/** A job's outputs together may have 1 MB in UTF-16; the file named by `results-file` is never cut. */
const RESULTS_LIMIT = 400_000

/** The folder of the report that holds logs and patches of recovered runs. */
export const RECOVERED = 'recovered'

export interface Upload {
  readonly name: string
  readonly retentionDays: number | undefined
  /** Milliseconds. */
  readonly timeoutMs?: number
}

/**
 * The end of a run that was not cancelled, and what post does for one that was: report folder, artifact, `run-finished`.
 * A report that cannot be made is a warning and changes no result. `ended`: when the work was over, for waiting is no part of it.
 */
export async function finishRun(
  ctx: RecordContext,
  env: Environment,
  upload: Upload | undefined,
  markdown: () => string,
  ended = new Date(),
): Promise<void> {
  const { journal, dir } = ctx
  journal.heal()
  nameStrangers(ctx)
  const conclusion = conclude(journal.board)
  const finished: EventBody = { type: 'run-finished', conclusion, ended: ended.toISOString() }
  // Post may only have to do what main could not: then the run has had its end.
  const hasEnded = journal.board.conclusion === conclusion
  // What goes into the artifact shows the end already; the event itself follows, because its line names the artifact.
  const preview = hasEnded ? journal.board : apply(journal.board, { at: new Date().toISOString(), ...finished })
  try {
    writeReportFolder(dir, preview, markdown(), ctx.cleaner)
  } catch (error) {
    journal.append({
      type: 'warning',
      code: 'report-not-written',
      message: `The report could not be written to ${dir.report}: ${messageOf(error)}`,
    })
  }
  // Logs of a run that was recovered are nowhere else.
  const hasLogs = journal.board.workers.size > 0 || existsSync(join(dir.report, RECOVERED))
  if (upload && hasLogs && !journal.board.artifact) await uploadLogs(ctx, env, upload)
  if (!hasEnded) journal.append(finished)
}

/** So that nothing is unexplained. */
function nameStrangers(ctx: RecordContext): void {
  const strangers = strangersSince(ctx.run.main, ctx.table, process.getuid?.())
  if (strangers.length === 0) return
  const named = strangers.slice(0, 10).map((row) => `${row.pid} (${row.name})`)
  const more = strangers.length > named.length ? ` and ${strangers.length - named.length} more` : ''
  ctx.journal.append({
    type: 'warning',
    code: 'unexplained-processes',
    message: `Processes that started during the run and belong to nobody known: ${named.join(', ')}${more}. Nothing was signalled.`,
  })
}

async function uploadLogs(ctx: RecordContext, env: Environment, upload: Upload): Promise<void> {
  const { journal, dir } = ctx
  const uploaded = await uploadArtifact({
    name: artifactName(upload.name, env['GITHUB_RUN_ATTEMPT']),
    root: dir.report,
    files: [...reportFiles(dir)],
    env,
    ...(upload.retentionDays === undefined ? {} : { retentionDays: upload.retentionDays }),
    ...(upload.timeoutMs === undefined ? {} : { timeoutMs: upload.timeoutMs }),
  })
  if (uploaded.ok) {
    const { name, id, url, digest } = uploaded.value
    journal.append({ type: 'artifact-uploaded', name, id, ...(url ? { url } : {}), ...(digest ? { digest } : {}) })
    return
  }
  const message = ctx.cleaner.clean(uploaded.error.message)
  // A second try with the same end is no news.
  if (message === journal.board.artifactSkipped) return
  if (uploaded.error.type === 'failed')
    journal.append({
      type: 'warning',
      code: 'artifact',
      message: `The logs could not be uploaded: ${sentence(message)} They are in \`${dir.logs}\`.`,
    })
  journal.append({ type: 'artifact-skipped', reason: message })
}

/** The job summary of a run that is no longer watched, with the ends of its logs as they lie on disk. */
export function summaryOf({ journal, dir, cleaner }: RecordContext): string {
  const tails = new Map([...journal.board.workers.keys()].map((id) => [id, lastLines(dir.log(id), TAIL_LINES)]))
  return cleaner.clean(summary(cleanBoard(journal.board, cleaner), { now: Date.now(), tails, live: false }))
}

/** The step's outputs, from the board as it is now. What stands there besides its texts is the machine's: paths, ids, addresses. */
export function setOutputs(ctx: RecordContext): void {
  const { board } = ctx.journal
  const outputs: Record<string, string> = {
    ...outputsFor(board, RESULTS_LIMIT, (value) => cleaned(value, ctx.cleaner.clean)),
  }
  if (board.run?.mode === 'run') {
    outputs['logs-dir'] = ctx.dir.logs
    outputs['results-file'] = resultsFile(ctx.dir)
  }
  if (board.artifact) {
    outputs['artifact-id'] = String(board.artifact.id)
    outputs['artifact-url'] = board.artifact.url ?? ''
    outputs['artifact-digest'] = board.artifact.digest ?? ''
  }
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value)
}

/**
 * Removes what is of no use after the run: the run's repository and the empty folder of its worktrees. A worktree that
 * still stands holds work that could not be saved: then everything stays for post. Answers whether nothing is left.
 */
export function settle(ctx: RecordContext): boolean {
  const { dir, journal } = ctx
  if (existsSync(dir.worktrees) && readdirSync(dir.worktrees).length > 0) return false
  if ([...journal.board.processes.values()].some((tracked) => !tracked.gone)) return false
  removeTree(dir.worktrees)
  removeTree(removingFolder(dir.repository))
  removeTree(dir.repository)
  rmSync(`${dir.repository}.config`, { force: true })
  unsign(dir)
  // Whoever reads this does nothing more, so it comes last.
  journal.append({ type: 'run-settled' })
  markSettled(dir)
  return true
}
