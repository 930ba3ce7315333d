import { expect, it } from 'vitest'
import { isSpent } from '../../src/work/budget.ts'

it('is spent when it is reached exactly, by any sum', () => {
  expect(0.7 + 0.1).toBeLessThan(0.8)
  expect(isSpent(0.7 + 0.1, 0.8)).toBe(true)
  expect([isSpent(0.8, 0.8), isSpent(0.79, 0.8), isSpent(0, 0.000001)]).toEqual([true, false, false])
})
