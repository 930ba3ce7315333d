import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FieldChanges, finalizeSpec, setFields } from '../../src/spec/edit.ts'
import { parseFrontMatter } from '../../src/spec/front-matter.ts'
import { runs } from '../random-cases.ts'

function edit(text: string, changes: FieldChanges): string {
  const edited = setFields(text, changes)
  if (!edited.ok) throw new Error(edited.error)
  return edited.value
}

function valuesOf(text: string): Record<string, unknown> {
  const matter = parseFrontMatter(text)
  if (!matter.ok) throw new Error(matter.error[0]?.message)
  return Object.fromEntries([...matter.value.fields].map(([key, { value }]) => [key, value]))
}

/** Three of each kind that YAML has. */
const BLANKS = '\n  \n \r\n'.repeat(3)

describe('setFields', () => {
  it('replaces values where they stand and leaves the rest', () => {
    const text = `---
# about this spec
type:   "code"   # a comment
status: 'pending' # another
strange:  [ a,b ]
commits:
  # kept
  - old # kept too
  - older

# the end
---
body --- status: pending
`
    expect(edit(text, { status: 'completed', commits: ['abc1234', '1234567'], model: 'sonnet' })).toBe(`---
# about this spec
type:   "code"   # a comment
status: 'completed' # another
strange:  [ a,b ]
commits:
  # kept
  - abc1234
  - '1234567'

# the end
model: sonnet
---
body --- status: pending
`)
  })

  it.each([
    ['no front matter', '# T\n', '---\nstatus: failed\ncommits:\n- a\n---\n# T\n'],
    ['nothing at all', '', '---\nstatus: failed\ncommits:\n- a\n---\n'],
    ['empty front matter', '---\n---\nx', '---\nstatus: failed\ncommits:\n- a\n---\nx'],
    ['comments only', '---\n# c\n---\nx', '---\n# c\nstatus: failed\ncommits:\n- a\n---\nx'],
    ['BOM and CRLF', '\uFEFFa\r\nb', '\uFEFF---\r\nstatus: failed\r\ncommits:\r\n- a\r\n---\r\na\r\nb'],
    ['CRLF', '---\r\nstatus: x # c\r\n---\r\n', '---\r\nstatus: failed # c\r\ncommits:\r\n- a\r\n---\r\n'],
    [
      'a mark at its end',
      '---\nx: |\n  ...\n...\n# c\n---\n',
      '---\nx: |\n  ...\nstatus: failed\ncommits:\n- a\n...\n# c\n---\n',
    ],
    ['leading blank lines', '\n---\nstatus: x\n---', '\n---\nstatus: failed\ncommits:\n- a\n---'],
    ['empty values', '---\nstatus: # c\ncommits:\nx: 1\n---\n', '---\nstatus: failed # c\ncommits:\n- a\nx: 1\n---\n'],
    ['null', '---\nstatus: ~\ncommits: null # c\n---\n', '---\nstatus: failed\ncommits:\n- a # c\n---\n'],
    ['other kinds', '---\nstatus:\n- a\n- b\ncommits: x\n---\n', '---\nstatus: failed\ncommits:\n- a\n---\n'],
    ['a mapping', '---\nstatus:\n  a: 1\n  b: {c: 2}\ncommits: {}\n---\n', '---\nstatus: failed\ncommits:\n- a\n---\n'],
    ['block scalar', '---\nstatus: |\n  a\n  b\n\nx: 1\n---\n', '---\nstatus: failed\n\nx: 1\ncommits:\n- a\n---\n'],
    [
      'several lines',
      '---\nstatus: a\n  b\n  c\ncommits: [\n  x,\n  y ]\n---\n',
      '---\nstatus: failed\ncommits: [a]\n---\n',
    ],
    ['next line', '---\nstatus: # c\n  "x"\ncommits: []\n---\n', '---\nstatus: # c\n  "failed"\ncommits: [a]\n---\n'],
    ['indented fields', '---\n  x: 1\n  status: a\n---\n', '---\n  x: 1\n  status: failed\n  commits:\n  - a\n---\n'],
    ['flow style', '---\n{x: 1, status: "a",}\n---\n', '---\n{x: 1, status: "failed", commits: [a],}\n---\n'],
    [
      'a last key in braces without a value',
      '---\n{\ncommits:\n}\n---\n',
      '---\n{\ncommits: [a], status: failed\n}\n---\n',
    ],
    ['empty flow style', '---\n{}\n---\n', '---\n{status: failed, commits: [a]}\n---\n'],
    [
      'tags and anchors',
      '---\nstatus: !!int 1 # c\ncommits: &x !t\n- b\n---\n',
      '---\nstatus: failed # c\ncommits:\n- a\n---\n',
    ],
    [
      'tags and anchors of keys',
      '---\n  &k status: |-\n    x\n  !!str y: 1\n---\n',
      '---\n  &k status: failed\n  !!str y: 1\n  commits:\n  - a\n---\n',
    ],
    ['quoted keys', '---\n"status": x\n\'commits\' : [b]\n---\n', '---\n"status": failed\n\'commits\' : [a]\n---\n'],
    ['a tab at its end', '---\nx:\n\t\n---\n', '---\nx:\nstatus: failed\ncommits:\n- a\n\t\n---\n'],
    [
      'blank lines between fields and a tab at its end',
      `---\na: 1\n${BLANKS}x:\n\t\n${BLANKS}---\n`,
      `---\na: 1\n${BLANKS}x:\nstatus: failed\ncommits:\n- a\n\t\n${BLANKS}---\n`,
    ],
    ['nothing but blank lines', `---\n${BLANKS}---\n`, `---\n${BLANKS}status: failed\ncommits:\n- a\n---\n`],
    [
      'a value with a line separator of Unicode',
      '---\nx: "a\u2028... b"\n---\n',
      '---\nx: "a\u2028... b"\nstatus: failed\ncommits:\n- a\n---\n',
    ],
    [
      'a tab and a comment at its end',
      '---\nx:\n\t\n# c\n---\n',
      '---\nx:\nstatus: failed\ncommits:\n- a\n\t\n# c\n---\n',
    ],
    ['explicit keys', '---\n? status\n: x\n---\n', '---\n? status\n: failed\ncommits:\n- a\n---\n'],
  ])('edits %s', (_, text, expected) => {
    const changes = { status: 'failed', commits: ['a'] }
    expect(edit(text, changes)).toBe(expected)
    expect(edit(expected, changes)).toBe(expected)
  })

  it.each([
    ['broken front matter', '---\na: 1\na: 2\n---\n', 'front matter: duplicate key "a" (first on line 2)'],
    ['no end', '---\na: 1\n', 'front matter: it is never closed'],
    ['a list', '---\n- a\n---\n', 'front matter: expected fields'],
    [
      'a value that another field repeats',
      '---\nstatus: &s a\nx: *s\n---\n',
      'cannot be set without changing something else',
    ],
    ['a key without a value', '---\n{status}\n---\n', 'cannot be set without changing something else'],
  ])('refuses %s', (_, text, error) => {
    const edited = setFields(text, { status: 'failed' })
    expect(edited.ok ? '' : edited.error).toContain(error)
  })

  it.each([
    ['nothing at all', '', '---\napproval:\n  required: true\n  status: pending\n---\n'],
    ['CRLF', '---\r\na: 1\r\n---\r\n', '---\r\na: 1\r\napproval:\r\n  required: true\r\n  status: pending\r\n---\r\n'],
    [
      'an empty value',
      '---\napproval: # c\na: 1\n---\n',
      '---\napproval:\n  required: true\n  status: pending # c\na: 1\n---\n',
    ],
    ['null', '---\napproval: ~\na: 1\n---\n', '---\napproval:\n  required: true\n  status: pending\na: 1\n---\n'],
    [
      'a mapping, at its own indentation',
      '---\napproval: # c\n    required: false\n    by: x\n# d\na: 1\n---\n',
      '---\napproval: # c\n    required: true\n    status: pending\n# d\na: 1\n---\n',
    ],
    [
      'a mapping in braces',
      '---\napproval: {required: false} # c\n---\n',
      '---\napproval: {required: true, status: pending} # c\n---\n',
    ],
    [
      'another kind',
      '---\napproval:\n- a\nb: 1\n---\n',
      '---\napproval:\n  required: true\n  status: pending\nb: 1\n---\n',
    ],
    [
      'indented fields',
      '---\n  a: 1\n---\n',
      '---\n  a: 1\n  approval:\n    required: true\n    status: pending\n---\n',
    ],
    [
      'a mapping whose first key has an anchor',
      '---\napproval: # c\n  &k required: false\na: 1\n---\n',
      '---\napproval: # c\n  required: true\n  status: pending\na: 1\n---\n',
    ],
    ['flow style', '---\n{a: 1}\n---\n', '---\n{a: 1, approval: {required: true, status: pending}}\n---\n'],
  ])('writes a mapping into %s', (_, text, expected) => {
    const changes = { approval: { required: true, status: 'pending' } }
    expect(edit(text, changes)).toBe(expected)
    expect(edit(expected, changes)).toBe(expected)
  })

  it('leaves a mapping that is the same already, however it is written', () => {
    const text = '---\napproval: # c\n  "required":   true # d\n  status: \'pending\'\n---\n'
    expect(edit(text, { approval: { required: true, status: 'pending' } })).toBe(text)
    expect(edit('---\na: {b: "true"}\n---\n', { a: { b: true } })).toBe('---\na: {b: true}\n---\n')
    expect(edit('', { a: {} })).toBe('---\na: {}\n---\n')
  })

  it('writes strings that stay strings', () => {
    const hashes = [
      '1234567',
      '1e10000',
      '0123456',
      '0b10110',
      '0x12345',
      '12_34_5',
      '1:30:45',
      'abc1234',
      'deadbee',
      'true',
      'no',
    ]
    expect(edit('', { commits: hashes })).toBe(`---
commits:
- '1234567'
- '1e10000'
- '0123456'
- '0b10110'
- '0x12345'
- '12_34_5'
- '1:30:45'
- abc1234
- deadbee
- 'true'
- 'no'
---
`)
    expect(edit('---\ncommits:\n- 1234567\n---\n', { commits: ['1234567'] })).toBe("---\ncommits:\n- '1234567'\n---\n")
  })
})

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[-#:,[\]{}&*!|>'"%@` \n\r\ta0.]{0,12}$/),
)
const plain = fc.stringMatching(/^[ghjk][a-z0-9/]{0,8}$/)

describe('setFields, whatever the values', () => {
  it('reads back what it wrote, changes nothing else, and changes nothing twice', () => {
    const newline = fc.constantFrom('\n', '\r\n')
    const body = fc.oneof(fc.string(), fc.constant('---\nstatus: no\n---\n'), fc.constant('\n# T\n- [ ] a\n'))
    const bom = fc.constantFrom('', '\uFEFF')
    const fields = fc.subarray([
      ['# c'],
      ['status: a # b'],
      ['commits:', '- x', '# d', '- y'],
      ['odd: [ 1,2 ]'],
      ['flow: {a: 1}'],
      [''],
    ])
    const root = fc.constantFrom('block', 'flow', 'none')
    const changes = fc.dictionary(
      fc.constantFrom('status', 'commits', 'flow', 'new'),
      fc.oneof(anyText, fc.array(anyText), fc.dictionary(plain, fc.oneof(anyText, fc.boolean()), { maxKeys: 3 })),
    )
    fc.assert(
      fc.property(newline, bom, fields, root, body, changes, (eol, mark, lines, kind, rest, wanted) => {
        const head = kind === 'flow' ? ['{status: a, odd: [1], commits: ["x"]}'] : lines.flat()
        const tail = kind === 'none' ? `text${eol}${rest}` : rest
        const text = kind === 'none' ? mark + tail : mark + ['---', ...head, '---', tail].join(eol)
        if (text.includes('\0')) return
        const before = valuesOf(text)
        const edited = edit(text, wanted)
        expect(valuesOf(edited)).toEqual({ ...before, ...wanted })
        expect(edited.startsWith(mark)).toBe(true)
        expect(edited.endsWith(tail)).toBe(true)
        expect(edit(edited, wanted)).toBe(edited)
        if (eol === '\r\n') expect(edited.slice(0, edited.length - tail.length)).not.toMatch(/[^\r]\n/)
      }),
      { numRuns: runs(500) },
    )
  })

  it('gives the original bytes when the edit is taken back', () => {
    const value = fc.oneof(plain, fc.array(plain, { minLength: 1, maxLength: 3 }))
    const style = fc.constantFrom('plain', 'single', 'double')
    const entry = fc.record({
      value,
      style,
      flow: fc.boolean(),
      indent: fc.constantFrom('', '  '),
      comment: fc.constantFrom('', ' # c'),
    })
    const write = (
      key: string,
      e: { value: string | string[]; style: string; flow: boolean; indent: string; comment: string },
    ) => {
      if (Array.isArray(e.value)) {
        return e.flow
          ? `${key}: [${e.value.join(', ')}]${e.comment}`
          : `${key}:${e.comment}\n${e.value.map((v) => `${e.indent}- ${v}`).join('\n')}`
      }
      const quote = e.style === 'single' ? "'" : e.style === 'double' ? '"' : ''
      return `${key}:  ${quote}${e.value}${quote}${e.comment}`
    }
    fc.assert(
      fc.property(entry, entry, fc.string(), plain, fc.array(plain, { minLength: 1 }), (a, b, body, text, list) => {
        const original = `---\n${write('a', a)}\n\n${write('b', b)}\n# end\n---\n${body.replaceAll('\0', '')}`
        const change = { a: Array.isArray(a.value) ? list : text, b: Array.isArray(b.value) ? list : text }
        expect(edit(edit(original, change), { a: a.value, b: b.value })).toBe(original)
      }),
      { numRuns: runs(500) },
    )
  })
})

describe('finalizeSpec', () => {
  const text = '---\ntype: code\nstatus: in_progress\n---\n# T\n'
  const end = {
    branch: 'chant/a',
    commits: ['abc1234', '1e10000'],
    completedAt: '2026-01-24T04:20:27Z',
    model: 'sonnet',
  }

  it('writes what chant writes for a completed spec', () => {
    const done = finalizeSpec(text, { status: 'completed', ...end })
    expect(done.ok && done.value).toBe(`---
type: code
status: completed
branch: chant/a
commits:
- abc1234
- '1e10000'
completed_at: 2026-01-24T04:20:27Z
model: sonnet
---
# T
`)
    expect(done.ok && finalizeSpec(done.value, { status: 'completed', ...end })).toEqual(done)
  })

  it('asks for approval where it is told to, whatever stands there', () => {
    const ask = { status: 'completed', branch: 'chant/a', commits: [], asksApproval: true } as const
    const rest = '---\nstatus: completed\n'
    const asked = 'approval:\n  required: true\n  status: pending\n'
    const fresh = finalizeSpec('---\nstatus: pending\n---\n# T\n', ask)
    expect(fresh.ok && fresh.value).toBe(`${rest}branch: chant/a\n${asked}---\n# T\n`)
    expect(fresh.ok && finalizeSpec(fresh.value, ask)).toEqual(fresh)
    const approved = `${rest}approval:\n  required: true\n  status: approved\n  by: nobody\nbranch: chant/a\n---\n`
    expect(finalizeSpec(approved, ask)).toEqual({ ok: true, value: `${rest}${asked}branch: chant/a\n---\n` })
    expect(finalizeSpec(approved, { ...ask, asksApproval: false })).toEqual({ ok: true, value: approved })
  })

  it('writes no time for a failed one, and no empty list', () => {
    const failed = finalizeSpec(text, {
      status: 'failed',
      branch: 'chant/a',
      commits: [],
      completedAt: end.completedAt,
    })
    expect(failed.ok && failed.value).toBe('---\ntype: code\nstatus: failed\nbranch: chant/a\n---\n# T\n')
  })
})
