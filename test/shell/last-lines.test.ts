import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lastLines } from '../../src/shell/last-lines.ts'
import { scratch } from '../scripts/scratch.ts'

const read = (text: string, count: number) => lastLines(join(scratch({ log: text }), 'log'), count)

describe('lastLines', () => {
  it('tells the last ones, oldest first', () => {
    expect(read('1\n2\n3\n', 2)).toEqual(['2', '3'])
    expect(read('1\n2\n3', 2)).toEqual(['2', '3'])
    expect(read('1\n\n', 5)).toEqual(['1', ''])
    expect(read('', 5)).toEqual([])
    expect(read('\n', 5)).toEqual([''])
  })

  it('reads only the end of a long file, by whole lines', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} äöü`)
    expect(read(`${lines.join('\n')}\n`, 3)).toEqual(lines.slice(-3))
    const many = read(`${lines.join('\n')}\n`, 20_000)
    expect(many.length).toBeGreaterThan(1_000)
    expect(many).toEqual(lines.slice(-many.length))
  })

  it('has none where there is no file', () => {
    expect(lastLines('/nowhere/at/all', 5)).toEqual([])
  })
})
