import { modelName, recordedModel } from '../config/model-name.ts'
import { unfinishedIn } from '../git/unfinished.ts'
import { type Outcome, verdict } from '../outcome/outcome.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import { ok } from '../result.ts'
import type { AttemptFailure } from '../schedule/failure.ts'
import type { LimitSeen } from '../schedule/retry.ts'
import { readInside } from '../shell/files.ts'
import { WorkerLog } from '../shell/worker-log.ts'
import { criteriaChanged } from '../spec/changed-criteria.ts'
import type { Spec } from '../spec/spec.ts'
import { type Attempts, makeAttempts, remarkOnTouch, runStep, stopNow } from './attempts.ts'
import type { Stopper } from './command.ts'
import type { Prepared, RunContext } from './context.ts'
import { judgeAgent, judgeCriteria, judgeResult, judgeStep } from './judge.ts'
import { withFreeBranch } from './own-branch.ts'
import { prepare } from './prepare.ts'
import { bringHome, commitLeftovers, finalizeSpecFile, type Saving } from './save.ts'
import type { Answer, Turn } from './turn.ts'

/** What the executor gives a worker. */
export interface Assignment {
  readonly planned: PlannedWorker
  readonly spec: Spec
  readonly stopper: Stopper
  /** Its first attempt. */
  readonly turn: Turn
  /** What to do after an attempt that its provider let down. The worker may have no process meanwhile. */
  readonly ask: (failure: AttemptFailure) => Promise<Answer>
  /** Asked just before a process is started: undefined = it may be; else what to do, once that is known. */
  readonly hold: () => Promise<Answer> | undefined
  /** Its agent met a limit, and goes on. */
  readonly limited: (limit: LimitSeen) => void
}

/** One worker's life, from worktree to finished branch. Answers its outcome once its processes are gone. */
export async function work(ctx: RunContext, assignment: Assignment): Promise<Outcome> {
  const { planned, spec } = assignment
  ctx.journal.append({ type: 'worker-preparing', specId: planned.specId })
  const prepared = await prepare(ctx, planned, spec)
  if (!prepared.ok) return prepared.error
  const worker = prepared.value
  using log = new WorkerLog([ctx.dir.log(planned.specId), ...ctx.registry.logFiles(planned.specId)])
  const lap: Lap = {
    ...assignment,
    ctx,
    worker,
    log,
    account: assignment.turn.account,
    saving: savingOf(planned, worker),
    output: [],
    result: () => '',
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
interface Lap extends Attempts {
  readonly saving: Saving
  commits: readonly string[]
  /** HEAD does not contain the start: the branch is left alone. */
  elsewhere?: boolean
}

/** setup → agent → its work → verify. The first thing that speaks against success is the outcome. */
async function attempt(lap: Lap): Promise<Outcome> {
  const { ctx, worker } = lap
  const { inputs } = ctx
  const { outcome: ran, touched } = await makeAttempts(lap)
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
  if (touched)
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
  const misfit = checkResult(lap)
  if (misfit) return misfit
  const verified = await verify(lap)
  if (verified) return verified
  // Nothing is success after our own stop, and one may have come while the work was looked at.
  const stopped = judgeAgent(stopNow(lap), inputs)
  if (stopped) return stopped
  return lap.commits.length === 0
    ? { type: 'no-changes', message: 'Ended well with nothing to change' }
    : { type: 'completed', message: `${lap.commits.length} ${lap.commits.length === 1 ? 'commit' : 'commits'}` }
}

/** The JSON that the spec wants of its agent. Where the project is not strict, what is wrong with it is a warning, as in chant. */
function checkResult({ ctx, worker, result }: Lap): Outcome | undefined {
  const schema = ctx.instructions.outputSchemaOf(worker.specId)
  if (!schema) return undefined
  const misfit = judgeResult(schema, result(), ctx.cleaner.clean)
  if (!misfit || ctx.instructions.strictOutput) return misfit
  const { specId } = worker
  ctx.journal.append({ type: 'warning', code: 'output-invalid', specId, message: ctx.cleaner.clean(misfit.message) })
  return undefined
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

async function verify(lap: Lap): Promise<Outcome | undefined> {
  const { ctx, worker } = lap
  if (ctx.inputs.verify.trim() === '') return undefined
  ctx.journal.append({ type: 'worker-verifying', specId: worker.specId })
  ctx.guard.enter(worker.specId)
  const ended = await runStep(lap, 'verify', ctx.inputs.verify)
  // The command is the workflow's own: what it does to the checkout is said, and not blamed on the next worker.
  remarkOnTouch(ctx, await ctx.guard.leave(worker.specId))
  return judgeStep('verify', ended, ctx.inputs)
}

/** Puts the work where people find it. After a cancelled run post does this: main has seconds. */
async function finish(lap: Lap, outcome: Outcome): Promise<Outcome> {
  const { ctx, worker } = lap
  if (ctx.journal.board.stopping === 'signal') return outcome
  ctx.journal.append({ type: 'worker-finalizing', specId: worker.specId })
  const good = verdict(outcome) === 'succeeded'
  if (!good && !lap.elsewhere) {
    const left = await commitLeftovers(ctx, lap.saving)
    if (!left.ok) return unsaved(outcome, left.error)
    lap.commits = left.value.commits
    lap.elsewhere = left.value.elsewhere !== undefined
  }
  const saving = await withFreeBranch(ctx, lap.saving)
  // A cancelled spec stays ready, and one without quota: the next run works it again.
  const finalized =
    lap.elsewhere || ['cancelled', 'not-run'].includes(verdict(outcome))
      ? ok(undefined)
      : await finalizeSpecFile(ctx, saving, {
          status: good ? 'completed' : 'failed',
          commits: lap.commits,
          // As in chant, only what is completed says by what: a failed spec that is worked again is free to take another.
          model: good ? recordedModel(modelOf(lap), lap.worker.spec.model) : undefined,
          asksApproval: good && asksApproval(lap),
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

/** The one that was asked for; where nobody did, the one that its agent said it uses, if that is a name at all. */
function modelOf({ ctx, planned }: Lap): string | undefined {
  const { asked = planned.model ?? '', model: told } = ctx.journal.board.workers.get(planned.specId) ?? {}
  if (asked !== '') return asked
  // What had line ends has blanks by now: the identifier of a model has neither.
  return told !== undefined && !/\s/.test(told) && modelName(told).ok ? told : undefined
}

/** Whatever is on the branch was made by an agent. Where the spec had an approval before the work, that one stands. */
const asksApproval = ({ ctx, worker, commits }: Lap): boolean =>
  ctx.settings.approvalOfAgentWork.value && commits.length > 0 && worker.spec.approval === undefined

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
