import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RULE_NAMES } from '../../src/lint/disable.ts'
import { faultOf, lintFolder } from '../../src/lint/lint.ts'
import { RULES } from '../../src/lint/rules.ts'
import { runs } from '../random-cases.ts'
import { aText, contextOf, linesOf, lintOf } from './lint-of.ts'

test('nothing is wrong with a spec that is right', () => {
  expect(lintOf({ a: aText({ front: 'type: code\nstatus: pending' }) })).toEqual([])
})

test('broken files, what was odd about reading and the rules come file by file, each by place', () => {
  const texts = {
    b: '---\nstatus: done\n---\n',
    c: aText({ front: 'type: docs\ndepends_on: [x]\ncontext: [y]' }),
    a: aText({ criteria: '' }),
  }
  const found = lintOf(texts, { facts: { paths: new Map([['y', 'missing']]) } })
  expect(found.map(({ file, line, code }) => `${file}:${line} ${code}`)).toEqual([
    'b.md:2 unknown-status',
    'a.md:3 missing-criteria',
    'c.md:2 unknown-type',
    'c.md:3 unknown-dependency',
    'c.md:4 missing-context',
  ])
})

test('only what is meant is looked at, in the light of the whole folder', () => {
  const context = contextOf({
    a: aText({ criteria: '' }),
    b: aText({ front: 'depends_on: a', criteria: '' }),
    c: '---\n',
  })
  const files = (...only: readonly string[]) => lintFolder(context, new Set(only)).map(({ file }) => file)
  expect([files('b'), files('c'), files()]).toEqual([['b.md'], ['c.md'], []])
})

test('nothing is advised about finished specs, and their errors stay', () => {
  for (const status of ['completed', 'cancelled']) {
    const front = `status: ${status}\ntype: research\nprompt: none\ndepends_on: gone`
    const found = lintOf({ a: aText({ front, criteria: '' }) }, { facts: { prompts: new Set() } })
    expect(found.map(({ code }) => code)).toEqual(['unknown-dependency'])
  }
})

test('lint.disable takes the names of chant, of rules and of warnings, in any spelling', () => {
  const text = aText({ front: 'type: docs\ntarget_files: [a, b, c, d, e, f]', criteria: '' })
  const left = (...disable: readonly string[]) => lintOf({ a: text }, { config: { disable } }).map(({ code }) => code)
  expect(left()).toEqual(['unknown-type', 'many-files', 'missing-criteria'])
  expect(left('complexity')).toEqual(['unknown-type', 'missing-criteria'])
  expect(left('complexity_words')).toEqual(['unknown-type', 'many-files', 'missing-criteria'])
  expect(left('complexity_files', 'Missing-Criteria', 'unknown_type')).toEqual([])
})

test('what stops a run cannot be switched off', () => {
  const stopping = RULES.filter(({ stops }) => stops !== undefined).map(({ code }) => code)
  expect(stopping).toEqual([
    'missing-title',
    'unknown-dependency',
    'dependency-cycle',
    'unknown-prompt',
    'uneditable-field',
  ])
  const disable = [...stopping, 'title', 'dependency', 'prompt', 'parse', 'unknown-status']
  const texts = { a: 'No title.', b: aText({ front: 'depends_on: x' }), c: '---\nstatus: done\n---\n' }
  const errors = lintOf(texts, { config: { disable } }).filter(({ severity }) => severity === 'error')
  expect(errors.map(({ code }) => code)).toEqual(['unknown-status', 'missing-title', 'unknown-dependency'])
  expect(stopping.filter((code) => RULE_NAMES.has(code.replaceAll('-', '_')))).toEqual([])
})

test('codes are kebab-case and unique', () => {
  const codes = RULES.map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes.filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([])
})

test('a spec is refused for its title, its prompt and fields that cannot be written, in this order, and for nothing else', () => {
  const fault = (text: string) => {
    const context = contextOf({ a: text }, { facts: { prompts: new Set(['standard']) } })
    const [spec] = context.folder.specs
    return spec && faultOf(spec, context)?.code
  }
  expect(fault('---\nprompt: x\n---\n')).toBe('missing-title')
  expect(fault(aText({ front: 'prompt: x' }))).toBe('unknown-prompt')
  expect(fault(aText({ front: 'status: &s pending\nnote: *s' }))).toBe('uneditable-field')
  expect(fault(aText({ front: 'depends_on: x\napproval: {status: approved}', criteria: '' }))).toBeUndefined()
})

test('places are exact in files with CRLF, a byte order mark and comments', () => {
  const text =
    '\uFEFF---\r\n# why\r\ndepends_on:\r\n  # the first\r\n  - "x"\r\n\r\n  - y   # gone\r\n---\r\n# T\r\n- [ ] b\r\n'
  expect(linesOf({ a: text }).match(/a\.md:\d+:\d+/g)).toEqual(['a.md:5:5', 'a.md:7:5', 'a.md:10:1'])
})

test('an alias is found where it stands', () => {
  const text = aText({ front: 'labels: [&x nobody]\ndepends_on: [*x]\nprompt: *x' })
  const found = lintOf({ a: text }, { facts: { prompts: new Set() } })
  expect(found.map(({ line, column }) => `${line}:${column}`)).toEqual(['3:14', '4:9'])
})

test('of many wrong ids only the first get a hint', () => {
  const id = (number: number, end: string) => `2026-11-02-${String(number).padStart(3, '0')}-${end}`
  const wrong = Array.from({ length: 400 }, (_, i) => id(i, 'abd'))
  const right = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [id(i, 'abc'), aText()]))
  const found = lintOf({ ...right, a: aText({ front: `depends_on: [${wrong.join(', ')}]` }) })
  expect(found).toHaveLength(400)
  expect(found.filter(({ advice }) => advice?.startsWith('Did you mean'))).toHaveLength(50)
})

const line = fc.constantFrom(
  '---',
  '# T',
  '#',
  '## Acceptance Criteria',
  '- [ ] x',
  '  * [x] [',
  '```',
  '~~~~',
  '## Agent Output',
  'depends_on: [a, b, *x]',
  'depends_on: a',
  'members: []',
  'members: {a: 1}',
  'type: driver',
  'type: research',
  'approval: {status: approved}',
  'approval: {by: "a", status: }',
  'context: [&x a, ../b]',
  'output_schema: a',
  'prompt: "`"',
  'model: opus',
  'status: completed',
  'dependOn: |',
  '  2026-11-02-001-abc.1.2',
  '::error::2026-11-02-001-abc',
  '\u0000',
  '\u202e\ud800',
)
const anyText = fc
  .array(fc.oneof({ weight: 4, arbitrary: line }, fc.string({ unit: 'binary' })), { maxLength: 25 })
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)))

test('whatever the files hold, every finding has a place in its file, and the same twice', () => {
  const names = fc.constantFrom('a', 'b', 'a.1', 'a.1.2', '2026-11-02-001-abc', '2026-11-02-001-abc.1')
  const facts = {
    prompts: new Set(['p']),
    paths: new Map([
      ['a', 'missing'],
      ['../b', 'outside'],
    ] as const),
  }
  fc.assert(
    fc.property(fc.dictionary(names, anyText), fc.boolean(), (texts, words) => {
      const setup = { facts, archived: ['b'], config: { disable: words ? [] : ['complexity_words'] } }
      const found = lintOf(texts, setup)
      for (const { file, line, column, code, message, advice } of found) {
        const written = (texts[file.slice(0, -3)] ?? '').split('\n')[line - 1]
        expect(written, `${file}:${line}`).toBeDefined()
        expect(column).toBeGreaterThanOrEqual(1)
        expect(column).toBeLessThanOrEqual((written ?? '').length + 1)
        if (RULES.some((rule) => rule.code === code)) expect(advice).toMatch(/[.?]$/)
        expect(message).not.toMatch(/undefined|\[object/)
      }
      expect(lintOf(texts, setup)).toEqual(found)
    }),
    { numRuns: runs(500) },
  )
})
