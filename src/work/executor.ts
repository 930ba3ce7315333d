import type { Outcome, StopCause } from '../outcome/outcome.ts'
import { verdict } from '../outcome/outcome.ts'
import type { Plan } from '../plan/plan.ts'
import { unreachable } from '../result.ts'
import { makeScheduler, type SchedulerAction, type SchedulerEvent, step } from '../schedule/scheduler.ts'
import type { SpecId } from '../spec/spec.ts'
import type { Stopper } from './command.ts'
import type { RunContext } from './context.ts'
import { work } from './worker.ts'

export interface Execution {
  /** Settles when every worker has its outcome. */
  readonly finished: Promise<void>
  /** Nothing new starts; with `stop` everything that runs is stopped, with `finish` it may end. The first cause stays. */
  readonly end: (cause: StopCause, running: 'stop' | 'finish') => void
}

/** Carries out what the scheduler decides. The scheduler knows nothing of processes, and this knows nothing of order. */
export function execute(ctx: RunContext, plan: Plan): Execution {
  const planned = new Map(plan.workers.map((worker) => [worker.specId, worker]))
  const stoppers = new Map<SpecId, Stopper>()
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>()
  let state = makeScheduler(plan.workers, { maxParallel: ctx.run.maxParallel, failFast: ctx.inputs.failFast })

  const dispatch = (event: SchedulerEvent): void => {
    const [next, actions] = step(state, event)
    state = next
    for (const action of actions) perform(action)
  }

  const perform = (action: SchedulerAction): void => {
    switch (action.type) {
      case 'start':
        return start(action.specId)
      case 'stop':
        announce(action.cause)
        return stoppers.get(action.specId)?.stop(action.cause)
      case 'end-unstarted':
        if (action.outcome.type === 'cancelled-before-start') announce(action.outcome.cause)
        return end(action.specId, action.outcome)
      case 'finish':
        return resolve()
      default:
        return unreachable(action)
    }
  }

  const start = (specId: SpecId): void => {
    const worker = planned.get(specId)
    const spec = ctx.specs.get(specId)
    if (!worker || !spec) throw new Error(`unplanned worker ${specId}`)
    const stopper = makeStopper(ctx, specId)
    stoppers.set(specId, stopper)
    ctx.registry.lock(specId)
    void work(ctx, worker, spec, stopper)
      .catch(
        (error: unknown): Outcome => ({
          type: 'internal-error',
          message: error instanceof Error ? error.message : String(error),
        }),
      )
      .then((outcome) => {
        ctx.registry.unlock(specId, process.pid)
        stoppers.delete(specId)
        end(specId, outcome)
        dispatch({ type: 'worker-ended', specId, succeeded: verdict(outcome) === 'succeeded' })
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
