import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Accounts, begin, choose, close, end, makeAccounts, pause, succeed } from '../../src/schedule/accounts.ts'

const account = (name: string, over: { maxConcurrent?: number; weight?: number } = {}) => ({
  name,
  maxConcurrent: 2,
  weight: 1,
  ...over,
})

const EVERYBODY: readonly number[] = [0, 1, 2, 3, 4]
const WHY = { type: 'quota-exhausted', message: 'no money' } as const
const APART = { delayMs: 1000, jitterMs: 200 }

/** The names that are chosen one after the other, each process ending at once. */
function turns(accounts: Accounts, strategy: 'none' | 'random' | 'round-robin', randoms: readonly number[]): string {
  const names: string[] = []
  let now = accounts
  for (const random of randoms) {
    const chosen = choose(now, strategy, EVERYBODY, 0, random)
    if (chosen === undefined) break
    now = chosen.accounts
    names.push(now[chosen.place]?.options.name ?? '')
  }
  return names.join(' ')
}

describe('accounts', () => {
  it('fills the first account before the next where nothing else is wanted', () => {
    let accounts = makeAccounts([account('a'), account('b')])
    const names = []
    for (let n = 0; n < 5; n++) {
      const chosen = choose(accounts, 'none', EVERYBODY, 0, 0)
      if (chosen) accounts = begin(accounts, chosen.place, APART, 0, 0).accounts
      names.push(chosen?.place)
    }
    expect(names).toEqual([0, 0, 1, 1, undefined])
  })

  it('takes turns by weight, spread and not in blocks', () => {
    const accounts = makeAccounts([account('a', { weight: 2 }), account('b'), account('c')])
    expect(turns(accounts, 'round-robin', Array(8).fill(0))).toBe('a b c a a b c a')
  })

  it('draws by weight', () => {
    const accounts = makeAccounts([account('a', { weight: 3 }), account('b')])
    expect(turns(accounts, 'random', [0, 0.5, 0.74, 0.76, 0.99])).toBe('a a a b b')
  })

  it('starts an account’s processes apart, others’ at once', () => {
    const accounts = makeAccounts([account('a'), account('b')])
    const first = begin(accounts, 0, APART, 10_000, 0.5)
    const second = begin(first.accounts, 0, APART, 10_000, 0)
    const other = begin(second.accounts, 1, APART, 10_000, 0)
    expect([first.notBefore, second.notBefore, other.notBefore]).toEqual([10_000, 11_100, 10_000])
  })

  it('halves at a limit, once however many meet it, and grows by one with each success', () => {
    let accounts = makeAccounts([account('a', { maxConcurrent: 8 })])
    accounts = pause(accounts, 0, 1000, 0)
    accounts = pause(accounts, 0, 1500, 10)
    expect(accounts[0]).toMatchObject({ limit: 4, pausedUntil: 1500 })
    expect(choose(accounts, 'none', EVERYBODY, 1499, 0)).toBeUndefined()
    expect(choose(accounts, 'none', EVERYBODY, 1500, 0)?.place).toBe(0)
    accounts = pause(accounts, 0, 3000, 2000)
    expect(accounts[0]?.limit).toBe(2)
    for (let n = 0; n < 10; n++) accounts = succeed(accounts, 0)
    expect(accounts[0]?.limit).toBe(8)
  })

  it('is never used again once it is closed, and keeps its first reason', () => {
    const accounts = close(close(makeAccounts([account('a')]), 0, 'quota', WHY), 0, 'auth', { ...WHY, message: 'no' })
    expect(accounts[0]).toMatchObject({ stopped: 'quota', why: WHY })
    expect(choose(accounts, 'none', EVERYBODY, Number.MAX_SAFE_INTEGER, 0)).toBeUndefined()
  })

  it('never runs more on an account than its limit, whatever happens', () => {
    const moves = fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(5000), fc.double({ min: 0, max: 0.999, noNaN: true })))
    const strategies = fc.constantFrom('none' as const, 'random' as const, 'round-robin' as const)
    fc.assert(
      fc.property(moves, strategies, (script, strategy) => {
        let accounts = makeAccounts([
          account('a', { weight: 3 }),
          account('b', { maxConcurrent: 1 }),
          account('c', { maxConcurrent: 7 }),
        ])
        let at = 0
        for (const [move, place, time, random] of script) {
          at += time
          if (move === 0) {
            const chosen = choose(accounts, strategy, EVERYBODY, at, random)
            if (chosen) accounts = begin(chosen.accounts, chosen.place, APART, at, random).accounts
          } else if (move === 1 && (accounts[place]?.running ?? 0) > 0) accounts = succeed(end(accounts, place), place)
          else if (move === 2) accounts = pause(accounts, place, at + 3 * time, at)
          for (const one of accounts) {
            expect(one.running).toBeLessThanOrEqual(one.options.maxConcurrent)
            expect(one.limit).toBeGreaterThanOrEqual(1)
            expect(one.limit).toBeLessThanOrEqual(one.options.maxConcurrent)
          }
        }
      }),
    )
  })
})
