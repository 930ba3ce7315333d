import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Finalization, finalizeSpec } from '../../src/spec/edit.ts'
import { parseFrontMatter } from '../../src/spec/front-matter.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import { runs } from '../random-cases.ts'

/** Ways in which a person may write a field, each as a block of lines. */
const statuses = [
  'status: pending',
  `"status": 'pending' # c`,
  '? status\n: pending',
  'status: >-\n  pending',
  'status: &s pending',
  'status:\n  # why\n  pending',
  'status:\tpending',
  'status: ~',
  'status:',
]
const commits = [
  'commits: []',
  'commits: [\n  a, # x\n  b\n]',
  'commits:\n    - a\n    # c\n    - b\n',
  'commits:\n- |\n  a\n- &x b',
  'commits: !!seq\n- a',
  'commits: a',
]
const others = [
  '# top',
  'x: &a 1\ny: *a',
  'text: |\n  status: no\n  ---\n   deep\n',
  'more: >+\n  a\n\n',
  'a:\n  b:\n  - c\n  d: e # f',
  '"odd key": [1, {a: b}]',
  'z: "---"',
  'approval: {required: true}',
  'model: "opus" # big',
  '__proto__: {polluted: yes}',
  'constructor: x',
  'date: 2026-01-01',
  '1: 2',
  't: !foo bar',
  'u: \u{1f600}',
]

const end: Finalization = {
  status: 'completed',
  branch: 'chant/a',
  commits: ['abc1234', '1e10000'],
  completedAt: '2026-01-24T04:20:27Z',
  model: 'sonnet',
}
const ENDS: Readonly<Record<string, unknown>> = {
  status: end.status,
  branch: end.branch,
  commits: end.commits,
  completed_at: end.completedAt,
  model: end.model,
}

const fieldsOf = (text: string): Map<string, unknown> | undefined => {
  const read = parseFrontMatter(text)
  return read.ok ? new Map([...read.value.fields].map(([key, { value }]) => [key, value])) : undefined
}

describe('front matter in whatever form a person writes it', () => {
  const some = (pool: readonly string[]) => fc.subarray([...pool], { maxLength: 4 })
  const anyFields = fc
    .tuple(some(others), fc.subarray(statuses, { maxLength: 1 }), fc.subarray(commits, { maxLength: 1 }))
    .chain((fields) => fc.shuffledSubarray(fields.flat(), { minLength: fields.flat().length }))
  const frame = fc.record({
    start: fc.constantFrom('', '\uFEFF', '\n \n'),
    indent: fc.constantFrom('', '  '),
    mark: fc.constantFrom('', '...\n', '# the end\n'),
    body: fc.constantFrom('', '\n', '\n# T\n\n- [ ] a', '\n---\nstatus: no\n---\n'),
    newline: fc.constantFrom('\n', '\r\n'),
  })

  it('gets the end of the work, and keeps every other line', () => {
    fc.assert(
      fc.property(anyFields, frame, (fields, { start, indent, mark, body, newline }) => {
        const inner = fields.map((field) => `${field}\n`.replace(/^(?=.)/gm, indent)).join('')
        const text = `${start}---\n${inner}${mark}---${body}`.replaceAll('\n', newline)
        const before = fieldsOf(text)
        if (before === undefined) return
        const edited = finalizeSpec(text, end)
        if (!edited.ok) throw new Error(edited.error)
        expect(fieldsOf(edited.value)).toEqual(new Map([...before, ...Object.entries(ENDS)]))
        expect(finalizeSpec(edited.value, end)).toEqual(edited)
        expect(edited.value.endsWith(`---${body}`.replaceAll('\n', newline))).toBe(true)
        if (newline === '\r\n') expect(edited.value).not.toMatch(/[^\r]\n/)
        const kept = others.filter((field) => fields.includes(field) && !field.startsWith('model'))
        const lines = new Set(edited.value.split(newline))
        for (const line of kept.flatMap((field) => field.split('\n').filter(Boolean)))
          expect(lines).toContain(indent + line)
      }),
      { numRuns: runs(1000) },
    )
  })
})

describe('hostile front matter', () => {
  const pieces = [
    '&a',
    '*a',
    '<<: ',
    '__proto__: ',
    'constructor: ',
    'status: ',
    'labels:\n',
    '- ',
    '\t',
    '? ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '#',
    '!',
    '!!js/function ',
    '%',
    '@',
    '`',
    '\n',
    '\r\n',
    '  ',
    '...\n',
    '--- ',
    'a',
    '1e999',
    '0x',
    '\u2028',
    '\ud800',
    'x'.repeat(1100),
  ]

  it('is read or refused at places that the file has, and changes nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 25 }), (parts) => {
        const text = `---\n${parts.join('')}\n---\n# T\n`
        const lines = text.split('\n')
        const parsed = parseSpec('a', 'a.md', text)
        for (const { line, column } of parsed.ok ? parsed.value.warnings : parsed.error) {
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeGreaterThan(0)
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
        }
        finalizeSpec(text, end)
        expect(Object.keys(Object.prototype)).toEqual([])
      }),
      { numRuns: runs(3000) },
    )
  })
})
