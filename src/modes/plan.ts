import type { Environment, Inputs } from '../inputs.ts'
import { conclude } from '../outcome/conclusion.ts'
import { failureMessage } from '../report/annotations.ts'
import { bytes, SUMMARY_LIMIT } from '../report/fit.ts'
import { planSummary } from '../report/plan-summary.ts'
import { promptsSection } from '../report/planned-prompts.ts'
import { cleanBoard } from '../shell/clean-board.ts'
import { fail } from '../shell/printer.ts'
import { setOutputs } from '../work/conclude.ts'
import type { RunContext } from '../work/context.ts'
import type { OpenRun } from '../work/open-run.ts'
import { plannedPrompts } from '../work/planned-prompts.ts'
import { openSession } from '../work/session.ts'
import type { Survey } from '../work/survey.ts'

/** `mode: plan`: prints what `run` would do. Its state directory goes with it. */
export async function showPlan(inputs: Inputs, ground: Survey, open: OpenRun, env: Environment): Promise<void> {
  using session = await openSession(inputs, ground, open, env)
  const { ctx } = session
  ctx.journal.append({ type: 'run-finished', conclusion: conclude(ctx.journal.board) })
  const plan = planSummary(cleanBoard(ctx.journal.board, ctx.cleaner))
  session.summary.write(ctx.cleaner.clean(withPrompts(plan, ctx)))
  setOutputs(ctx)
  const failure = failureMessage(ctx.journal.board)
  if (failure) fail(failure, ctx.cleaner.clean)
}

/** The plan first: prompts take what room it leaves. */
function withPrompts(plan: string, ctx: RunContext): string {
  const prompts = promptsSection(plannedPrompts(ctx), ctx.journal.board.workers.size, SUMMARY_LIMIT - bytes(plan))
  return prompts === '' ? plan : `${plan}\n${prompts}`
}
