import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lines } from '../../src/agent/lines.ts'

function linesOf(pieces: readonly string[]): readonly string[] {
  const lines = new Lines()
  return [...pieces.flatMap((piece) => lines.push(piece)), ...lines.end()]
}

describe('Lines', () => {
  it('makes the same lines of any pieces', () => {
    const texts = fc.array(fc.constantFrom('a', 'é', '🙂', '\n', '\r\n', 'long text'), { maxLength: 30 })
    fc.assert(
      fc.property(texts, (pieces) => {
        const whole = pieces.join('')
        const expected = whole.split('\n').map((line) => line.replace(/\r$/, ''))
        if (expected.at(-1) === '') expected.pop()
        // A carriage return at the very end of the output is the end of a line that nobody finished.
        expect(linesOf(pieces)).toEqual(expected)
        expect(linesOf([whole])).toEqual(expected)
      }),
    )
  })

  it('cuts a line that is too long to be an event, and says so', () => {
    const long = 'x'.repeat(5 * 1024 * 1024)
    const cut = `${'x'.repeat(1000)}… (a line of 5242880 characters, cut)`
    expect(linesOf([`${long}\nnext\n`])).toEqual([cut, 'next'])
  })

  it('keeps no more of an endless line than it may show', () => {
    const lines = new Lines()
    const piece = 'y'.repeat(1024 * 1024)
    for (let i = 0; i < 64; i += 1) expect(lines.push(piece)).toEqual([])
    expect(lines.push('\n')).toEqual([`${'y'.repeat(1000)}… (a line of 67108864 characters, cut)`])
    expect(lines.push('{"after":1}\n')).toEqual(['{"after":1}'])
  })
})
