import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runsOf } from '../../src/report/html/ansi.ts'
import { visible } from '../../src/report/visible.ts'

const styleOf = (sequence: string) => runsOf(`\x1b[${sequence}mx`, {}).runs[0]?.style

describe('runsOf', () => {
  it('parts a line by its styles and hands the last one on', () => {
    expect(runsOf('plain \x1b[1;31mred\x1b[22m thin\x1b[0m end\x1b[4m', {})).toEqual({
      runs: [
        { text: 'plain ', style: {} },
        { text: 'red', style: { bold: true, foreground: 1 } },
        { text: ' thin', style: { foreground: 1 } },
        { text: ' end', style: {} },
      ],
      end: { underline: true },
    })
    expect(runsOf('next', { underline: true }).runs).toEqual([{ text: 'next', style: { underline: true } }])
  })

  it.each([
    ['', {}],
    ['1;2;3;4;7;9', { bold: true, dim: true, italic: true, underline: true, inverse: true, strike: true }],
    ['1;3;4;7;9;22;23;24;27;29', {}],
    ['4:3', { underline: true }],
    ['4;4:0', {}],
    ['37;47', { foreground: 7, background: 7 }],
    ['90;107', { foreground: 8, background: 15 }],
    ['31;41;39;49', {}],
    ['38;5;9', { foreground: 9 }],
    ['38;5;16', { foreground: '#000000' }],
    ['38;5;208', { foreground: '#ff8700' }],
    ['48;5;255', { background: '#eeeeee' }],
    ['38;2;1;2;255', { foreground: '#0102ff' }],
    ['38:2::1:2:255', { foreground: '#0102ff' }],
    ['38:2:1:2:255', { foreground: '#0102ff' }],
    ['38;2;1;2;3;1', { foreground: '#010203', bold: true }],
    ['48:5:1;3', { background: 1, italic: true }],
    ['38;5;256', {}],
    ['38;2;1;2', {}],
    ['38', {}],
    ['8', {}],
    ['99', {}],
  ])('reads %s', (sequence, style) => {
    expect(styleOf(sequence)).toEqual(style)
  })

  it('shows every other sequence, and hides nothing', () => {
    expect(runsOf('a\x1b[2Jb\x1b]0;t\x07\x1b[8mc\u202e', {}).runs.map((run) => run.text)).toEqual([
      'a\\e[2Jb\\e]0;t\\u0007',
      'c\\u202e',
    ])
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\x1b', '[', 'm', '3', '8', ';', ':', '5', 'x', '\t', 'é') }),
        (line) => {
          const { runs } = runsOf(line, {})
          expect(runs.map((run) => run.text).join('')).toBe(visible(line))
        },
      ),
    )
  })
})
