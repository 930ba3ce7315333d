import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lintedLine, lintSection } from '../../src/report/lint-advice.ts'
import { lintAnnotations, lintFailure, lintLines } from '../../src/report/lint-lines.ts'
import { byImportance, type LintReport, lintTitle } from '../../src/report/lint-report.ts'
import { lintResults, lintResultsFile } from '../../src/report/lint-results.ts'
import { lintSummary } from '../../src/report/lint-summary.ts'
import type { Diagnostic } from '../../src/spec/diagnostic.ts'
import { aPlan, aPlanned, Journal } from './board-fixture.ts'

const found = (over: Partial<Diagnostic> = {}): Diagnostic => ({
  file: '.chant/specs/a.md',
  line: 3,
  column: 5,
  code: 'coupling',
  severity: 'warning',
  message: 'The text speaks of b.',
  advice: 'Name it in `depends_on`.',
  ...over,
})
const anError = (over: Partial<Diagnostic> = {}): Diagnostic =>
  found({ severity: 'error', code: 'missing-title', message: 'The spec has no title.', advice: 'Add one.', ...over })
const times = (count: number, make: (i: number) => Diagnostic): readonly Diagnostic[] =>
  Array.from({ length: count }, (_, i) => make(i))
const textOf = (report: LintReport): string =>
  lintLines(report)
    .map((line) => (line.type === 'text' ? line.text : line.type))
    .join('\n')

const b = '.chant/specs/b.md'
const report: LintReport = {
  specs: 3,
  found: [
    anError(),
    found({ line: 9 }),
    found({ file: b, line: 12, column: 1 }),
    { file: b, line: 1, column: 1, code: 'duplicate-key', severity: 'error', message: 'front matter: twice' },
  ],
}

describe('the log of mode lint', () => {
  it('says everything, file by file', () => {
    expect(textOf(report)).toMatchInlineSnapshot(`
      "chant lint · 2 errors and 2 warnings in 2 of 3 specs

      .chant/specs/a.md:3:5  error    missing-title  The spec has no title.
          → Add one.
      .chant/specs/a.md:9:5  warning  coupling  The text speaks of b.
          → Name it in \`depends_on\`.

      .chant/specs/b.md:12:1  warning  coupling  The text speaks of b.
          → Name it in \`depends_on\`.
      .chant/specs/b.md:1:1  error    duplicate-key  front matter: twice"
    `)
    expect(textOf({ specs: 1, found: [anError()] })).toContain('a.md:3:5  error  missing-title')
    expect(textOf({ specs: 2, found: [] })).toBe('chant lint · nothing wrong in 2 specs')
  })

  it('says once what is the same at many places, with all of these', () => {
    const many = times(3, (i) => found({ file: `.chant/specs/${i}.md` }))
    const untitled = times(3, (i) => anError({ file: `.chant/specs/x${i}.md` }))
    const duplicate = anError({ code: 'duplicate-key', message: 'front matter: twice' })
    expect(textOf({ specs: 7, found: [duplicate, ...many, ...untitled] })).toMatchInlineSnapshot(`
      "chant lint · 4 errors and 3 warnings in 7 of 7 specs

      .chant/specs/a.md:3:5  error    duplicate-key  front matter: twice
          → Add one.

      error  missing-title  at 3 places: The spec has no title.
          → Add one.
        .chant/specs/x0.md:3:5
        .chant/specs/x1.md:3:5
        .chant/specs/x2.md:3:5

      warning  coupling  at 3 places: The text speaks of b.
          → Name it in \`depends_on\`.
        .chant/specs/0.md:3:5
        .chant/specs/1.md:3:5
        .chant/specs/2.md:3:5"
    `)
  })

  it('ends somewhere, and says where the rest is', () => {
    const many = textOf({ specs: 1, found: times(2500, () => found()), file: '/tmp/lint.json' })
    expect(many.split('\n').at(-1)).toBe('+500 more: all are in /tmp/lint.json')
  })
})

describe('annotations', () => {
  const levels = (of: LintReport) => Map.groupBy(lintAnnotations(of), (line) => 'level' in line && line.level)

  it('are as many as GitHub keeps, with room for the sentence that fails the step', () => {
    const many = { specs: 1, found: [...times(20, () => found()), ...times(20, () => anError())] }
    const by = levels(many)
    expect([by.get('error')?.length, by.get('warning')?.length, by.get('notice')?.length]).toEqual([9, 10, 1])
    expect(by.get('notice')?.[0]).toMatchObject({ message: expect.stringMatching(/^21 more findings/) })
    expect(levels(report).get('notice')).toBeUndefined()
  })

  it('say what is new before they repeat themselves', () => {
    const other = found({ code: 'missing-criteria', message: 'None.' })
    const [first, second, third] = lintAnnotations({ specs: 1, found: [...times(20, () => found()), other] })
    expect([first, second, third]).toMatchObject([
      { title: 'coupling' },
      { title: 'missing-criteria' },
      { title: 'coupling' },
    ])
  })

  it('hold message and advice, cut to what anybody reads', () => {
    expect(lintAnnotations({ specs: 1, found: [anError()] })).toEqual([
      {
        type: 'annotation',
        level: 'error',
        title: 'missing-title',
        message: 'The spec has no title. Add one.',
        file: '.chant/specs/a.md',
        line: 3,
        column: 5,
      },
    ])
    const [long] = lintAnnotations({ specs: 1, found: [found({ message: 'x'.repeat(5000) })] })
    expect(long && 'message' in long && long.message.length).toBe(1000)
  })
})

it('what a pull request changes comes first in each level', () => {
  const files = ['a', 'b', 'c']
  const all = [...files.map((file) => found({ file })), ...files.map((file) => anError({ file }))]
  const order = byImportance({ specs: 3, found: all, changed: new Set(['b']) })
  expect(order.map(({ file, severity }) => `${severity[0]} ${file}`)).toEqual([
    'e b',
    'e a',
    'e c',
    'w b',
    'w a',
    'w c',
  ])
})

it('titles count what there is', () => {
  expect(lintTitle(report)).toBe('2 errors and 2 warnings in 2 of 3 specs')
  expect(lintTitle({ specs: 1, found: [found()] })).toBe('1 warning in 1 of 1 spec')
  expect(lintTitle({ specs: 0, found: [] })).toBe('no specs')
  const config = found({ file: '.chant/config.md' })
  const settings = new Set([config.file])
  expect(lintTitle({ specs: 1, found: [found(), config], settings })).toBe(
    '2 warnings in 1 of 1 spec and in the configuration',
  )
  expect(lintTitle({ specs: 1, found: [config], settings })).toBe('1 warning in the configuration')
  expect(lintFailure({ specs: 1, found: [found()] })).toBeUndefined()
  expect(lintFailure(report)).toContain('2 errors and 2 warnings')
})

describe('the summary of mode lint', () => {
  it('shows the most important first, with links where the commit is known', () => {
    const link = (file: string, line: number) => `https://github.com/o/r/blob/abc/${file}#L${line}`
    expect(lintSummary({ ...report, changed: new Set([b]) }, link)).toMatchInlineSnapshot(`
      "# chant lint: 2 errors and 2 warnings in 2 of 3 specs

      What this pull request changes comes first.

      | rule | what and what to do | where |
      |:--|:--|:--|
      | **error** \`duplicate-key\` | front matter: twice | [b.md:1:1](https://github.com/o/r/blob/abc/.chant/specs/b.md#L1) |
      | **error** \`missing-title\` | The spec has no title. Add one. | [a.md:3:5](https://github.com/o/r/blob/abc/.chant/specs/a.md#L3) |
      | warning \`coupling\` × 2 | The text speaks of b. Name it in \`depends_on\`. | [b.md:12:1](https://github.com/o/r/blob/abc/.chant/specs/b.md#L12), [a.md:9:5](https://github.com/o/r/blob/abc/.chant/specs/a.md#L9) |

      Every rule is described in \`docs/lint.md\` of chant-action; \`lint.disable\` in \`.chant/config.md\` switches warnings off.
      "
    `)
  })

  it('has one row for what is the same, with its places, as many as anybody reads', () => {
    const many = times(25, (i) => found({ file: `.chant/specs/${i}.md` }))
    const row = lintSummary({ specs: 30, found: [anError(), ...many] })
      .split('\n')
      .find((line) => line.includes('coupling'))
    expect(row).toMatch(
      /^\| warning `coupling` × 25 \| The text speaks of b\. .* \| `0.md:3:5`, `1.md:3:5`, .*, `19.md:3:5`, \+5 more \|$/,
    )
  })

  it('fits GitHub whatever there is, and counts what it leaves out', () => {
    const shown = (words: string) => {
      const many = times(5000, (i) =>
        found({ code: `code-${i % 3}`, message: i + words, file: `${words.slice(0, 200)}.md` }),
      )
      return lintSummary({ specs: 5000, found: many })
    }
    const same = (words: string) =>
      lintSummary(
        { specs: 5000, found: times(5000, (i) => found({ message: `${i % 500}`, file: `${words.slice(0, 200)}.md` })) },
        (file) => `https://github.com/o/r/blob/abc/${encodeURIComponent(file)}`,
      )
    for (const words of ['<|`*@x#1'.repeat(500), '\u202e'.repeat(5000), '漢'.repeat(5000)]) {
      expect(new TextEncoder().encode(shown(words)).length).toBeLessThan(1_000_000)
      expect(shown(words)).toMatch(/\| \+4[79]00 more \|/)
      expect(shown(words)).toContain('| `code-0` | 1667 |')
      expect(shown(words)).not.toContain('<|')
      expect(new TextEncoder().encode(same(words)).length).toBeLessThan(1_000_000)
    }
  })
})

describe('the output results', () => {
  it('is an array of what was found', () => {
    expect(JSON.parse(lintResults(report, 10_000))).toEqual(report.found)
    expect(lintResultsFile(report)).toMatchObject({ counts: { specs: 3, errors: 2, warnings: 2 } })
  })

  it('keeps the most important within its limit', () => {
    const limit = fc.integer({ min: 4, max: 3000 })
    fc.assert(
      fc.property(limit, fc.array(fc.boolean(), { maxLength: 20 }), (bytes, errors) => {
        const all = errors.map((error, i) => (error ? anError({ line: i + 1 }) : found({ line: i + 1 })))
        const json = lintResults({ specs: 1, found: all }, bytes)
        const kept = JSON.parse(json)
        expect(json.length * 2).toBeLessThanOrEqual(bytes)
        if (kept.length < all.length) expect(kept).toEqual(byImportance({ specs: 1, found: all }).slice(0, kept.length))
      }),
    )
  })
})

describe('advice about the specs of a run', () => {
  const board = (total: number) =>
    new Journal()
      .add({ type: 'planned', plan: aPlan([aPlanned('a')]) })
      .add({
        type: 'linted',
        total,
        specs: 1,
        found: times(Math.min(total, 100), (i) => found({ message: `Says ${i}.` })),
      })
      .board()

  it('is one line of the log and one folded part of the summary', () => {
    const { lint } = board(1)
    expect(lint && lintedLine(lint)).toEqual({
      type: 'text',
      text: 'lint  1 remark on 1 planned spec: see the summary, or all of them by `mode: lint`',
    })
    expect(lintSection(board(1)).join('\n')).toMatchInlineSnapshot(`
      "<details><summary>Lint: 1 remark on 1 planned spec</summary>

      | rule | what and what to do | where |
      |:--|:--|:--|
      | warning \`coupling\` | Says 0. Name it in \`depends_on\`. | \`a.md:3:5\` |

      </details>"
    `)
    expect(lintSection(new Journal().board())).toEqual([])
  })

  it('is cut, and says how much is left', () => {
    const [shown = ''] = lintSection(board(400))
    expect(shown.match(/`coupling`/g)).toHaveLength(50)
    expect(shown).toContain('+350 more: `mode: lint` shows them all.')
  })
})
