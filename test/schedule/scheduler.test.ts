import { describe, expect, it } from 'vitest'
import type { PlannedWorker } from '../../src/plan/plan.ts'
import { step } from '../../src/schedule/scheduler.ts'
import {
  makeScheduler,
  type SchedulerAction,
  type SchedulerEvent,
  type SchedulerOptions,
  type SchedulerState,
} from '../../src/schedule/scheduler-state.ts'
import { aWorker, specId } from '../builders.ts'

/** No clock and no dice: without accounts the scheduler asks for neither. */
const AT_ONCE = { at: 0, random: 0 }

/** A run told in short words: each event answers with its actions as `type id detail` lines. */
function run(workers: readonly PlannedWorker[], options: Partial<SchedulerOptions> = {}) {
  let state: SchedulerState = makeScheduler(workers, { maxParallel: 2, failFast: false, ...options })
  const send = (event: SchedulerEvent): string[] => {
    const [next, actions] = step(state, event, AT_ONCE)
    state = next
    return actions.map(line)
  }
  return {
    begin: () => send({ type: 'begin' }),
    succeed: (id: string) => send({ type: 'worker-ended', specId: specId(id), succeeded: true }),
    fail: (id: string) => send({ type: 'worker-ended', specId: specId(id), succeeded: false }),
    cancel: () => send({ type: 'stop', cause: 'signal', running: 'stop' }),
    deadline: () => send({ type: 'stop', cause: 'deadline', running: 'finish' }),
  }
}

function line(action: SchedulerAction): string {
  switch (action.type) {
    case 'start':
      return `start ${action.specId}`
    case 'stop':
      return `stop ${action.specId} ${action.cause}`
    case 'end-unstarted':
      return `end ${action.specId} ${action.outcome.type}: ${action.outcome.message}`
    case 'wait':
      return `wait ${action.specId} ${action.until}`
    case 'give-up':
      return `give-up ${action.specId} ${action.outcome.type}`
    case 'finish':
      return 'finish'
  }
}

const a = aWorker({ id: 'a' })
const b = aWorker({ id: 'b', dependsOn: ['a'] })
const c = aWorker({ id: 'c', dependsOn: ['b'] })
const d = aWorker({ id: 'd' })
const e = aWorker({ id: 'e' })

describe('scheduler', () => {
  it('fills the slots in the order of the plan and refills each when its worker has ended', () => {
    const it = run([a, b, c, d, e])
    expect(it.begin()).toEqual(['start a', 'start d'])
    expect(it.succeed('d')).toEqual(['start e'])
    expect(it.succeed('a')).toEqual(['start b'])
    expect(it.succeed('b')).toEqual(['start c'])
    expect(it.succeed('e')).toEqual([])
    expect(it.succeed('c')).toEqual(['finish'])
  })

  it('prefers what the plan puts first, also when it becomes ready later', () => {
    const it = run([a, b, d, e], { maxParallel: 1 })
    expect([it.begin(), it.succeed('a'), it.succeed('b')]).toEqual([['start a'], ['start b'], ['start d']])
  })

  it('finishes at once with nothing to do', () => {
    const it = run([])
    expect(it.begin()).toEqual(['finish'])
    expect(it.begin()).toEqual([])
    expect(it.cancel()).toEqual([])
  })

  it('ends what needs a failed worker and goes on with the rest', () => {
    const it = run([a, b, c, d, e])
    it.begin()
    expect(it.fail('a')).toEqual([
      'end b dependency-failed: Needs a, which did not succeed',
      'end c dependency-failed: Needs b, which needs a, which did not succeed',
      'start e',
    ])
  })

  it('with fail-fast stops what runs and starts nothing more', () => {
    const it = run([a, b, d, e], { failFast: true })
    it.begin()
    expect(it.fail('a')).toEqual([
      'end b dependency-failed: Needs a, which did not succeed',
      'stop d fail-fast',
      'end e cancelled-before-start: Not started: another spec failed and fail-fast is set',
    ])
    expect(it.fail('d')).toEqual(['finish'])
  })

  it('keeps the slot of a worker that is being stopped until it has ended', () => {
    const it = run([a, b, d, e])
    it.begin()
    expect(it.cancel()).toEqual([
      'stop a signal',
      'stop d signal',
      'end b cancelled-before-start: Not started: the run was cancelled',
      'end e cancelled-before-start: Not started: the run was cancelled',
    ])
    expect([it.cancel(), it.deadline()]).toEqual([[], []])
    expect(it.succeed('a')).toEqual([])
    expect(it.fail('d')).toEqual(['finish'])
  })

  it('lets workers end after a deadline, until a later stop does not', () => {
    const it = run([a, b, d])
    it.begin()
    expect(it.deadline()).toEqual(['end b deadline-reached: Not started: the time of the run was up'])
    expect(it.succeed('a')).toEqual([])
    expect(it.cancel()).toEqual(['stop d signal'])
    expect(it.fail('d')).toEqual(['finish'])
  })

  it('may be stopped before it began', () => {
    const it = run([d])
    expect(it.cancel()).toEqual(['end d cancelled-before-start: Not started: the run was cancelled', 'finish'])
    expect(it.begin()).toEqual([])
  })

  it('ignores the end of a worker that does not run', () => {
    const it = run([a, b])
    it.begin()
    expect([it.succeed('b'), it.succeed('unknown')]).toEqual([[], []])
    it.succeed('a')
    expect(it.succeed('a')).toEqual([])
  })

  it('refuses a plan that could never end', () => {
    expect(() => run([aWorker({ id: 'x', dependsOn: ['y'] }), aWorker({ id: 'y', dependsOn: ['x'] })])).toThrow('cycle')
    expect(() => run([a], { maxParallel: 0 })).toThrow('maxParallel')
  })

  it('never changes a state', () => {
    const begun = step(makeScheduler([a, b, d], { maxParallel: 1, failFast: false }), { type: 'begin' }, AT_ONCE)[0]
    const succeed: SchedulerEvent = { type: 'worker-ended', specId: specId('a'), succeeded: true }
    const once = step(begun, succeed, AT_ONCE)
    expect(once[1].map(line)).toEqual(['start b'])
    expect(step(begun, { ...succeed, succeeded: false }, AT_ONCE)[1].map(line)).toEqual([
      expect.stringContaining('end b'),
      'start d',
    ])
    expect(step(begun, succeed, AT_ONCE)).toEqual(once)
  })
})
