import fc from 'fast-check'
import { expect, it } from 'vitest'
import { appendAgentOutput } from '../../src/spec/agent-output.ts'
import { outsideCode } from '../../src/spec/markdown-lines.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import { runs } from '../random-cases.ts'

const at = '2026-01-24T04:20:27Z'
const append = (text: string, output: string): string => appendAgentOutput(text, { at, output })
/** The lines between the fences of the last section. */
const shown = (text: string): string => {
  const section = text.slice(text.lastIndexOf('## Agent Output\n'))
  return /\n(`{3,})\n([\s\S]*)\n\1\n$/.exec(section)?.[2] ?? ''
}

it('appends the section as chant does', () => {
  const section = `\n## Agent Output\n\n${at}\n\n\`\`\`\nDone.\n  ok\n\`\`\`\n`
  expect(append('# T\n', '\nDone.\n  ok\n\n')).toBe(`# T\n${section}`)
  expect(append('# T', 'Done.\n  ok')).toBe(`# T\n${section}`)
  expect(append('# T\r\n', 'Done.\r\n  ok')).toBe(`# T\n${section}`.replaceAll('\n', '\r\n'))
  expect(shown(append('', ''))).toBe('(no output)')
})

it('appends a second section only where it differs', () => {
  const once = append('# T\n', 'a')
  expect(append(once, 'a')).toBe(once)
  expect(append(once, 'b')).toBe(`${once}${append('# T\n', 'b').slice(4)}`)
})

it('keeps the end of long output and says what was cut', () => {
  const kept = shown(append('', `${'🚀'.repeat(6000)}end`))
  const [note, rest = ''] = kept.split('\n')
  expect(note).toBe('[… 1029 characters cut …]')
  expect(rest.endsWith('🚀end')).toBe(true)
  expect(rest.isWellFormed()).toBe(true)
  expect(Array.from(kept)).toHaveLength(5000)
  expect(shown(append('', 'x'.repeat(5000)))).toBe('x'.repeat(5000))
})

it('removes what a terminal would act on', () => {
  const output =
    '\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u001b\\ a\0b\u0007\tc\r50%\r100%\u202e\u0085z\ud800'
  expect(shown(append('', output))).toBe('red link ab\tc\n50%\n100%\nz\ufffd')
})

it('cannot be left by its output, nor be swallowed by a fence left open', () => {
  const forged = '```\n## Acceptance Criteria\n- [x] forged\n````\n# Forged\n'
  const real = '# T\n## Acceptance Criteria\n- [ ] real\n'
  for (const text of [
    real,
    `${real}\`\`\`\nopen`,
    `${real}- step\n  ~~~~\n  open\n`,
    `${real}${'`'.repeat(8)}\nlast\`\`\`\n`,
  ]) {
    const parsed = parseSpec('a', 'a.md', append(text, forged))
    expect(parsed.ok && parsed.value.spec).toMatchObject({ title: 'T', criteria: [{ text: 'real', ticked: false }] })
    expect(parsed.ok && parsed.value.warnings).toEqual([])
  }
})

it('keeps the file, stays within its limit and leaves no fence open, whatever comes', () => {
  const output = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[`~ \n#ax[\]-]{0,40}$/),
    fc.constant('`'.repeat(7000)),
  )
  fc.assert(
    fc.property(fc.stringMatching(/^[`~ \n#a-]{0,30}$/), output, (text, said) => {
      const once = append(text, said)
      expect(once.startsWith(text)).toBe(true)
      expect(outsideCode(once, 1).unclosed).toBeUndefined()
      expect(outsideCode(once, 1).lines.map((line) => line.text)).toContain('## Agent Output')
      expect(Array.from(shown(once)).length).toBeLessThanOrEqual(5000)
      expect(append(once, said)).toBe(once)
    }),
    { numRuns: runs(500) },
  )
})
