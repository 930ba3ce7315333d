import { workerEnvironment } from '../agent/environment.ts'
import { assemblePrompt } from '../agent/prompt.ts'
import { configEnvironment } from '../git/git.ts'
import { unfinishedIn } from '../git/unfinished.ts'
import { type Outcome, verdict } from '../outcome/outcome.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import { ok } from '../result.ts'
import { readInside } from '../shell/files.ts'
import { WorkerLog } from '../shell/output-log.ts'
import { criteriaChanged } from '../spec/changed-criteria.ts'
import type { Spec } from '../spec/spec.ts'
import type { Touched } from './checkout-guard.ts'
import { type CommandEnd, causeOf, runCommand, type Stopper } from './command.ts'
import type { Prepared, RunContext } from './context.ts'
import { readContextFiles } from './context-files.ts'
import { judgeAgent, judgeCriteria, judgeStep } from './judge.ts'
import { prepare } from './prepare.ts'
import { bringHome, commitLeftovers, finalizeSpecFile, type Saving, writePrompt } from './save.ts'

/** One worker's life, from worktree to finished branch. Answers its outcome once its processes are gone. */
export async function work(ctx: RunContext, planned: PlannedWorker, spec: Spec, stopper: Stopper): Promise<Outcome> {
  ctx.journal.append({ type: 'worker-preparing', specId: planned.specId })
  const prepared = await prepare(ctx, planned, spec)
  if (!prepared.ok) return prepared.error
  const worker = prepared.value
  using log = new WorkerLog([ctx.dir.log(planned.specId), ...ctx.registry.logFiles(planned.specId)])
  const lap: Lap = {
    ctx,
    planned,
    worker,
    stopper,
    log,
    saving: savingOf(planned, worker),
    output: [],
    commits: [],
  }
  const outcome = await attempt(lap)
  const restored = log.heal()
  if (restored.length > 0)
    ctx.journal.append({
      type: 'warning',
      code: 'log-restored',
      specId: planned.specId,
      message: `Its log was removed while it ran and was written anew: ${restored.join(', ')}`,
    })
  return await finish(lap, outcome)
}

/** What one worker carries from step to step. */
interface Lap {
  readonly ctx: RunContext
  readonly planned: PlannedWorker
  readonly worker: Prepared
  readonly stopper: Stopper
  readonly log: WorkerLog
  readonly saving: Saving
  output: readonly string[]
  commits: readonly string[]
  /** HEAD does not contain the start: the branch is left alone. */
  elsewhere?: boolean
}

/** setup → agent → its work → verify. The first thing that speaks against success is the outcome. */
async function attempt(lap: Lap): Promise<Outcome> {
  const { ctx, worker } = lap
  const { inputs } = ctx
  ctx.guard.enter(worker.specId)
  const ran = await runSetupAndAgent(lap)
  const touched = await ctx.guard.leave(worker.specId)
  if (touched && touched.suspects.length > 1) remarkOnTouch(ctx, touched)
  remarkOnEdits(lap)
  if (ran) return ran

  const unfinished = unfinishedIn(worker.worktree)
  const left = await commitLeftovers(ctx, lap.saving)
  if (!left.ok) return { type: 'worktree-error', message: left.error }
  lap.commits = left.value.commits
  if (unfinished) return { type: 'worktree-error', message: `The agent left a ${unfinished} unfinished` }
  if (left.value.elsewhere !== undefined) {
    lap.elsewhere = true
    return { type: 'worktree-error', message: left.value.elsewhere }
  }
  if (touched?.suspects.length === 1)
    return {
      type: 'checkout-touched',
      files: touched.files,
      message: `The main checkout was changed while only this worker was alive: ${touched.files.slice(0, 5).join(', ')}`,
    }
  if (lap.commits.length === 0 && !inputs.allowNoCommits)
    return { type: 'no-commits', message: 'The agent ended well, but changed nothing' }
  const open = inputs.skipCriteria
    ? undefined
    : judgeCriteria(worker.specId, worker.spec.file, readInside(worker.worktree.path, worker.specPath), worker.specText)
  if (open) return open
  const verified = await verify(lap)
  if (verified) return verified
  // Nothing is success after our own stop, and one may have come while the work was looked at.
  const stopped = judgeAgent(stopNow(lap), inputs)
  if (stopped) return stopped
  return lap.commits.length === 0
    ? { type: 'no-changes', message: 'Ended well with nothing to change' }
    : { type: 'completed', message: `${lap.commits.length} ${lap.commits.length === 1 ? 'commit' : 'commits'}` }
}

/**
 * A person may edit the spec while it is worked. Their file is never written to; the worker goes by the text from its start, and that
 * is said.
 */
function remarkOnEdits({ ctx, worker }: Lap): void {
  const { specId, spec, specText } = worker
  const now = readInside(ctx.run.project, spec.file)
  if (now === specText) return
  const what = now === undefined ? 'deleted' : 'edited'
  const criteria =
    now !== undefined && criteriaChanged(specId, spec.file, specText, now)
      ? '. Its acceptance criteria were changed, too: it is judged by those from the start'
      : ''
  ctx.journal.append({
    type: 'warning',
    code: `spec-${what}`,
    specId,
    message: `${spec.file} was ${what} in the workspace while it was worked; its branch has the text from the start${criteria}`,
  })
}

async function runSetupAndAgent(lap: Lap): Promise<Outcome | undefined> {
  const { inputs } = lap.ctx
  if (inputs.setup.trim() !== '') {
    const failed = judgeStep('setup', await run(lap, 'setup', inputs.setup), inputs)
    if (failed) return failed
  }
  const ended = await run(lap, 'agent', inputs.command)
  if (ended.type !== 'not-started') lap.output = ended.stdout
  return judgeAgent(ended, inputs)
}

async function verify(lap: Lap): Promise<Outcome | undefined> {
  const { ctx, worker } = lap
  if (ctx.inputs.verify.trim() === '') return undefined
  ctx.journal.append({ type: 'worker-verifying', specId: worker.specId })
  ctx.guard.enter(worker.specId)
  const ended = await run(lap, 'verify', ctx.inputs.verify)
  // The command is the workflow's own: what it does to the checkout is said, and not blamed on the next worker.
  remarkOnTouch(ctx, await ctx.guard.leave(worker.specId))
  return judgeStep('verify', ended, ctx.inputs)
}

function remarkOnTouch(ctx: RunContext, touched: Touched | undefined): void {
  if (!touched) return
  const files = touched.files.slice(0, 5).join(', ')
  const message = `The main checkout was changed (${files}) while ${touched.suspects.join(', ')} worked`
  ctx.journal.append({ type: 'warning', code: 'checkout-touched', message })
}

/** As if a command had ended now. */
function stopNow({ stopper }: Lap): CommandEnd {
  return stopper.signal.aborted
    ? { type: 'stopped', cause: causeOf(stopper.signal), stdout: [] }
    : { type: 'ended', exit: { type: 'code', code: 0 }, stdout: [] }
}

async function run(lap: Lap, role: 'setup' | 'agent' | 'verify', script: string): Promise<CommandEnd> {
  const { ctx, worker, stopper } = lap
  if (stopper.signal.aborted) return { type: 'stopped', cause: causeOf(stopper.signal), stdout: [] }
  const attempt = role === 'agent' ? 1 : 0
  const promptName = lap.planned.prompt ?? 'standard'
  const prompt = assemblePrompt({
    template: ctx.template(promptName),
    spec: worker.spec,
    specPath: worker.spec.file,
    worktreePath: worker.worktree.path,
    branch: worker.worktree.branch,
    projectName: ctx.run.project.slice(ctx.run.project.lastIndexOf('/') + 1),
    contextFiles: readContextFiles(worker.cwd, worker.spec.context),
  })
  const promptFile = writePrompt(ctx, worker.specId, attempt, prompt)
  const timeout = ctx.inputs.timeoutMinutes * 60_000
  const variables = workerEnvironment({
    specId: worker.specId,
    specFile: `${worker.worktree.path}/${worker.specPath}`,
    promptName,
    promptFile,
    worktree: worker.worktree.path,
    branch: worker.worktree.branch,
    attempt: Math.max(1, attempt),
    timeoutSeconds: Math.round(timeout / 1000),
    token: '',
  })
  const stdin = role === 'agent' ? promptFile : '/dev/null'
  // PWD is what programs take for their directory when they do not ask the kernel.
  const env = { ...ctx.environment, ...configEnvironment({ 'safe.directory': '*' }), ...variables, PWD: worker.cwd }
  return await runCommand(ctx, worker, { role, attempt, script, env, stdin, timeout }, stopper, lap.log)
}

/** Puts the work where people find it. After a cancelled run post does this: main has seconds. */
async function finish(lap: Lap, outcome: Outcome): Promise<Outcome> {
  const { ctx, worker, saving } = lap
  if (ctx.journal.board.stopping === 'signal') return outcome
  ctx.journal.append({ type: 'worker-finalizing', specId: worker.specId })
  const good = verdict(outcome) === 'succeeded'
  if (!good && !lap.elsewhere) {
    const left = await commitLeftovers(ctx, saving)
    if (!left.ok) return unsaved(outcome, left.error)
    lap.commits = left.value.commits
    lap.elsewhere = left.value.elsewhere !== undefined
  }
  // A cancelled spec stays ready: the next run works it again.
  const finalized =
    lap.elsewhere || verdict(outcome) === 'cancelled'
      ? ok(undefined)
      : await finalizeSpecFile(ctx, saving, {
          status: good ? 'completed' : 'failed',
          commits: lap.commits,
          model: lap.planned.model,
          output: lap.output,
        })
  // A spec that could not be finalised keeps nobody from getting the work.
  const home = await bringHome(
    ctx,
    { ...saving, elsewhere: lap.elsewhere === true },
    { commits: lap.commits, salvaged: !good },
  )
  if (!home.ok) return good ? { type: 'publish-error', message: home.error } : unsaved(outcome, home.error)
  return finalized.ok ? outcome : unsaved(outcome, finalized.error)
}

/** A failed worker keeps its own cause; what went wrong with saving is added, and the worktree stays for post. */
const unsaved = (outcome: Outcome, problem: string): Outcome =>
  verdict(outcome) === 'succeeded'
    ? { type: 'worktree-error', message: problem }
    : { ...outcome, message: `${outcome.message}; its work could not be saved: ${problem}` }

const savingOf = (planned: PlannedWorker, worker: Prepared): Saving => ({
  specId: worker.specId,
  title: planned.title,
  worktree: worker.worktree,
  base: worker.base,
  start: worker.start,
  specPath: worker.specPath,
  specText: worker.specText,
  specIgnored: worker.specIgnored,
})
