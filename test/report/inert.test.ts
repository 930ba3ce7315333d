import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inert } from '../../src/report/inert.ts'
import { runs } from '../random-cases.ts'
import { outputLines, runnerCommand } from './runner-commands.ts'

const PIECES = [
  '::',
  ':',
  '##[',
  '#',
  '[',
  ']',
  '##',
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\v',
  '\f',
  '\0',
  '\b',
  '\x1b[31m',
  '\x1b[0m',
  '\x1b',
  '\u0085',
  '\u00a0',
  '\u00ad',
  '\u0301',
  '\u180e',
  '\u034f',
  '\u115f',
  '\u200b',
  '\u200c',
  '\u200d',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2060',
  '\u3000',
  '\u3164',
  '\ufe0f',
  '\u{e0120}',
  '\ufeff',
  '\ud800',
  '\u{e0001}',
  'set-env',
  'add-mask',
  'group',
  'stop-commands',
  'name=X',
  'token-1',
  '😀',
]

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 40 })
  .map((pieces) => pieces.join(''))

describe('the port of the runner’s parser', () => {
  it('finds both forms', () => {
    expect(runnerCommand(' \u3000::set-env name=A::b')).toEqual({ form: 'new', name: 'set-env', value: 'b' })
    expect(runnerCommand('text ##[group]title')).toEqual({ form: 'old', name: 'group', value: 'title' })
    expect(runnerCommand('a ::error::b')).toBeUndefined()
    expect(runnerCommand(': :error::b')).toBeUndefined()
    expect(runnerCommand(':\u200d:error::b')).toMatchObject({ name: 'error' })
  })
})

describe('inert', () => {
  it('leaves no command in any line', () => {
    fc.assert(
      fc.property(hostile, (line) => {
        for (const shown of outputLines(inert(line))) expect(runnerCommand(shown)).toBeUndefined()
      }),
      { numRuns: runs(5000) },
    )
  })

  it('leaves one line of at most 1,000 characters without controls, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 30 }), (lines) => {
        const shown = inert(lines.join(''))
        expect(shown.length).toBeLessThanOrEqual(1000)
        expect(shown).not.toMatch(/[^\P{Cc}\t]|[\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
        expect(shown).not.toMatch(/\p{DI}{4}|(?<=\s)\p{DI}|^\p{DI}/u)
        expect(inert(shown)).toBe(shown)
      }),
    )
  })

  it('keeps a line readable', () => {
    const lines = [
      '::set-env name=PATH::/tmp',
      '\ufeff ::add-mask::x',
      'building ##[group]x and ###[error]y',
      '##[command]rm',
      'a\rb\nc\0d\u2028e\u202ef',
      '\x1b[1;31mred\x1b[0m and \x1b[2J',
      'std::vector<int> a::b',
      'tab\tand 👩‍💻 ⚠️ ❤️‍🔥 1️⃣ می‌خواهم 葛\u{e0100} stay',
      'a\u3164b \u200d c\u200d\u200d\u200cd e\u{e0100}\u{e0101}',
      '::stop-commands::token',
      '::token::',
    ]
    expect(lines.map(inert)).toMatchInlineSnapshot(`
      [
        ": :set-env name=PATH::/tmp",
        "\\ufeff ::add-mask::x",
        "building # #[group]x and ## #[error]y",
        "# #[command]rm",
        "a\\rb\\nc\\0d\\u2028e\\u202ef",
        "red and \\e[2J",
        "std::vector<int> a::b",
        "tab	and 👩‍💻 ⚠️ ❤️‍🔥 1️⃣ می‌خواهم 葛󠄀 stay",
        "a\\u3164b \\u200d c‍\\u200d\\u200cd e\\u{e0100}\\u{e0101}",
        ": :stop-commands::token",
        ": :token::",
      ]
    `)
    expect(inert('x'.repeat(1001))).toHaveLength(1000)
    expect(inert(`${'x'.repeat(986)}😀${'x'.repeat(20)}`)).toMatch(/x … \(line cut\)$/)
  })
})
