import fc from 'fast-check'
import { expect, it } from 'vitest'
import { axisStep, ticks } from '../../src/report/time-axis.ts'
import { T0 } from './board-fixture.ts'

it('names round times of day', () => {
  expect(ticks(T0 + 2_000, T0 + 11_000).map(({ words }) => words)).toEqual([
    '10:31:02',
    '10:31:04',
    '10:31:06',
    '10:31:08',
    '10:31:10',
  ])
  expect(ticks(T0, T0 + 700_000).map(({ words }) => words)).toEqual(['10:35', '10:40'])
})

it('has at most six, whatever the time between', () => {
  fc.assert(
    fc.property(fc.nat(20 * 86_400_000), (ms) => {
      const found = ticks(T0, T0 + ms)
      expect(found.length).toBeLessThanOrEqual(6)
      for (const { at } of found) expect(at % axisStep(ms)).toBe(0)
    }),
  )
})
