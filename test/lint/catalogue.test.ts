import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RULES } from '../../src/lint/rules.ts'

const root = join(import.meta.dirname, '..', '..')
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8')

/** The rows of docs/lint.md that are about a code. */
const rows = read('docs', 'lint.md')
  .split('\n')
  .filter((line) => /^\| `[a-z0-9-]+` \| (?:error|warning)/.test(line))
  .map((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, code = '', severity = '', specs = '', , chant = '', , named = ''] = cells
    return { code: code.replaceAll('`', ''), severity, specs, chant: chant.replaceAll('`', '').split(', '), named }
  })

test('every rule stands in docs/lint.md as it is', () => {
  const documented = new Map(rows.map((row) => [row.code, row]))
  for (const { code, severity, about, chant } of RULES) {
    const row = documented.get(code)
    expect([row?.severity.split(',')[0], row?.specs, row?.chant], code).toEqual([
      severity,
      about === 'every' ? 'all' : 'open',
      chant,
    ])
  }
})

test('no code stands in docs/lint.md twice', () => {
  const codes = rows.map(({ code }) => code)
  expect(codes.length).toBeGreaterThan(RULES.length)
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([])
})
