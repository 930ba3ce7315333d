import { info, saveState, setOutput } from '@actions/core'
import { type Environment, type Inputs, readInputs } from './inputs.ts'
import { conclude } from './outcome/conclusion.ts'
import { failureMessage } from './report/annotations.ts'
import { planSummary } from './report/plan-summary.ts'
import { untrusted } from './shell/github-context.ts'
import { fail } from './shell/printer.ts'
import { writeStepSummary } from './shell/report-folder.ts'
import { killOnCrash, stopOnSignals } from './work/cancellation.ts'
import { finishRun, setOutputs, settle } from './work/conclude.ts'
import { execute } from './work/executor.ts'
import { type OpenRun, openRun } from './work/open-run.ts'
import { recoverPredecessor } from './work/recover.ts'
import { openSession, type Session } from './work/session.ts'
import { type Survey, survey } from './work/survey.ts'

/** inputs → specs → plan → work → journal → reports. */
export async function run(env: Environment): Promise<void> {
  const inputs = readInputs()
  if (!inputs.ok) return refuse(inputs.error.message)

  const ground = await survey(inputs.value, env)
  if (!ground.ok) return refuse(ground.error)

  const distrust = inputs.value.mode === 'run' ? untrusted(ground.value.github) : undefined
  if (distrust) return standAside(distrust)

  const opened = await openRun(inputs.value, ground.value, env)
  if (!opened.ok) return refuse(ground.value.cleaner.clean(opened.error))

  using open = opened.value
  return inputs.value.mode === 'run'
    ? await workSpecs(inputs.value, ground.value, open, env)
    : await showPlan(inputs.value, ground.value, open, env)
}

/** mode: run. */
async function workSpecs(inputs: Inputs, ground: Survey, open: OpenRun, env: Environment): Promise<void> {
  // Before anything is started: the runner hands this to post even when we are killed.
  saveState('state-dir', open.dir.root)
  if (open.predecessor) await recoverPredecessor(open.predecessor, ground, env)
  using session = await openSession(inputs, ground, open, env)
  const { ctx, report } = session
  await workAll(session, open)
  const summary = env['GITHUB_STEP_SUMMARY']
  if (ctx.journal.board.stopping === 'signal') {
    // The processes are gone; saving, uploading and settling are post's, which has the time.
    writeStepSummary(summary, report.markdown(true))
    setOutputs(ctx)
    open.leaveToPost()
    return fail(failureMessage(ctx.journal.board) ?? 'The run was cancelled.')
  }
  await finishRun(ctx, env, { name: inputs.artifactName, retentionDays: inputs.retentionDays }, () =>
    report.markdown(false),
  )
  writeStepSummary(summary, report.markdown(false))
  setOutputs(ctx)
  if (!settle(ctx)) open.leaveToPost()
  const failure = failureMessage(ctx.journal.board)
  if (failure) fail(failure)
}

async function workAll(session: Session, open: OpenRun): Promise<void> {
  using _crash = killOnCrash(session)
  const execution = execute(session.ctx, open.plan)
  using _signals = stopOnSignals(session, execution)
  await execution.finished
}

/** mode: plan. Prints what `run` would do; the state directory goes with the run. */
async function showPlan(inputs: Inputs, ground: Survey, open: OpenRun, env: Environment): Promise<void> {
  using session = await openSession(inputs, ground, open, env)
  const { ctx } = session
  ctx.journal.append({ type: 'run-finished', conclusion: conclude(ctx.journal.board) })
  writeStepSummary(env['GITHUB_STEP_SUMMARY'], ctx.cleaner.clean(planSummary(ctx.journal.board)))
  setOutputs(ctx)
  const failure = failureMessage(ctx.journal.board)
  if (failure) fail(failure)
}

/** Nothing was started: one clear error. */
function refuse(message: string): void {
  setOutput('conclusion', 'failure')
  fail(message)
}

/** Not an error of anybody: the step stays green and says why it did nothing. */
function standAside(reason: string): void {
  setOutput('conclusion', 'neutral')
  info(
    `${reason} chant-action runs no agents here: their work would start from text that nobody with write access has seen.`,
  )
}
