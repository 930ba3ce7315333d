import { describe, expect, it } from 'vitest'
import { withinTime } from '../../src/shell/time-limit.ts'

describe('withinTime', () => {
  it('gives back what the task gives', () => {
    expect(withinTime(60_000, () => ({ a: 1 }))).toEqual({ value: { a: 1 } })
    expect(withinTime(60_000, () => undefined)).toEqual({ value: undefined })
  })

  it('ends a task that would not end, inside a regular expression too', () => {
    expect(withinTime(50, () => /^(a+)+$/.test(`${'a'.repeat(60)}!`))).toBeUndefined()
    expect(
      withinTime(50, () => {
        for (;;);
      }),
    ).toBeUndefined()
    expect(withinTime(60_000, () => 1)).toEqual({ value: 1 })
  })

  it('lets an error through', () => {
    const wrong = new TypeError('mine')
    expect(() =>
      withinTime(60_000, () => {
        throw wrong
      }),
    ).toThrow(wrong)
  })
})
