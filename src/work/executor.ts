import { messageOf } from '../message.ts'
import type { Outcome, StopCause } from '../outcome/outcome.ts'
import { verdict } from '../outcome/outcome.ts'
import type { Plan } from '../plan/plan.ts'
import { unreachable } from '../result.ts'
import type { AttemptFailure } from '../schedule/failure.ts'
import type { Fleet } from '../schedule/fleet.ts'
import { napMs } from '../schedule/nap.ts'
import type { LimitSeen } from '../schedule/retry.ts'
import { mayBegin, step } from '../schedule/scheduler.ts'
import { makeScheduler, type SchedulerAction, type SchedulerEvent } from '../schedule/scheduler-state.ts'
import { onTheWall, steadyNow } from '../shell/clock.ts'
import type { SpecId } from '../spec/spec.ts'
import { AccountNews } from './account-news.ts'
import type { Stopper } from './command.ts'
import type { RunContext } from './context.ts'
import type { Answer, Turn } from './turn.ts'
import { work } from './worker.ts'

export interface Execution {
  /** Settles when every worker has its outcome. */
  readonly finished: Promise<void>
  /** Nothing new starts; with `stop` everything that runs is stopped, with `finish` it may end. The first cause stays. */
  readonly end: (cause: StopCause, running: 'stop' | 'finish') => void
}

/** Carries out what the scheduler decides. The scheduler knows nothing of processes, and this knows nothing of order. */
export function execute(ctx: RunContext, plan: Plan, fleet: Fleet): Execution {
  const planned = new Map(plan.workers.map((worker) => [worker.specId, worker]))
  const stoppers = new Map<SpecId, Stopper>()
  /** Workers that asked what to do after an attempt. */
  const asking = new Map<SpecId, (answer: Answer) => void>()
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>()
  const news = new AccountNews(ctx.journal)
  let alarm: NodeJS.Timeout | undefined
  let state = makeScheduler(plan.workers, {
    maxParallel: ctx.run.maxParallel,
    failFast: ctx.inputs.failFast,
    fleet,
  })

  const dispatch = (event: SchedulerEvent): void => {
    const at = steadyNow()
    const [next, actions] = step(state, event, { at, random: Math.random() })
    state = next
    news.tell(state.accounts, at)
    for (const action of actions) perform(action)
    clearTimeout(alarm)
    const nap = napMs(state, at, steadyNow())
    if (nap !== undefined) alarm = setTimeout(() => dispatch({ type: 'tick' }), nap)
  }

  const perform = (action: SchedulerAction): void => {
    switch (action.type) {
      case 'start':
        return asking.has(action.specId)
          ? answer(action.specId, { type: 'go-on', turn: action })
          : start(action.specId, action)
      case 'stop':
        announce(action.cause)
        return stoppers.get(action.specId)?.stop(action.cause)
      case 'wait': {
        const { specId, until } = action
        return void ctx.journal.append({
          type: 'worker-waiting',
          specId,
          until: new Date(onTheWall(until)).toISOString(),
        })
      }
      case 'give-up':
        return answer(action.specId, { type: 'give-up', outcome: action.outcome })
      case 'end-unstarted':
        if (action.outcome.type === 'cancelled-before-start') announce(action.outcome.cause)
        return end(action.specId, action.outcome)
      case 'finish':
        return resolve()
      default:
        return unreachable(action)
    }
  }

  const answer = (specId: SpecId, words: Answer): void => {
    asking.get(specId)?.(words)
    asking.delete(specId)
  }

  /** The worker has no process any more, and waits here for what the scheduler says: now, or when its time has come. */
  const ask = (specId: SpecId, failure: AttemptFailure): Promise<Answer> =>
    new Promise((settle) => {
      asking.set(specId, settle)
      dispatch({ type: 'attempt-failed', specId, failure })
    })

  /** A moment ago its turn had come: unless that has changed, nothing is to be waited for. */
  const hold = (specId: SpecId): Promise<Answer> | undefined =>
    mayBegin(state, specId, steadyNow())
      ? undefined
      : new Promise((settle) => {
          asking.set(specId, settle)
          dispatch({ type: 'attempt-held', specId })
        })

  const start = (specId: SpecId, turn: Turn): void => {
    const worker = planned.get(specId)
    const spec = ctx.specs.get(specId)
    if (!worker || !spec) throw new Error(`unplanned worker ${specId}`)
    const stopper = makeStopper(ctx, specId)
    stoppers.set(specId, stopper)
    ctx.registry.lock(specId)
    const asks = { ask: (failure: AttemptFailure) => ask(specId, failure), hold: () => hold(specId) }
    const limited = (limit: LimitSeen) => dispatch({ type: 'limit-seen', specId, limit })
    void work(ctx, { planned: worker, spec, stopper, turn, limited, ...asks })
      .catch(
        (error: unknown): Outcome => ({
          type: 'internal-error',
          message: messageOf(error),
        }),
      )
      .then((outcome) => {
        ctx.registry.unlock(specId, process.pid)
        stoppers.delete(specId)
        end(specId, outcome)
        const how = verdict(outcome)
        dispatch({ type: 'worker-ended', specId, succeeded: how === 'succeeded', isNeutral: how === 'not-run' })
      })
      // A journal that cannot be written ends the run: nothing may happen that is not on record.
      .catch(reject)
  }

  const end = (specId: SpecId, outcome: Outcome): void => {
    const message = ctx.cleaner.clean(outcome.message)
    ctx.journal.append({ type: 'worker-done', specId, outcome: { ...outcome, message } })
  }

  const announce = (cause: StopCause): void => {
    const { stopping } = ctx.journal.board
    if (!stopping || (cause === 'signal' && stopping !== 'signal')) ctx.journal.append({ type: 'run-stopping', cause })
  }

  dispatch({ type: 'begin' })
  return {
    finished,
    end: (cause, running) => {
      announce(cause)
      dispatch({ type: 'stop', cause, running })
    },
  }
}

/** The cause is on record before anybody is signalled. */
function makeStopper(ctx: RunContext, specId: SpecId): Stopper {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    stop: (cause) => {
      if (controller.signal.aborted) return
      ctx.journal.append({ type: 'stop-requested', specId, cause })
      controller.abort(cause)
    },
  }
}
