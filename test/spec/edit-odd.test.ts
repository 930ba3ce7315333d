import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendAgentOutput } from '../../src/spec/agent-output.ts'
import { type Finalization, finalizeSpec } from '../../src/spec/edit.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import { runs } from '../random-cases.ts'

/** Front matter as nobody should write it and somebody does: put together at random from lines of every kind that YAML knows. */

const good = (key: string): string => (key === 'status' ? 'pending' : 'a')

/** One field, in lines. */
const written = (key: string): readonly (readonly string[])[] => [
  [`${key}:`],
  [`${key}: # c`],
  [`${key}: ~`],
  [`${key}: ${good(key)}`],
  [`${key}: ${good(key)} # c`],
  [`${key}: "${good(key)}" # c`],
  [`${key} : '${good(key)}'`],
  [`"${key}": ${good(key)}`],
  [`${key}:\t${good(key)}`],
  [`? ${key}`, `: ${good(key)}`],
  [`${key}:`, `  ${good(key)} # d`],
  [`${key}: # c`, `  "${good(key)}"`],
  [`${key}: >-`, `  ${good(key)}`, ''],
  [`${key}: |+`, '  a', '', ''],
  [`${key}: "a`, '  b"'],
  [`${key}: !!str ${good(key)}`],
  [`${key}: &x ${good(key)}`],
  [`${key}: [a, b] # c`],
  [`${key}: [`, '  a, # in', '  b', ']'],
  [`${key}:`, '- a # k', '# l', '- b'],
  [`${key}:`, '', '  - a', '  - "---" # last', '  # after', ''],
  [`${key}: {a: 1}`],
  [`${key}:`, '  a: 1', '  b: *x'],
]
const NOISE = [['# a comment'], [''], ['   '], ['\t'], ['...'], ['type: code'], ['labels: [x]']]
const OURS = ['status', 'branch', 'commits', 'completed_at', 'model']

const aPart = fc.oneof(
  fc.constantFrom(...OURS).chain((key) => fc.constantFrom(...written(key))),
  fc.constantFrom('odd', 'depends_on', 'context').chain((key) => fc.constantFrom(...written(key), ...NOISE)),
)
const END: Finalization = {
  status: 'completed',
  branch: 'chant/a',
  commits: ['abc1234', '1e1'],
  completedAt: '2026-01-24T04:20:27Z',
  model: 'opus',
}
const isOurs = ([first = '']: readonly string[]): boolean =>
  new RegExp(`^(\\? )?"?(${OURS.join('|')})"?\\s*`).test(first)

test('a spec that can be worked can be finished, and keeps every line that is not of the five fields', () => {
  const newlines = fc.array(fc.constantFrom('\n', '\r\n'), { minLength: 1, maxLength: 5 })
  const bodies = fc.constantFrom('', '# T\n\n- [ ] a', '\r\n# T\r\n', '```\n# T')
  let finished = 0
  fc.assert(
    fc.property(
      fc.array(aPart, { maxLength: 7 }),
      newlines,
      fc.constantFrom('', '\uFEFF', '\n', '  '),
      bodies,
      (parts, ends, before, body) => {
        const lines = ['---', ...parts.flat(), '---']
        const text = before + lines.map((line, i) => line + (ends[i % ends.length] ?? '\n')).join('') + body
        if (!parseSpec('a', 'a.md', text).ok) return
        const edited = finalizeSpec(text, END)
        // An anchor on one of the five that something else repeats is what lint says before the work.
        if (!edited.ok) {
          expect(text).toContain('*x')
          return
        }
        finished++
        expect(finalizeSpec(edited.value, END)).toEqual(edited)
        expect(edited.value.startsWith(before)).toBe(true)
        expect(edited.value.endsWith(body)).toBe(true)
        expect(appendAgentOutput(edited.value, { at: 'x', output: 'y' }).startsWith(edited.value)).toBe(true)
        let at = 0
        for (const line of parts.filter((part) => !isOurs(part)).flat()) {
          const found = edited.value.indexOf(line, at)
          expect(found, `${line} of ${JSON.stringify(text)} in ${JSON.stringify(edited.value)}`).toBeGreaterThanOrEqual(
            at,
          )
          at = found + line.length
        }
        for (const [first = ''] of parts.filter(isOurs))
          if (first.endsWith('# c')) expect(edited.value).toContain('# c')
      },
    ),
    { numRuns: runs(2000) },
  )
  expect(finished).toBeGreaterThan(100)
})
