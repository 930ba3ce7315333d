import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttemptFailure, FailureClass } from '../../src/schedule/failure.ts'
import { type Fleet, ONE_ACCOUNT } from '../../src/schedule/fleet.ts'
import { napMs } from '../../src/schedule/nap.ts'
import { mayBegin, step, wakeAt } from '../../src/schedule/scheduler.ts'
import { makeScheduler, type SchedulerAction, type SchedulerEvent } from '../../src/schedule/scheduler-state.ts'
import { aWorker, specId } from '../builders.ts'
import { runs } from '../random-cases.ts'
import { toldRun } from './told-run.ts'

const aFleet = (over: Partial<Fleet> = {}): Fleet => ({
  ...ONE_ACCOUNT,
  accounts: [{ name: 'main', maxConcurrent: 4, weight: 1 }],
  maxAttempts: 3,
  backoff: { delayMs: 1000, multiplier: 2 },
  ...over,
})
const two = [
  { name: 'one', maxConcurrent: 4, weight: 1 },
  { name: 'two', maxConcurrent: 4, weight: 1 },
]

const aFailure = (kind: FailureClass, resetsAt?: number): AttemptFailure => ({
  class: kind,
  outcome:
    kind === 'rate-limit' || kind === 'quota'
      ? { type: 'rate-limited', message: '429' }
      : { type: 'exit-non-zero', code: 1, message: kind },
  ...(resetsAt === undefined ? {} : { resetsAt }),
})

function run(ids: readonly string[], fleet: Fleet, maxParallel = 4) {
  const workers = ids.map((id) => aWorker({ id }))
  const told = toldRun(workers, { maxParallel, fleet }, (actions) => actions.map(line))
  return {
    ...told,
    fails: (id: string, kind: FailureClass, resetsAt?: number) => told.failsWith(id, aFailure(kind, resetsAt)),
    limited: (id: string, waitMs: number | undefined, isFirst: boolean) =>
      told.send({
        type: 'limit-seen',
        specId: specId(id),
        limit: { isFirst, ...(waitMs === undefined ? {} : { waitMs }) },
      }),
    stop: (cause: 'signal' | 'budget') =>
      told.send({ type: 'stop', cause, running: cause === 'signal' ? 'stop' : 'finish' }),
  }
}

function line(action: SchedulerAction): string {
  switch (action.type) {
    case 'start':
      return `start ${action.specId} on ${action.account}, attempt ${action.attempt}`
    case 'stop':
      return `stop ${action.specId} ${action.cause}`
    case 'wait':
      return `wait ${action.specId} ${action.until}`
    case 'give-up':
      return `give-up ${action.specId} ${action.outcome.type}${/; not tried again.*/.exec(action.outcome.message)?.[0] ?? ''}`
    case 'end-unstarted':
      return `end ${action.specId} ${action.outcome.type}`
    case 'finish':
      return 'finish'
  }
}

describe('a limit that an agent waits out by itself', () => {
  it('pauses and halves its account once, and is prolonged by the same agent', () => {
    const it = run(['a', 'b', 'c'], aFleet(), 2)
    expect(it.begin()).toEqual(['start a on main, attempt 1', 'start b on main, attempt 1'])
    expect(it.limited('a', 5000, true)).toEqual([])
    expect(it.account(0)).toMatchObject({ limit: 1, pausedUntil: 5000, running: 2 })
    it.at(100)
    it.limited('b', 1000, true)
    expect(it.account(0)).toMatchObject({ limit: 1, pausedUntil: 5000 })
    expect(it.succeed('b')).toEqual([])
    expect(it.wake()).toBe(5000)
    it.limited('a', 6900, false)
    expect(it.account(0)).toMatchObject({ limit: 2, pausedUntil: 7000 })
    expect(it.at(5000)).toEqual([])
    it.limited('a', undefined, false)
    expect(it.account(0)).toMatchObject({ limit: 2, pausedUntil: 7000 })
    expect(it.at(7000)).toEqual(['start c on main, attempt 1'])
  })

  it('is nothing to an account that nobody works on any more, and never longer than an hour', () => {
    const it = run(['a', 'b'], aFleet(), 1)
    it.begin()
    it.succeed('a')
    it.limited('a', 5000, true)
    expect(it.account(0)?.pausedUntil).toBeLessThan(0)
    it.limited('b', 1e12, true)
    expect(it.account(0)?.pausedUntil).toBe(3_600_000)
  })
})

describe('a model that its account does not have', () => {
  it('ends the worker at once, and nobody else', () => {
    const it = run(['a', 'b'], aFleet(), 1)
    expect(it.begin()).toEqual(['start a on main, attempt 1'])
    expect(it.fails('a', 'model')).toEqual(['give-up a exit-non-zero', 'start b on main, attempt 1'])
    it.end('a')
    expect(it.account(0)).toMatchObject({ limit: 1 })
    expect(it.account(0)?.stopped).toBeUndefined()
  })

  it('is looked for on every other account, once', () => {
    const it = run(['a'], aFleet({ accounts: two }))
    expect(it.begin()).toEqual(['start a on one, attempt 1'])
    expect(it.fails('a', 'model')).toEqual(['wait a 0', 'start a on two, attempt 2'])
    expect(it.fails('a', 'model')).toEqual(['give-up a exit-non-zero'])
  })
})

describe('an attempt that its provider let down', () => {
  it('is made again after a pause that grows, and gives up with the last attempt', () => {
    const it = run(['a'], aFleet())
    expect(it.begin()).toEqual(['start a on main, attempt 1'])
    expect(it.fails('a', 'overloaded')).toEqual(['wait a 500'])
    expect([it.wake(), it.at(499), it.at(500)]).toEqual([500, [], ['start a on main, attempt 2']])
    expect(it.fails('a', 'network')).toEqual(['wait a 1500'])
    expect(it.at(1500)).toEqual(['start a on main, attempt 3'])
    expect(it.fails('a', 'overloaded')).toEqual(['give-up a exit-non-zero'])
    expect(it.end('a')).toEqual(['finish'])
  })

  it('leaves its slot to others while it waits', () => {
    const it = run(['a', 'b'], aFleet(), 1)
    expect(it.begin()).toEqual(['start a on main, attempt 1'])
    expect(it.fails('a', 'overloaded')).toEqual(['wait a 500', 'start b on main, attempt 1'])
    expect(it.at(600)).toEqual([])
    expect(it.succeed('b')).toEqual(['start a on main, attempt 2'])
  })

  it('is first again by its place in the plan', () => {
    const it = run(['a', 'b', 'c'], aFleet(), 1)
    it.begin()
    it.fails('a', 'overloaded')
    it.at(500)
    expect(it.succeed('b')).toEqual(['start a on main, attempt 2'])
  })
})

describe('what a provider tells of time', () => {
  it('is no advice where it has passed: the pause is that of any other failure', () => {
    const it = run(['a', 'b'], aFleet(), 1)
    it.begin()
    it.at(10_000)
    expect(it.fails('a', 'rate-limit', 9_000)).toEqual(['wait a 10500'])
    expect(it.at(10_500)).toEqual(['start a on main, attempt 2'])
    expect(it.fails('a', 'overloaded', 9_000)).toEqual(['wait a 11500', 'start b on main, attempt 1'])
  })

  it('makes nobody wait for days, even where another account would not help', () => {
    const it = run(['a'], aFleet())
    it.begin()
    expect(it.fails('a', 'overloaded', Number.MAX_VALUE)).toEqual(['wait a 3600000'])
    expect(it.wake()).toBe(3_600_000)
  })
})

describe('a move to another account', () => {
  it('is none of the attempts that are allowed', () => {
    const it = run(['a'], aFleet({ accounts: two, maxAttempts: 2 }))
    it.begin()
    expect(it.fails('a', 'quota')).toEqual(['wait a 0', 'start a on two, attempt 2'])
    expect(it.fails('a', 'overloaded')).toEqual(['wait a 1000'])
    expect(it.at(1000)).toEqual(['start a on two, attempt 3'])
    expect(it.fails('a', 'overloaded')).toEqual(['give-up a exit-non-zero'])
  })
})

describe('the alarm for the next attempt', () => {
  it('rings for a time that came while nobody looked, once and not early', () => {
    const [state] = step(start(), { type: 'attempt-failed', specId: specId('a'), failure: aFailure('overloaded') }, AT)
    // Due at 500.25: looked at after 500, the clock already says 501 when the alarm is set.
    expect(napMs(state, 0, 0)).toBe(501)
    expect(napMs(state, 500, 501)).toBe(1)
    expect(napMs(state, 501, 501)).toBeUndefined()
  })
  const AT = { at: 0, random: 0.50025 }
  const start = () => {
    const fresh = makeScheduler([aWorker({ id: 'a' })], { maxParallel: 1, failFast: false, fleet: aFleet() })
    return step(fresh, { type: 'begin' }, AT)[0]
  }
})

describe('a rate limit', () => {
  it('pauses the account for everybody until its reset, and halves what runs at once after it', () => {
    const it = run(['a', 'b', 'c', 'd', 'e'], aFleet(), 5)
    expect(it.begin()).toHaveLength(4)
    expect(it.fails('a', 'rate-limit', 30_000)).toEqual(['wait a 30000'])
    expect(it.succeed('b')).toEqual([])
    expect(it.wake()).toBe(30_000)
    expect(it.at(30_000)).toEqual(['start a on main, attempt 2'])
    expect(it.account(0)?.limit).toBe(3)
  })

  it('halves what could run at once where the account itself has no limit', () => {
    const unlimited = aFleet({ accounts: ONE_ACCOUNT.accounts })
    const it = run(['a', 'b', 'c', 'd', 'e', 'f'], unlimited, 4)
    expect(it.begin()).toHaveLength(4)
    it.fails('a', 'rate-limit', 30_000)
    expect(it.account(0)?.limit).toBe(2)
    for (const id of ['b', 'c', 'd']) expect(it.succeed(id)).toEqual([])
    // Each success makes room for one more, but for no more than could run at all.
    expect(it.account(0)?.limit).toBe(4)
    // More than there are specs never run at once.
    const few = run(['a', 'b', 'c'], unlimited, 16)
    few.begin()
    few.fails('a', 'rate-limit', 30_000)
    expect(few.account(0)?.limit).toBe(1)
  })

  it('sends queued specs to another account while its own worker waits', () => {
    const it = run(['a', 'b'], aFleet({ accounts: two }), 1)
    expect(it.begin()).toEqual(['start a on one, attempt 1'])
    expect(it.fails('a', 'rate-limit', 60_000)).toEqual(['wait a 60000', 'start b on two, attempt 1'])
  })

  it('moves the worker at the second limit on the same account', () => {
    const it = run(['a'], aFleet({ accounts: two }))
    it.begin()
    it.fails('a', 'rate-limit', 1000)
    expect(it.at(1000)).toEqual(['start a on one, attempt 2'])
    expect(it.fails('a', 'rate-limit', 2000)).toEqual(['wait a 1000', 'start a on two, attempt 3'])
  })

  it('is a quota where no other account is left', () => {
    const it = run(['a'], aFleet())
    it.begin()
    it.fails('a', 'rate-limit', 1000)
    it.at(1000)
    expect(it.fails('a', 'rate-limit', 2000)).toEqual(['give-up a quota-exhausted'])
  })

  it('of hours is a quota: the account is not used again', () => {
    const it = run(['a', 'b'], aFleet({ accounts: two }), 1)
    it.begin()
    expect(it.fails('a', 'rate-limit', 5 * 3600_000)).toEqual(['wait a 0', 'start a on two, attempt 2'])
    expect(it.fails('a', 'quota')).toEqual(['give-up a quota-exhausted', 'end b quota-exhausted'])
    expect(it.end('a')).toEqual(['finish'])
  })

  it('ends a single attempt where no other is allowed', () => {
    const it = run(['a'], aFleet({ maxAttempts: 1 }))
    it.begin()
    expect(it.fails('a', 'rate-limit', 1000)).toEqual(['give-up a rate-limited'])
  })
})

describe('a key that is refused', () => {
  it('closes its account at once, for what runs later too', () => {
    const it = run(['a', 'b', 'c'], aFleet({ accounts: two }), 1)
    it.begin()
    expect(it.fails('a', 'auth')).toEqual(['wait a 0', 'start a on two, attempt 2'])
    expect(it.succeed('a')).toEqual(['start b on two, attempt 1'])
  })

  it('ends everybody where it was the only one', () => {
    const it = run(['a', 'b'], aFleet(), 1)
    it.begin()
    expect(it.fails('a', 'permission')).toEqual(['give-up a exit-non-zero', 'end b auth-failed'])
  })
})

describe('a start that has not become a process yet', () => {
  it('is held while its account is paused, and is the first attempt all the same', () => {
    const it = run(['a', 'b'], aFleet())
    expect(it.begin()).toHaveLength(2)
    expect(it.mayBegin('b')).toBe(true)
    it.fails('a', 'rate-limit', 5000)
    expect(it.mayBegin('b')).toBe(false)
    expect(it.held('b')).toEqual(['wait b 5000'])
    expect(it.at(5000)).toEqual(['start a on main, attempt 2'])
    expect(it.succeed('a')).toEqual(['start b on main, attempt 1'])
    expect(it.mayBegin('b')).toBe(true)
  })

  it('is held where more were given than the account takes now', () => {
    const it = run(['a', 'b', 'c', 'd'], aFleet())
    expect(it.begin()).toHaveLength(4)
    it.fails('a', 'rate-limit', 1)
    it.at(1)
    expect(['b', 'c', 'd'].map(it.mayBegin)).toEqual([false, false, false])
    expect(it.held('d')).toEqual(['wait d 1'])
    expect(['b', 'c'].map(it.mayBegin)).toEqual([true, true])
  })

  it('goes to another account at once where its own was closed', () => {
    const it = run(['a', 'b'], aFleet({ accounts: two, maxAttempts: 2 }))
    it.begin()
    it.fails('a', 'auth')
    expect(it.mayBegin('b')).toBe(false)
    expect(it.held('b')).toEqual(['wait b 0', 'start b on two, attempt 1'])
  })

  it('ends with those that never started where no account is left, or the budget is spent', () => {
    const refused = run(['a', 'b'], aFleet())
    refused.begin()
    expect(refused.fails('a', 'auth')).toEqual(['give-up a exit-non-zero'])
    expect(refused.held('b')).toEqual(['give-up b auth-failed'])
    const spent = run(['a', 'b'], aFleet())
    spent.begin()
    spent.stop('budget')
    expect(spent.mayBegin('b')).toBe(false)
    expect(spent.held('b')).toEqual(['give-up b budget-reached'])
    expect([spent.succeed('a'), spent.end('b')]).toEqual([[], ['finish']])
  })
})

describe('a stop', () => {
  it('ends a wait as it ends a process, and nothing is tried after it', () => {
    const it = run(['a', 'b'], aFleet())
    it.begin()
    it.fails('a', 'overloaded')
    expect(it.stop('signal')).toEqual(['stop b signal', 'stop a signal'])
    expect(it.fails('b', 'overloaded')).toEqual(['give-up b exit-non-zero; not tried again: the run was cancelled'])
    expect([it.wake(), it.at(10_000), it.end('a'), it.end('b')]).toEqual([undefined, [], [], ['finish']])
  })

  it('by the budget lets what runs end, and makes no further attempt', () => {
    const it = run(['a', 'b', 'c'], aFleet(), 2)
    it.begin()
    it.fails('a', 'overloaded')
    expect(it.stop('budget')).toEqual(['give-up a exit-non-zero; not tried again: max-cost-usd is spent'])
    expect(it.succeed('b')).toEqual([])
  })
})

it('always comes to an end, with every worker ended once, on accounts that fail in every way', () => {
  const kinds = fc.constantFrom<FailureClass | 'well' | 'badly' | 'held' | 'limited'>(
    ...(['rate-limit', 'quota', 'overloaded', 'network', 'auth', 'permission', 'model'] as const),
    ...(['well', 'badly', 'held', 'limited'] as const),
  )
  const moves = fc.array(
    fc.record({ which: fc.nat(), kind: kinds, reset: fc.option(fc.nat(3 * 3600_000), { nil: undefined }) }),
    { maxLength: 80 },
  )
  const shape = fc.record({
    workers: fc.integer({ min: 1, max: 12 }),
    accounts: fc.integer({ min: 1, max: 3 }),
    maxParallel: fc.integer({ min: 1, max: 5 }),
    strategy: fc.constantFrom('none' as const, 'random' as const, 'round-robin' as const),
    stopAt: fc.option(fc.nat(40), { nil: undefined }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    moves,
  })
  fc.assert(
    fc.property(shape, ({ workers, accounts, maxParallel, strategy, stopAt, random, moves: script }) => {
      const plan = Array.from({ length: workers }, (_, n) =>
        aWorker({
          id: `w${n}`,
          dependsOn: n % 3 === 2 ? [`w${n - 1}`] : [],
          ...(n % 2 === 0 && { model: `m${n % 4}`, chosenBy: { model: n % 5 === 0 ? 'input model' : 'spec' } }),
        }),
      )
      const fleet = aFleet({
        strategy,
        accounts: Array.from({ length: accounts }, (_, n) => ({
          ...{ name: `a${n}`, maxConcurrent: 2, weight: n + 1 },
          ...(n > 0 && { told: new Map([[n === 1 ? 'm0' : 'm2', undefined]]) }),
        })),
      })
      let state = makeScheduler(plan, { maxParallel, failFast: false, fleet })
      let at = 0
      const running = new Set<string>()
      const finishing: string[] = []
      const ended: string[] = []
      let finished = 0
      const send = (event: SchedulerEvent) => {
        const [next, actions] = step(state, event, { at, random })
        state = next
        for (const action of actions) {
          if (action.type === 'start') {
            expect(action.notBefore).toBeGreaterThanOrEqual(at)
            running.add(action.specId)
            expect(running.size).toBeLessThanOrEqual(maxParallel)
          } else if (action.type === 'give-up') finishing.push(action.specId)
          else if (action.type === 'stop' && !running.has(action.specId)) finishing.push(action.specId)
          else if (action.type === 'end-unstarted') ended.push(action.specId)
          else if (action.type === 'finish') finished++
        }
      }
      const endWorker = (id: string, succeeded: boolean) => {
        ended.push(id)
        send({ type: 'worker-ended', specId: specId(id), succeeded })
      }
      send({ type: 'begin' })
      for (let turn = 0; finished === 0; turn++) {
        if (turn === stopAt) send({ type: 'stop', cause: 'deadline', running: turn % 2 === 0 ? 'finish' : 'stop' })
        const done = finishing.shift()
        if (done !== undefined) {
          endWorker(done, false)
          continue
        }
        const move = script[turn] ?? { which: 0, kind: 'well' as const, reset: undefined }
        const id = [...running][move.which % Math.max(1, running.size)]
        if (id === undefined) {
          if (finished > 0) break
          // With nobody at work only time can help, and it must be said until when.
          const wake = wakeAt(state, at)
          expect(wake).toBeGreaterThan(at)
          at = wake ?? at
          send({ type: 'tick' })
          continue
        }
        running.delete(id)
        if (move.kind === 'held') {
          // Only an executor that was told so holds an attempt.
          if (mayBegin(state, specId(id), at)) running.add(id)
          else send({ type: 'attempt-held', specId: specId(id) })
        } else if (move.kind === 'limited') {
          running.add(id)
          const limit = { isFirst: turn % 3 > 0, ...(move.reset === undefined ? {} : { waitMs: move.reset }) }
          send({ type: 'limit-seen', specId: specId(id), limit })
        } else if (move.kind === 'well' || move.kind === 'badly') endWorker(id, move.kind === 'well')
        else
          send({
            type: 'attempt-failed',
            specId: specId(id),
            failure: aFailure(move.kind, move.reset === undefined ? undefined : at + move.reset),
          })
      }
      expect(finished).toBe(1)
      expect(ended.sort()).toEqual(plan.map(({ specId: id }) => String(id)).sort())
    }),
    { numRuns: runs(2000) },
  )
})

it('halves an account without a limit of its own, too: from as many as may run at all', () => {
  const it = run(['a', 'b', 'c', 'd'], aFleet({ accounts: ONE_ACCOUNT.accounts }), 4)
  expect(it.begin()).toHaveLength(4)
  it.fails('a', 'rate-limit', 1000)
  expect(it.account(0)?.limit).toBe(2)
  expect([it.succeed('b'), it.succeed('c')]).toEqual([[], []])
})

it('does not take a spec without quota for the failure that `fail-fast` waits for', () => {
  const plan = [aWorker({ id: 'a' }), aWorker({ id: 'b' }), aWorker({ id: 'c', dependsOn: ['a'] })]
  let state = makeScheduler(plan, { maxParallel: 2, failFast: true, fleet: aFleet() })
  const send = (event: SchedulerEvent): string[] => {
    const [next, actions] = step(state, event, { at: 0, random: 0.5 })
    state = next
    return actions.map(line)
  }
  send({ type: 'begin' })
  send({ type: 'attempt-failed', specId: specId('a'), failure: aFailure('quota') })
  expect(send({ type: 'worker-ended', specId: specId('a'), succeeded: false, isNeutral: true })).toEqual([])
  expect(send({ type: 'worker-ended', specId: specId('b'), succeeded: true })).toEqual(['finish'])
})
