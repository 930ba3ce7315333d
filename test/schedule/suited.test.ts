import { describe, expect, it } from 'vitest'
import type { PlannedWorker } from '../../src/plan/plan.ts'
import type { AccountOptions } from '../../src/schedule/accounts.ts'
import type { FailureClass } from '../../src/schedule/failure.ts'
import { ONE_ACCOUNT } from '../../src/schedule/fleet.ts'
import { step } from '../../src/schedule/scheduler.ts'
import { makeScheduler, type SchedulerAction } from '../../src/schedule/scheduler-state.ts'
import { aWorker } from '../builders.ts'
import { toldRun } from './told-run.ts'

/** Told `told` whatever is asked for; asked models as they are where it is left out. */
const account = (name: string, told?: Readonly<Record<string, string | undefined>>, maxConcurrent = 1) =>
  ({ name, maxConcurrent, weight: 1, ...(told && { told: new Map(Object.entries(told)) }) }) satisfies AccountOptions

const bySpec = (id: string, model: string) => aWorker({ id, model, chosenBy: { model: 'spec' } })
const byInput = (id: string, model: string) => aWorker({ id, model, chosenBy: { model: 'input model' } })

/** claude and codex: each is told of its own models only. */
const mixed = [
  account('claude', { opus: 'opus', 'gpt-5': undefined }),
  account('codex', { opus: undefined, 'gpt-5': 'gpt-5' }),
]

function run(workers: readonly PlannedWorker[], accounts: readonly AccountOptions[], maxParallel = 9) {
  const fleet = { ...ONE_ACCOUNT, accounts, maxAttempts: 3 }
  const told = toldRun(workers, { maxParallel, fleet }, (actions) => actions.map(line).join(', '))
  return {
    ...told,
    fails: (id: string, kind: FailureClass, resetsAt?: number) =>
      told.failsWith(id, {
        class: kind,
        outcome:
          kind === 'model' ? { type: 'unknown-model', message: `no ${id}` } : { type: 'rate-limited', message: '429' },
        ...(resetsAt === undefined ? {} : { resetsAt }),
      }),
  }
}

function line(action: SchedulerAction): string {
  if (action.type === 'start') return `${action.specId} on ${action.account}`
  if (action.type === 'give-up') return `${action.specId}: ${action.outcome.type} (${action.outcome.message})`
  return action.type === 'wait' ? `${action.specId} waits` : action.type
}

describe('a spec that names its model', () => {
  it('is given to the account whose agent may have it, and waits for that one', () => {
    const it = run([bySpec('a', 'opus'), bySpec('b', 'opus'), bySpec('c', 'gpt-5')], mixed)
    expect(it.begin()).toBe('a on claude, c on codex')
    expect(it.succeed('c')).toBe('')
    expect(it.succeed('a')).toBe('b on claude')
  })

  it('waits out a pause of that account, while others go on', () => {
    const it = run([bySpec('a', 'opus'), aWorker({ id: 'b' }), aWorker({ id: 'c' })], mixed)
    expect(it.begin()).toBe('a on claude, b on codex')
    expect(it.fails('a', 'rate-limit', 5000)).toBe('a waits')
    expect(it.succeed('b')).toBe('c on codex')
    expect(it.succeed('c')).toBe('')
    expect(it.wake()).toBe(5000)
    expect(it.at(5000)).toBe('a on claude')
  })

  it('goes elsewhere where no such account is left: better another model than no work', () => {
    const it = run([bySpec('a', 'opus')], mixed)
    it.begin()
    expect(it.fails('a', 'quota')).toBe('a waits, a on codex')
  })

  it('is for the account that was given this model as its own', () => {
    const it = run([bySpec('a', 'opus')], [account('first', { opus: 'sonnet' }), account('second', { opus: 'opus' })])
    expect(it.begin()).toBe('a on second')
  })

  it('is not kept back where nobody has it', () => {
    const it = run(
      [bySpec('a', 'grok'), bySpec('b', 'grok')],
      [account('one', { grok: 'x' }), account('two', { grok: 'y' })],
    )
    expect(it.begin()).toBe('a on one, b on two')
  })
})

it('a model for the whole run keeps no account idle', () => {
  expect(run([byInput('a', 'opus'), byInput('b', 'opus')], mixed).begin()).toBe('a on claude, b on codex')
})

describe('a model that an account does not have', () => {
  const two = [account('one'), account('two')]

  it('is not asked of that account again, and others are', () => {
    const it = run([byInput('a', 'opus'), byInput('b', 'opus'), byInput('c', 'haiku')], two, 1)
    expect(it.begin()).toBe('a on one')
    expect(it.fails('a', 'model')).toBe('a waits, a on two')
    expect(it.succeed('a')).toBe('b on two')
    expect(it.succeed('b')).toBe('c on one')
  })

  it('is asked for once by each spec where no account has it, for the spec’s own end to say so', () => {
    const it = run([bySpec('a', 'opsu'), bySpec('b', 'opsu')], two, 1)
    it.begin()
    it.fails('a', 'model')
    expect(it.fails('a', 'model')).toBe('a: unknown-model (no a), b on one')
    expect(it.fails('b', 'model')).toBe('b: unknown-model (no b)')
  })

  it('is not replaced by another agent’s own choice', () => {
    const it = run([bySpec('a', 'opus')], mixed)
    it.begin()
    expect(it.fails('a', 'model')).toBe('a: unknown-model (no a)')
  })

  it('is no fault of the spec where the account that may have it has no quota', () => {
    const it = run([byInput('a', 'opus')], two)
    it.begin()
    expect(it.fails('a', 'quota')).toBe('a waits, a on two')
    expect(it.fails('a', 'model')).toBe('a: quota-exhausted (429; no a)')
  })
})

it('draws anew for each start of a step', () => {
  const workers = Array.from({ length: 8 }, (_, n) => aWorker({ id: `w${n}` }))
  const accounts = [account('one', undefined, 8), account('two', undefined, 8)]
  const fleet = { ...ONE_ACCOUNT, accounts, strategy: 'random' as const }
  for (const random of [0, 0.3, 0.5, 0.999]) {
    const state = makeScheduler(workers, { maxParallel: 8, failFast: false, fleet })
    const [, actions] = step(state, { type: 'begin' }, { at: 0, random })
    const names = actions.map((action) => (action.type === 'start' ? action.account : ''))
    expect(names.filter((name) => name === 'one').length).toBeGreaterThanOrEqual(3)
    expect(names.filter((name) => name === 'two').length).toBeGreaterThanOrEqual(3)
  }
})
