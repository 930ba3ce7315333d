import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAt, findAll } from '../../src/report/html/find.ts'

describe('findAll', () => {
  it('finds plain text, whatever it looks like, in upper and lower case', () => {
    expect(findAll(['a.b A.B', 'axb', '[x](y)'], 'a.b', 10)).toEqual([
      { line: 0, from: 0, to: 3 },
      { line: 0, from: 4, to: 7 },
    ])
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (query) => {
        expect(findAll([`x${query}`], query, 1)).toHaveLength(1)
      }),
    )
  })

  it('finds nothing for nothing, and stops at the limit', () => {
    expect(findAll(['aaa'], '', 10)).toEqual([])
    expect(findAll(['aaa', 'aaa'], 'a', 4)).toHaveLength(4)
  })
})

describe('cutAt', () => {
  it('cuts runs where matches begin and end, and a match where runs do', () => {
    const runs = [
      { text: 'one ', style: {} },
      { text: 'two', style: { bold: true } },
    ] as const
    const match = { line: 0, from: 2, to: 6 }
    expect(cutAt(runs, [match])).toEqual([
      { text: 'on', style: {} },
      { text: 'e ', style: {}, match },
      { text: 'tw', style: { bold: true }, match },
      { text: 'o', style: { bold: true } },
    ])
  })

  it('loses and doubles no character', () => {
    const runs = fc.array(fc.string({ minLength: 1, maxLength: 4 }).map((text) => ({ text, style: {} })))
    fc.assert(
      fc.property(runs, fc.constantFrom('a', 'ab', ' ', '!'), (line, query) => {
        const text = line.map((run) => run.text).join('')
        const pieces = cutAt(line, findAll([text], query, 100))
        expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      }),
    )
  })
})
