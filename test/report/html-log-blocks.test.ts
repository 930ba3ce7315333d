import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairLimit, type LogData, logBlocks } from '../../src/report/html/log-blocks.ts'
import { id } from './board-fixture.ts'

const dataOf = (text: string): LogData | undefined => {
  const [block] = logBlocks([id('a')], new Map([[id('a'), text]]))
  return block && JSON.parse(block.json)
}

describe('logBlocks', () => {
  it('holds a log line by line', () => {
    expect(dataOf('one\r\ntwo\n\nfour\n')).toEqual({ lines: ['one', 'two', '', 'four'], before: 0 })
    expect(dataOf('no end')).toEqual({ lines: ['no end'], before: 0 })
    expect(dataOf('\nafter a blank line')).toEqual({ lines: ['', 'after a blank line'], before: 0 })
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'binary' }).map((s) => s.replace(/[\r\n]/g, '')),
          { minLength: 1 },
        ),
        (lines) => {
          expect(dataOf(`${lines.join('\n')}\n`)).toEqual({ lines, before: 0 })
        },
      ),
    )
  })

  it('has no block for a log that is empty or absent', () => {
    expect(dataOf('')).toBeUndefined()
    expect(logBlocks([id('a')], new Map())).toEqual([])
  })

  it('keeps the last 5,000 lines and says how many stood before', () => {
    const data = dataOf(Array.from({ length: 7_001 }, (_, i) => `line ${i + 1}\n`).join(''))
    expect(data?.before).toBe(2_001)
    expect(data?.lines).toHaveLength(5_000)
    expect(data?.lines[0]).toBe('line 2002')
  })

  it('cuts long lines, and keeps the end of a log to 2 MB as written', () => {
    const line = '<'.repeat(20_000)
    const [block] = logBlocks([id('a')], new Map([[id('a'), `${line}\n`.repeat(100)]]))
    const data: LogData = JSON.parse(block?.json ?? '')
    expect(data.lines.at(-1)).toMatch(/^<{9900,} … \(line cut\)$/)
    expect(data.lines.length + data.before).toBe(100)
    expect(block?.json.length).toBeLessThanOrEqual(2_000_000)
    expect(block?.json.length).toBeGreaterThan(1_900_000)
  })

  it('keeps all logs together to 20 MB, and short ones whole', () => {
    const ids = Array.from({ length: 40 }, (_, i) => id(`s${i}`))
    const long = `${'x'.repeat(999)}\n`.repeat(2_000)
    const blocks = logBlocks(ids, { get: (specId) => (specId === 's7' ? 'short\n' : long) })
    const sizes = blocks.map((block) => block.json.length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(20_000_000)
    expect(Math.min(...sizes.toSpliced(7, 1))).toBeGreaterThan(500_000)
    expect(JSON.parse(blocks[7]?.json ?? '')).toEqual({ lines: ['short'], before: 0 })
  })
})

describe('fairLimit', () => {
  it('is the largest with which all fit', () => {
    expect(fairLimit([1, 2, 3], 6)).toBe(6)
    expect(fairLimit([10, 10, 1], 11)).toBe(5)
    expect(fairLimit([], 5)).toBe(5)
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.nat(20_000), (sizes, total) => {
        const used = (limit: number) => sizes.reduce((sum, size) => sum + Math.min(size, limit), 0)
        const limit = fairLimit(sizes, total)
        expect(used(limit)).toBeLessThanOrEqual(total)
        if (used(Number.POSITIVE_INFINITY) > total) expect(used(limit + 1)).toBeGreaterThan(total)
      }),
    )
  })
})
