import type { LiveChecks } from '../github/live-checks.ts'
import type { Environment, Inputs } from '../inputs.ts'
import { failureMessage } from '../report/annotations.ts'
import { fail } from '../shell/printer.ts'
import { writeResults } from '../shell/report-folder.ts'
import { stopAtBudget } from '../work/budget.ts'
import { crash, killOnCrash, stopAtDeadline, stopOnSignals } from '../work/cancellation.ts'
import { finishRun, setOutputs, settle } from '../work/conclude.ts'
import { execute } from '../work/executor.ts'
import { sayingSo, sayLeft } from '../work/last-writes.ts'
import { recoveredRuns, recoverLeftRuns, reportLeftRuns } from '../work/left-runs.ts'
import { openChecks } from '../work/open-checks.ts'
import type { OpenRun } from '../work/open-run.ts'
import { saveStrays } from '../work/save-strays.ts'
import { openSession, type Session } from '../work/session.ts'
import type { Survey } from '../work/survey.ts'

/** As long as the end of a run waits for GitHub, in all; what is not written by then is left to post. Milliseconds. */
const PATIENCE_MS = 20_000

/** `mode: run`: works the plan and reports, or leaves the rest to post when it was cancelled. */
export async function workSpecs(inputs: Inputs, ground: Survey, open: OpenRun, env: Environment): Promise<void> {
  const left = await recoverLeftRuns(ground, open.dir, ground.cleaner, env)
  using session = await openSession(inputs, ground, open, env)
  const { ctx, report } = session
  reportLeftRuns(ctx, left)
  const checks = openChecks(ctx, inputs, ground.github, { takesOver: false, left: recoveredRuns(left) })
  await workAll(session, open)
  if (ctx.journal.board.stopping === 'signal') return await leaveToPost(session, open, checks)

  await saveStrays(ctx)
  const ended = new Date()
  const asked = performance.now()
  // First the check runs: what is uploaded names them and says that they are completed.
  if (checks) await sayingSo(checks, PATIENCE_MS, ctx.cleaner, () => checks.flushChecks(PATIENCE_MS))
  const patience = PATIENCE_MS - (performance.now() - asked)
  const upload = { name: inputs.artifactName, retentionDays: inputs.retentionDays }
  await finishRun(ctx, env, upload, () => report.markdown(false), ended)
  const unwritten = await checks?.close(Math.max(0, patience))
  if (checks) {
    sayLeft(checks, ctx.cleaner)
    // What came later than the report.
    writeResults(ctx.dir, ctx.journal.board, ctx.cleaner)
  }
  report.writeSummary(false)
  setOutputs(ctx)
  if (unwritten || !settle(ctx)) open.leaveToPost()
  const failure = failureMessage(ctx.journal.board)
  if (failure) fail(failure, ctx.cleaner.clean)
}

async function workAll(session: Session, open: OpenRun): Promise<void> {
  using _crash = killOnCrash(session)
  const { ctx } = session
  const execution = execute(ctx, open.plan, ctx.crew.fleet)
  stopAtBudget(ctx.inputs.maxCostUsd, ctx.journal, execution)
  using _signals = stopOnSignals(session, execution)
  using _deadline = stopAtDeadline(ctx.inputs.deadlineMinutes, execution)
  // A journal that cannot be written is the end: nothing may happen that is not on record.
  await execution.finished.catch((error: unknown) => crash(session, error))
}

/** The processes are gone; saving, uploading and settling are post's, which has minutes where we have seconds. */
async function leaveToPost({ ctx, report }: Session, open: OpenRun, checks: LiveChecks | undefined): Promise<void> {
  // What GitHub answers from now on finds no journal that it could be written to.
  await checks?.close(0)
  report.writeSummary(true)
  setOutputs(ctx)
  open.leaveToPost()
  fail(failureMessage(ctx.journal.board) ?? 'The run was cancelled.', ctx.cleaner.clean)
}
