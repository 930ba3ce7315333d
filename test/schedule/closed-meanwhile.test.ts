import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/outcome/outcome.ts'
import type { PlannedWorker } from '../../src/plan/plan.ts'
import type { AccountOptions } from '../../src/schedule/accounts.ts'
import type { FailureClass } from '../../src/schedule/failure.ts'
import { ONE_ACCOUNT } from '../../src/schedule/fleet.ts'
import type { SchedulerAction } from '../../src/schedule/scheduler-state.ts'
import { aWorker } from '../builders.ts'
import { toldRun } from './told-run.ts'

/** What becomes of specs that were given to an account, or wait for it, when somebody else's attempt closes it. */

/** Told the model that is asked for, or `own` whatever is asked for. */
const account = (name: string, maxConcurrent = 9, own?: string): AccountOptions => ({
  ...{ name, maxConcurrent, weight: 1 },
  ...(own === undefined ? {} : { told: new Map(['opus', 'sonnet'].map((asked) => [asked, own])) }),
})

const opus = (id: string) => aWorker({ id, model: 'opus', chosenBy: { model: 'spec' } })
const sonnet = (id: string) => aWorker({ id, model: 'sonnet', chosenBy: { model: 'spec' } })

function outcomeOf(kind: FailureClass): Outcome {
  switch (kind) {
    case 'auth':
    case 'permission':
      return { type: 'auth-failed', secret: 'KEY', message: '401' }
    case 'model':
      return { type: 'unknown-model', model: 'opus', message: 'no opus' }
    case 'overloaded':
    case 'network':
      return { type: 'provider-failed', cause: kind, message: '529' }
    case 'quota':
      return { type: 'quota-exhausted', message: 'used up' }
    case 'rate-limit':
      return { type: 'rate-limited', message: '429' }
  }
}

function run(workers: readonly PlannedWorker[], accounts: readonly AccountOptions[], maxParallel = 9) {
  const fleet = { ...ONE_ACCOUNT, accounts, maxAttempts: 3 }
  const told = toldRun(workers, { maxParallel, fleet }, (actions) => actions.map(line))
  return {
    ...told,
    held: (id: string) => {
      expect(told.mayBegin(id)).toBe(false)
      return told.held(id)
    },
    fails: (id: string, kind: FailureClass, resetsAt?: number) =>
      told.failsWith(id, { class: kind, outcome: outcomeOf(kind), ...(resetsAt === undefined ? {} : { resetsAt }) }),
  }
}

function line(action: SchedulerAction): string {
  switch (action.type) {
    case 'start':
      return `${action.specId} on ${action.account}`
    case 'wait':
      return `${action.specId} waits until ${action.until}`
    case 'give-up':
    case 'end-unstarted':
      return `${action.specId}: ${action.outcome.type} (${action.outcome.message})`
    default:
      return action.type
  }
}

describe('a spec that was never started', () => {
  it.each(['auth', 'permission', 'quota'] as const)('goes to the next account with its model after %s', (kind) => {
    const it = run([opus('a'), opus('b'), opus('c')], [account('one', 1), account('two', 1), account('own', 1, 'x')])
    expect(it.begin()).toEqual(['a on one', 'b on two'])
    expect(it.fails('a', kind)).toEqual(['a waits until 0'])
    expect(it.succeed('b')).toEqual(['a on two'])
    expect(it.succeed('a')).toEqual(['c on two'])
  })

  it('goes to another model when every account with its own is closed, and ends with all their words when none is left', () => {
    const it = run([opus('a'), opus('b'), opus('c')], [account('one', 1), account('two', 1), account('own', 1, 'x')])
    it.begin()
    it.fails('a', 'auth')
    expect(it.fails('b', 'quota')).toEqual(['b waits until 0', 'a on own'])
    expect(it.fails('a', 'auth')).toEqual([
      'a: auth-failed (401; not tried again: the quota of the account two is used up: used up)',
      'b: quota-exhausted (used up; not tried again: every other account for it was refused: one (key from KEY): 401; own (key from KEY): 401)',
      'c: auth-failed (Not started: every account was refused or is used up: one (key from KEY): 401; two: used up; own (key from KEY): 401)',
    ])
  })

  it('is held and given to another where its start had been given already', () => {
    const it = run([opus('a'), opus('b')], [account('one'), account('two'), account('own', 9, 'x')])
    expect(it.begin()).toEqual(['a on one', 'b on one'])
    expect(it.fails('a', 'auth')).toEqual(['a waits until 0', 'a on two'])
    expect(it.held('b')).toEqual(['b waits until 0', 'b on two'])
  })
})

describe('a spec that waits for the reset of its account', () => {
  it.each(['auth', 'permission', 'quota'] as const)('goes elsewhere at once when that is closed by %s', (kind) => {
    const it = run([opus('a'), opus('b')], [account('one'), account('two')])
    expect(it.begin()).toEqual(['a on one', 'b on one'])
    expect(it.fails('a', 'rate-limit', 3_000_000)).toEqual(['a waits until 3000000'])
    it.at(1000)
    expect(it.fails('b', kind)).toEqual(['b waits until 1000', 'a waits until 1000', 'a on two', 'b on two'])
  })

  it('waits for a slot only, once that is closed', () => {
    const it = run([opus('a'), opus('b')], [account('one'), account('two', 1)])
    it.begin()
    it.fails('a', 'rate-limit', 3_000_000)
    expect(it.fails('b', 'auth')).toEqual(['b waits until 0', 'a waits until 0', 'a on two'])
    expect(it.succeed('a')).toEqual(['b on two'])
  })

  it('goes where its model is when its account turns out to lack it', () => {
    const it = run([opus('a'), opus('b')], [account('one'), account('two')])
    it.begin()
    it.fails('a', 'rate-limit', 3_000_000)
    expect(it.fails('b', 'model')).toEqual(['b waits until 0', 'a waits until 0', 'a on two', 'b on two'])
  })

  it('ends with the cause of the account where none is left', () => {
    const it = run([opus('a'), opus('b')], [account('one')])
    it.begin()
    it.fails('a', 'rate-limit', 3_000_000)
    expect(it.fails('b', 'auth')).toEqual([
      'b: auth-failed (401)',
      'a: auth-failed (429; not tried again: the account one (key from KEY) was refused: 401)',
    ])
  })

  it('keeps its pause where another account is closed', () => {
    const it = run([opus('a'), sonnet('b')], [account('one', 1), account('two', 1)])
    expect(it.begin()).toEqual(['a on one', 'b on two'])
    it.fails('a', 'rate-limit', 3000)
    expect(it.fails('b', 'auth')).toEqual(['b waits until 0'])
    expect(it.wake()).toBe(3000)
    expect(it.at(3000)).toEqual(['a on one'])
  })
})

it('a limit on an account that somebody else closed meanwhile is not waited for', () => {
  const it = run([opus('a'), opus('b')], [account('one'), account('two')])
  it.begin()
  it.fails('a', 'auth')
  expect(it.fails('b', 'rate-limit', 3_000_000)).toEqual(['b waits until 0', 'b on two'])
})

it('a limit on the only account, which somebody else closed meanwhile, is the end, and nothing is said of a wait', () => {
  const it = run([opus('a'), opus('b')], [account('one')])
  it.begin()
  it.fails('a', 'quota')
  expect(it.fails('b', 'rate-limit', 3_000_000)).toEqual([
    'b: quota-exhausted (429; not tried again: the quota of the account one is used up: used up)',
  ])
})

it('a spec between two attempts for no fault of its account ends with the cause of that account, once it is closed', () => {
  const it = run([opus('a'), opus('b'), opus('c')], [account('one')])
  it.begin()
  it.fails('a', 'overloaded')
  expect(it.fails('b', 'quota')).toEqual([
    'b: quota-exhausted (used up)',
    'a: quota-exhausted (529; not tried again: the quota of the account one is used up: used up)',
  ])
})

describe('a spec that moved because its account lacks the model', () => {
  const three = [account('lacks', 1), account('has', 1), account('own', 1, 'x')]

  it('is not given another model while it waits, and no fault is found with it where the one that has it is used up', () => {
    const it = run([opus('a'), opus('b')], three)
    expect(it.begin()).toEqual(['a on lacks', 'b on has'])
    expect(it.fails('a', 'model')).toEqual(['a waits until 0'])
    expect(it.fails('b', 'quota')).toEqual([
      'b: quota-exhausted (used up)',
      'a: quota-exhausted (no opus; not tried again: the quota of the account has is used up: used up)',
    ])
  })

  it('ends in the same way where it found out by itself', () => {
    const it = run([opus('a')], three)
    it.begin()
    expect(it.fails('a', 'model')).toEqual(['a waits until 0', 'a on has'])
    expect(it.fails('a', 'quota')).toEqual(['a: quota-exhausted (used up)'])
  })

  it('ends with the key’s cause beside its own where the other was refused', () => {
    const it = run([opus('a'), opus('b')], three)
    it.begin()
    it.fails('a', 'model')
    expect(it.fails('b', 'auth')).toEqual([
      'b: auth-failed (401)',
      'a: unknown-model (no opus; not tried again: the account has (key from KEY) was refused: 401)',
    ])
  })

  it('is no fault of a later one either, that asks the account which lacks it for the first time', () => {
    const it = run([opus('a'), opus('b'), opus('c')], three)
    it.begin()
    it.fails('a', 'model')
    expect(it.fails('b', 'quota')).toContain('c on lacks')
    expect(it.fails('c', 'model')).toEqual([
      'c: quota-exhausted (no opus; not tried again: the quota of the account has is used up: used up)',
    ])
  })
})
