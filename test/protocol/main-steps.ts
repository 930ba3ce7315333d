import type { EventBody } from '../../src/board/event.ts'
import type { Outcome, StopCause } from '../../src/outcome/outcome.ts'
import { verdict } from '../../src/outcome/outcome.ts'
import { step } from '../../src/schedule/scheduler.ts'
import { makeScheduler, type SchedulerAction } from '../../src/schedule/scheduler-state.ts'
import {
  AGENT,
  done,
  gone,
  indexOf,
  MAIN,
  noted,
  planned,
  plannedEvent,
  preparing,
  runFinished,
  running,
  runSettled,
  runStarted,
  runStopping,
  spawning,
  specOf,
  stopRequested,
  tokenOf,
  worktreeCreated,
} from './cast.ts'
import type { Journals } from './journal.ts'
import { type Eyes, kill } from './machine.ts'
import {
  BOTH,
  type Index,
  type Main,
  type Move,
  type Protocol,
  put,
  type Setting,
  type WorkerStep,
  type World,
} from './world.ts'

export interface Rules {
  readonly setting: Setting
  readonly protocol: Protocol
  readonly journals: Journals
  /** What main and recovery see. */
  readonly eyes: Eyes
  /** What is so. */
  readonly truth: Eyes
}

export const startMain = (setting: Setting): Main => ({
  phase: 'locking',
  at: ['queued', 'queued'],
  aborted: [false, false],
  scheduler: makeScheduler(planned(setting), { maxParallel: 2, failFast: false }),
  pending: [],
})

/** The protocol knows neither clock nor dice: its workers have one account without limits. */
const AT_ONCE = { at: 0, random: 0 }

/** What main does next: one thing, or one of several where its workers run side by side. */
export function* mainMoves(world: World, main: Main, rules: Rules): Generator<Move> {
  const { setting, journals, eyes, protocol } = rules
  const append = (event: EventBody) => journals.append(world.journal, event)
  const phase = (name: Main['phase'], more: Partial<World> = {}): Move => ({
    name: `main: ${name}`,
    world: { ...world, ...more, main: { ...main, phase: name } },
  })
  switch (main.phase) {
    case 'locking': {
      const taken = world.lock && protocol.lockAsksHolder && eyes.compare(world, world.lock) !== 'different'
      yield taken ? { name: 'main: refused', world: { ...world, main: undefined } } : phase('locked', { lock: MAIN })
      return
    }
    case 'locked':
      yield phase('started', { journal: append(runStarted) })
      return
    case 'started': {
      const [scheduler, pending] = step(main.scheduler, { type: 'begin' }, AT_ONCE)
      const next: Main = { ...main, phase: 'working', scheduler, pending }
      yield { name: 'main: planned', world: { ...world, journal: append(plannedEvent(setting)), main: next } }
      return
    }
    case 'working':
      yield* workingMoves(world, main, rules)
      return
    case 'finishing':
      // After a cancel the lock stays with us, who are about to end: the rest is for post.
      if (world.journal.board.stopping === 'signal')
        yield { name: 'main: left to post', world: { ...world, main: undefined } }
      else yield phase('reported', { journal: append(runFinished('success')) })
      return
    case 'reported':
      yield phase('settled', { journal: append(runSettled) })
      return
    case 'settled':
      yield { name: 'main: ended', world: { ...world, main: undefined, lock: undefined } }
  }
}

function* workingMoves(world: World, main: Main, rules: Rules): Generator<Move> {
  const [action, ...pending] = main.pending
  if (action) {
    // The scheduler's answer is carried out in one go: only a crash can come between.
    yield perform(world, { ...main, pending }, main, action, rules)
    return
  }
  for (const index of BOTH) yield* workerMoves(world, main, index, rules)
  if (world.budget.signals > 0) yield cancelled(world, main)
}

/** The runner's SIGINT, as `stopOnSignals` takes it. */
function cancelled(world: World, main: Main): Move {
  const [scheduler, pending] = step(main.scheduler, { type: 'stop', cause: 'signal', running: 'stop' }, AT_ONCE)
  const budget = { ...world.budget, signals: world.budget.signals - 1 }
  return { name: 'main: SIGINT', world: { ...world, budget, main: { ...main, scheduler, pending } } }
}

/** One action of the scheduler, as the executor performs it; `before` has it still pending. */
function perform(world: World, main: Main, before: Main, action: SchedulerAction, { journals }: Rules): Move {
  const name = `main: ${action.type}${action.type === 'finish' ? '' : ` ${indexOf(action.specId)}`}`
  const append = (body: EventBody, next: Main): Move => ({
    name,
    world: { ...world, journal: journals.append(world.journal, body), main: next },
  })
  const announce = (cause: StopCause): Move => append(runStopping(cause), before)
  switch (action.type) {
    case 'start':
      return append(preparing(indexOf(action.specId)), {
        ...main,
        at: put(main.at, indexOf(action.specId), 'preparing'),
      })
    case 'stop': {
      if (world.journal.board.stopping === undefined) return announce(action.cause)
      const aborted = put(main.aborted, indexOf(action.specId), true)
      return append(stopRequested(indexOf(action.specId)), { ...main, aborted })
    }
    case 'end-unstarted': {
      const { outcome, specId } = action
      if (outcome.type === 'cancelled-before-start' && world.journal.board.stopping === undefined)
        return announce(outcome.cause)
      return append(done(specId, outcome), { ...main, at: put(main.at, indexOf(specId), 'done') })
    }
    case 'wait':
    case 'give-up':
      throw new Error('only the provider of an agent can cause this, and there is none here')
    case 'finish':
      return { name, world: { ...world, main: { ...main, phase: 'finishing' } } }
  }
}

/** One worker's next step, in the order of `src/work/worker.ts` and `src/work/command.ts`. */
function* workerMoves(world: World, main: Main, index: Index, rules: Rules): Generator<Move> {
  const { journals, eyes, protocol } = rules
  const aborted = main.aborted[index]
  const to = (at: WorkerStep, more: Partial<World> = {}, wrong?: string): Move => ({
    name: `worker ${index}: ${at}`,
    world: { ...world, ...more, main: { ...main, at: put(main.at, index, at) } },
    ...(wrong === undefined ? {} : { wrong }),
  })
  const append = (...bodies: readonly EventBody[]) => ({
    journal: bodies.reduce((at, body) => journals.append(at, body), world.journal),
  })
  const lives = world.agents[index] !== 'none'
  const open = () => ({ agents: put(world.agents, index, lives ? 'open' : 'none') })
  switch (main.at[index]) {
    case 'queued':
    case 'done':
      return
    case 'preparing':
      yield to('worktree', append(worktreeCreated(index)))
      return
    case 'worktree':
      yield aborted ? to('gone') : to('intended', append(spawning(index)))
      return
    case 'intended':
      yield to('spawned', { agents: put(world.agents, index, protocol.gated ? 'waiting' : 'open') })
      return
    case 'spawned':
      // A gate that somebody killed by now cannot be recorded any more.
      if (!lives) yield to('gone', append(gone(index)))
      else if (protocol.recordBeforeOpen) yield to('recorded', append(running(index)))
      else yield to('recorded', aborted ? {} : open())
      return
    case 'recorded':
      yield to('filed', { files: put(world.files, index, AGENT[index].pid) })
      return
    case 'filed':
      if (protocol.recordBeforeOpen) yield to('opened', aborted ? {} : open())
      else yield to('opened', append(running(index)))
      return
    case 'opened': {
      const note = seesChild(world, index, rules) ? [noted(index)] : []
      if (note.length > 0) yield to('opened', append(...note))
      // A last look comes with the end.
      if (!lives || aborted) yield to('ended', append(...note))
      return
    }
    case 'ended': {
      if (!protocol.sweepBeforeGone && world.journal.board.processes.get(tokenOf(index))?.gone === undefined) {
        yield to('ended', append(gone(index)))
        return
      }
      const tracked = world.journal.board.processes.get(tokenOf(index))
      const members = tracked ? eyes.members(world, tracked) : []
      if (members.length === 0) {
        yield to('swept')
        return
      }
      const killed = kill(world, members)
      yield to('ended', killed.world, killed.wrong)
      return
    }
    case 'swept':
      yield to('unfiled', world.files[index] === AGENT[index].pid ? { files: put(world.files, index, 0) } : {})
      return
    case 'unfiled':
      yield to('gone', append(gone(index)))
      return
    case 'gone':
      for (const outcome of outcomes(main, index, rules.setting)) {
        const succeeded = verdict(outcome) === 'succeeded'
        const [scheduler, pending] = step(
          main.scheduler,
          { type: 'worker-ended', specId: specOf(index), succeeded },
          AT_ONCE,
        )
        const next = { ...main, at: put<WorkerStep>(main.at, index, 'done'), scheduler, pending }
        const { journal } = append(done(specOf(index), outcome))
        yield { name: `worker ${index}: ${outcome.type}`, world: { ...world, journal, main: next } }
      }
  }
}

function outcomes(main: Main, index: Index, { dependent }: Setting): readonly Outcome[] {
  if (main.aborted[index]) return [{ type: 'cancelled', cause: 'signal', message: '' }]
  const completed: Outcome = { type: 'completed', message: '' }
  return dependent && index === 0 ? [completed, { type: 'exit-non-zero', code: 1, message: '' }] : [completed]
}

/** Only what stands below a live command can be seen for the first time. */
function seesChild(world: World, index: Index, { eyes }: Rules): boolean {
  if (world.agents[index] === 'none' || !world.children[index]) return false
  const known = world.journal.board.processes.get(tokenOf(index))?.noted ?? []
  return known.length === 0 && eyes.noticesChild(world, index)
}
