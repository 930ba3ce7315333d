import type { Environment, Inputs } from '../inputs.ts'
import { conclude } from '../outcome/conclusion.ts'
import { failureMessage } from '../report/annotations.ts'
import { planSummary } from '../report/plan-summary.ts'
import { cleanBoard } from '../shell/clean-board.ts'
import { fail } from '../shell/printer.ts'
import { writeStepSummary } from '../shell/report-folder.ts'
import { setOutputs } from '../work/conclude.ts'
import type { OpenRun } from '../work/open-run.ts'
import { openSession } from '../work/session.ts'
import type { Survey } from '../work/survey.ts'

/** `mode: plan`: prints what `run` would do. Its state directory goes with it. */
export async function showPlan(inputs: Inputs, ground: Survey, open: OpenRun, env: Environment): Promise<void> {
  using session = await openSession(inputs, ground, open, env)
  const { ctx } = session
  ctx.journal.append({ type: 'run-finished', conclusion: conclude(ctx.journal.board) })
  writeStepSummary(
    env['GITHUB_STEP_SUMMARY'],
    ctx.cleaner.clean(planSummary(cleanBoard(ctx.journal.board, ctx.cleaner))),
  )
  setOutputs(ctx)
  const failure = failureMessage(ctx.journal.board)
  if (failure) fail(ctx.cleaner.clean(failure))
}
