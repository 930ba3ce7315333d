import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PlannedWorker } from '../../src/plan/plan.ts'
import { step } from '../../src/schedule/scheduler.ts'
import {
  makeScheduler,
  type SchedulerAction,
  type SchedulerEvent,
  type SchedulerOptions,
} from '../../src/schedule/scheduler-state.ts'
import { aWorker } from '../builders.ts'
import { runs } from '../random-cases.ts'

const AT_ONCE = { at: 0, random: 0 }

/** What the world does next: one of the running workers ends, or somebody stops the run. */
type Move =
  | { readonly type: 'end'; readonly which: number; readonly succeeded: boolean }
  | { readonly type: 'stop'; readonly running: 'stop' | 'finish' }

interface Scenario {
  readonly workers: readonly PlannedWorker[]
  readonly options: SchedulerOptions
  readonly moves: readonly Move[]
}

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('end' as const),
      which: fc.nat(),
      succeeded: fc.integer({ min: 0, max: 4 }).map((n) => n > 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('stop' as const),
      running: fc.constantFrom('stop' as const, 'finish' as const),
    }),
  },
)

/** Each worker depends on some with a smaller number; the plan has them in any order. */
const scenarios: fc.Arbitrary<Scenario> = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 25 })
  .map((rows) =>
    rows.map((row, n) =>
      aWorker({ id: `w${n}`, dependsOn: n === 0 ? [] : [...new Set(row.map((at) => `w${at % n}`))] }),
    ),
  )
  .chain((workers) =>
    fc.record({
      workers: fc.shuffledSubarray(workers, { minLength: workers.length }),
      options: fc.record({ maxParallel: fc.integer({ min: 1, max: 6 }), failFast: fc.boolean() }),
      moves: fc.array(moves, { maxLength: 60 }),
    }),
  )

/** Plays the world until the run finishes, and checks every rule on the way. */
function play({ workers, options, moves }: Scenario): void {
  let state = makeScheduler(workers, options)
  const byId = new Map(workers.map((worker) => [worker.specId, worker]))
  const running = new Set<string>()
  const asked = new Set<string>()
  const succeeded = new Set<string>()
  const ended: string[] = []
  let stopped = false
  let finished = false

  const perform = (action: SchedulerAction): void => {
    expect(finished).toBe(false)
    switch (action.type) {
      case 'start':
        expect(stopped).toBe(false)
        expect([...running, ...ended]).not.toContain(action.specId)
        for (const need of byId.get(action.specId)?.dependsOn ?? []) expect(succeeded).toContain(need)
        running.add(action.specId)
        expect(running.size).toBeLessThanOrEqual(options.maxParallel)
        return
      case 'stop':
        expect(running).toContain(action.specId)
        expect(asked).not.toContain(action.specId)
        asked.add(action.specId)
        return
      case 'end-unstarted':
        expect([...running, ...ended]).not.toContain(action.specId)
        ended.push(action.specId)
        return
      case 'finish':
        finished = true
    }
  }
  const send = (event: SchedulerEvent): void => {
    const [next, actions] = step(state, event, AT_ONCE)
    state = next
    if (event.type === 'stop' || (options.failFast && event.type === 'worker-ended' && !event.succeeded)) stopped = true
    for (const action of actions) perform(action)
    if (stopped && state.stopping?.running === 'stop') expect([...asked]).toEqual(expect.arrayContaining([...running]))
  }

  send({ type: 'begin' })
  const script = [...moves]
  while (!finished) {
    // Without a free slot or a ready worker the run would hang here.
    expect(running.size).toBeGreaterThan(0)
    const move = script.shift() ?? { type: 'end', which: 0, succeeded: true }
    if (move.type === 'stop') {
      send({ type: 'stop', cause: 'signal', running: move.running })
      continue
    }
    const worker = [...workers].filter(({ specId }) => running.has(specId))[move.which % running.size]
    if (worker === undefined) continue
    running.delete(worker.specId)
    ended.push(worker.specId)
    if (move.succeeded) succeeded.add(worker.specId)
    send({ type: 'worker-ended', specId: worker.specId, succeeded: move.succeeded })
  }
  expect(ended.sort()).toEqual([...byId.keys()].sort())
  send({ type: 'stop', cause: 'signal', running: 'stop' })
}

it('keeps its rules whatever happens', () => {
  fc.assert(fc.property(scenarios, play), { numRuns: runs(1000) })
})

it('uses every slot it may: with no dependencies as many run as there are slots', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 8 }), (count, maxParallel) => {
      const workers = Array.from({ length: count }, (_, n) => aWorker({ id: `w${n}` }))
      const [, actions] = step(makeScheduler(workers, { maxParallel, failFast: false }), { type: 'begin' }, AT_ONCE)
      expect(actions).toHaveLength(Math.min(count, maxParallel))
    }),
  )
})

it.each([
  ['side by side', () => []],
  ['in a row', (n: number) => (n === 0 ? [] : [`w${n - 1}`])],
  ['in a mesh', (n: number) => [n - 1, n - 9, n - 300].filter((at) => at >= 0).map((at) => `w${at}`)],
  ['behind one', (n: number) => (n === 0 ? [] : ['w0'])],
])('works ten thousand workers %s, and forgets none', (_, dependsOn) => {
  const workers = Array.from({ length: 10_000 }, (_, n) => aWorker({ id: `w${n}`, dependsOn: dependsOn(n) }))
  let state = makeScheduler(workers, { maxParallel: 64, failFast: false })
  const open: SchedulerEvent[] = [{ type: 'begin' }]
  let started = 0
  for (const event of open) {
    const [next, actions] = step(state, event, AT_ONCE)
    state = next
    for (const action of actions) {
      if (action.type !== 'start') continue
      started++
      open.push({ type: 'worker-ended', specId: action.specId, succeeded: true })
    }
  }
  expect(started).toBe(10_000)
  expect(state.left).toBe(0)
})

it('stops or fails ten thousand at once', () => {
  const workers = Array.from({ length: 10_000 }, (_, n) =>
    aWorker({ id: `w${n}`, dependsOn: n === 0 ? [] : [`w${n - 1}`] }),
  )
  const [begun, [first]] = step(
    makeScheduler(workers, { maxParallel: 64, failFast: false }),
    { type: 'begin' },
    AT_ONCE,
  )
  expect(step(begun, { type: 'stop', cause: 'signal', running: 'stop' }, AT_ONCE)[1]).toHaveLength(10_000)
  if (first?.type === 'start') {
    expect(step(begun, { type: 'worker-ended', specId: first.specId, succeeded: false }, AT_ONCE)[1]).toHaveLength(
      10_000,
    )
  }
})
