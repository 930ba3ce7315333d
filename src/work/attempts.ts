import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Judgement } from '../agent/adapter.ts'
import { workerEnvironment } from '../agent/environment.ts'
import type { FailureReason } from '../agent/event.ts'
import { priced } from '../agent/prices.ts'
import type { Exit } from '../board/event.ts'
import { configEnvironment } from '../git/git.ts'
import { treeOfLeftovers } from '../git/setup-leftovers.ts'
import type { Outcome } from '../outcome/outcome.ts'
import { clip, oneLine } from '../report/visible.ts'
import { steadyNow } from '../shell/clock.ts'
import { readable } from '../shell/output-reader.ts'
import type { WorkerLog } from '../shell/worker-log.ts'
import { IN_VAIN } from './agent-news.ts'
import { agentText } from './agent-text.ts'
import { askedModel, otherModelWords } from './asked-model.ts'
import type { Touched } from './checkout-guard.ts'
import { type CommandEnd, causeOf, rawFiles, runCommand, type WorkerCommand } from './command.ts'
import type { Prepared, RunContext } from './context.ts'
import type { AgentRun } from './crew.ts'
import { judgeAgent, judgeStep } from './judge.ts'
import { judgeAttempt } from './judge-attempt.ts'
import { writePrompt } from './save.ts'
import type { Answer, Turn } from './turn.ts'
import type { Assignment } from './worker.ts'
import { workerPrompt } from './worker-prompt.ts'

/** What the commands of one worker share. */
export interface Attempts extends Assignment {
  readonly ctx: RunContext
  readonly worker: Prepared
  readonly log: WorkerLog
  /** Of the newest attempt; before the first one, the account that it will be made on. */
  account: string
  /** The agent's last words, for the spec's `## Agent Output`. */
  output: readonly string[]
  /** What the agent gave as its result, as it came: not cleaned, and not to be shown. */
  result: () => string
}

/** What came of `setup` and the agent's attempts. */
export interface Attempted {
  /** undefined = nothing against it yet: its work is looked at next. */
  readonly outcome?: Outcome
  /** The main checkout was changed while nobody else could have done it. */
  readonly touched?: Touched
}

/** `setup`, then attempt after attempt in the same worktree, until one ends well or nothing more is tried. */
export async function makeAttempts(lap: Attempts): Promise<Attempted> {
  const { ctx } = lap
  const touches: Touched[] = []
  const guarded = async <T>(task: () => Promise<T>): Promise<T> => {
    ctx.guard.enter(lap.planned.specId)
    try {
      return await task()
    } finally {
      const touched = await ctx.guard.leave(lap.planned.specId)
      if (touched) touches.push(touched)
    }
  }
  const outcome = (await guarded(() => setup(lap))) ?? (await attemptAll(lap, guarded))
  for (const touched of touches) if (touched.suspects.length > 1) remarkOnTouch(ctx, touched)
  const touched = touches.find(({ suspects }) => suspects.length === 1)
  return { ...(outcome ? { outcome } : {}), ...(touched ? { touched } : {}) }
}

async function setup(lap: Attempts): Promise<Outcome | undefined> {
  const { inputs } = lap.ctx
  if (inputs.setup.trim() === '') return undefined
  const failed = judgeStep('setup', await runStep(lap, 'setup', inputs.setup), inputs)
  if (!failed) await noteSetupLeftovers(lap)
  return failed
}

/** So that what `setup` made is not taken for the agent's work. Where git cannot tell, it is. */
async function noteSetupLeftovers({ ctx, worker }: Attempts): Promise<void> {
  const { specId, worktree } = worker
  const tree = await treeOfLeftovers(ctx.repository, worktree)
  if (tree.ok && tree.value !== undefined) ctx.journal.append({ type: 'setup-left', specId, tree: tree.value })
}

async function attemptAll(
  lap: Attempts,
  guarded: <T>(task: () => Promise<T>) => Promise<T>,
): Promise<Outcome | undefined> {
  const { ctx, stopper } = lap
  const { specId } = lap.planned
  let { turn } = lap
  for (;;) {
    const held = await moment(lap, turn)
    if (held?.type === 'give-up') return held.outcome
    if (held) {
      turn = held.turn
      continue
    }
    const ended = await guarded(() => attempt(lap, turn))
    if (ended.type === 'well') return undefined
    if (ended.type === 'over') return ended.outcome
    const { attempt: number, account } = turn
    const { message, failure } = ended
    ctx.journal.append({ type: 'attempt-failed', specId, attempt: number, account, reason: failure.class, message })
    const answer = await Promise.race([lap.ask(failure), stopped(stopper.signal)])
    if (answer === undefined) return judgeAgent(stopNow(lap), ctx.inputs)
    if (answer.type === 'give-up') return answer.outcome
    turn = answer.turn
  }
}

/**
 * Waits for the moment at which a process may be started, for starts on one account are apart. Answers what to do instead, where by then
 * none may be. After our own stop there is nothing to ask: the attempt sees it first of all.
 */
async function moment({ stopper, hold }: Attempts, turn: Turn): Promise<Answer | undefined> {
  const wait = turn.notBefore - steadyNow()
  if (wait > 0) await sleep(wait, undefined, { signal: stopper.signal }).catch(() => undefined)
  const held = stopper.signal.aborted ? undefined : hold()
  return held && (await Promise.race([held, stopped(stopper.signal)]))
}

const stopped = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })

/** One process of the agent, from its start to its confirmed end. */
async function attempt(lap: Attempts, turn: Turn) {
  const { ctx, worker } = lap
  const usageFile = join(ctx.dir.raw, `${worker.specId}.usage-${turn.attempt}.json`)
  lap.account = turn.account
  const asked = askedModel(lap.planned, lap.spec)
  const run = ctx.crew.start(turn.account, { worktree: worker.cwd, model: asked, usageFile })
  const other = otherModelWords(asked, run, ctx.crew.fleet.accounts)
  if (other !== undefined) {
    const { specId } = worker
    ctx.journal.append({ type: 'warning', code: 'other-model', specId, message: ctx.cleaner.clean(other) })
  }
  const ended = await runRole(lap, 'agent', turn.attempt, { ...run, limited: lap.limited })
  // The agent could have put anything in its place, a pipe that nobody writes to among it.
  const told = run.usageFile.read?.(agentText(usageFile, []))
  if (told) {
    const usage = priced(ctx.prices, run.stream.seen.model ?? run.model.name, told)
    ctx.journal.append({ type: 'agent-usage', specId: worker.specId, attempt: turn.attempt, usage })
  }
  if (ended.type !== 'not-started') {
    const words = lastWordsOf(run)
    lap.output = words?.split('\n').map((line) => readable(line, true, ctx.cleaner)) ?? ended.stdout
    const { stdout } = rawFiles(ctx.dir.raw, worker.specId, { role: 'agent', attempt: turn.attempt })
    lap.result = () => words ?? agentText(stdout, ended.stdout)
  }
  const judgement = ended.type === 'ended' ? judge(run, ended.exit, ctx) : undefined
  return judgeAttempt(ended, judgement, ctx.inputs, { wall: Date.now(), steady: steadyNow() }, run)
}

/** Why an agent failed is told in one line everywhere. Characters. */
const MESSAGE_LENGTH = 1_000

/** Cleaned before it is cut: half a secret would not be found. */
function judge(run: AgentRun, exit: Exit, { cleaner: { clean }, inputs }: RunContext): Judgement {
  const judgement = judgeEnd(run, exit, inputs.stallMinutes)
  return { ...judgement, message: clip(clean(oneLine(clean(judgement.message))), MESSAGE_LENGTH) }
}

/** Where we ended it because it tried in vain, its exit says nothing; unless it had ended well before we could. */
function judgeEnd({ vain, stream }: AgentRun, exit: Exit, stallMinutes: number): Judgement {
  const judgement = stream.judge(exit)
  if (!vain.signal.aborted || judgement.type === 'success') return judgement
  const reason: FailureReason = vain.signal.reason
  const status = stream.seen.retry?.status
  const what = IN_VAIN.has(reason) ? 'refuses it' : `did not answer it for ${stallMinutes} min`
  const message = `Its provider ${what}${status === undefined ? '' : ` (status ${status})`}`
  return { type: 'failure', reason, message, retryAfterMs: undefined, resetsAt: stream.seen.resetsAt }
}

/** What it said at its end, as it came; undefined where that cannot be told apart from the rest of its output. */
const lastWordsOf = ({ stream }: AgentRun): string | undefined => stream.seen.result?.message || stream.seen.lastText

/** `setup` and `verify` are the workflow's own commands, with the environment of the agent that they belong to. */
export const runStep = (lap: Attempts, role: 'setup' | 'verify', script: string): Promise<CommandEnd> =>
  runRole(lap, role, 0, {
    file: 'bash',
    args: ['-eo', 'pipefail', '-c', script],
    env: lap.ctx.crew.environmentOf(lap.account),
  })

async function runRole(
  lap: Attempts,
  role: 'setup' | 'agent' | 'verify',
  attempt: number,
  program: Pick<AgentRun, 'file' | 'args' | 'env'> & Partial<AgentRun> & Pick<WorkerCommand, 'limited'>,
): Promise<CommandEnd> {
  const { ctx, worker, stopper } = lap
  if (stopper.signal.aborted) return { type: 'stopped', cause: causeOf(stopper.signal), stdout: [] }
  const prompt = workerPrompt(ctx.instructions, worker.spec, {
    worktreePath: worker.worktree.path,
    branch: worker.worktree.branch,
    contextFrom: { directory: worker.cwd, root: worker.worktree.path },
    attempt: Math.max(1, attempt),
  })
  if (attempt === 1 && prompt.remark !== undefined) {
    const { specId } = worker
    ctx.journal.append({ type: 'warning', code: 'context', specId, message: ctx.cleaner.clean(prompt.remark) })
  }
  const promptFile = writePrompt(ctx, worker.specId, attempt, prompt.text)
  const timeout = ctx.inputs.timeoutMinutes * 60_000
  const variables = workerEnvironment({
    specId: worker.specId,
    specFile: `${worker.worktree.path}/${worker.specPath}`,
    promptName: prompt.name,
    promptFile,
    worktree: worker.worktree.path,
    branch: worker.worktree.branch,
    model: program.model === undefined ? lap.planned.model : program.model.name,
    attempt: Math.max(1, attempt),
    timeoutSeconds: Math.round(timeout / 1000),
    token: '',
  })
  const stdin = role === 'agent' ? promptFile : '/dev/null'
  const env = {
    ...program.env,
    ...configEnvironment({ 'safe.directory': '*' }),
    ...variables,
    // What programs take for their directory when they do not ask the kernel.
    PWD: worker.cwd,
  }
  return await runCommand(ctx, worker, { ...program, role, attempt, env, stdin, timeout }, stopper, lap.log)
}

export function remarkOnTouch(ctx: RunContext, touched: Touched | undefined): void {
  if (!touched) return
  const files = touched.files.slice(0, 5).join(', ')
  const message = `The main checkout was changed (${files}) while ${touched.suspects.join(', ')} worked`
  ctx.journal.append({ type: 'warning', code: 'checkout-touched', message })
}

/** As if a command had ended now. */
export function stopNow({ stopper }: Pick<Attempts, 'stopper'>): CommandEnd {
  return stopper.signal.aborted
    ? { type: 'stopped', cause: causeOf(stopper.signal), stdout: [] }
    : { type: 'ended', exit: { type: 'code', code: 0 }, stdout: [] }
}
