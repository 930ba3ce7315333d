import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aText, linesOf, lintOf } from './lint-of.ts'

/** Files that cannot be read as a spec, by the code that says why. */
const UNREADABLE: Readonly<Record<string, string>> = {
  'duplicate-key': '---\nstatus: pending\nstatus: failed\n---\n',
  'tab-indentation': '---\na:\n\tb: 1\n---\n',
  'invalid-yaml': '---\na: [1\n---\n',
  'not-a-mapping': '---\n- a\n---\n',
  'unclosed-front-matter': '---\nstatus: pending\n',
  'front-matter-language': '---js\n---\n',
  'carriage-return': '---\rstatus: completed\r---\r',
  'front-matter-too-large': `---\na: ${'x'.repeat(70_000)}\n---\n`,
  'alias-limit': '---\na: &a [*a]\n---\n',
  'nul-character': 'a\0b',
  'file-too-large': 'x'.repeat(1024 * 1024 + 1),
  'wrong-type': '---\nlabels: x\n---\n',
  'unknown-status': '---\nstatus: done\n---\n',
  'unknown-verification-status': '---\nverification_status: good\n---\n',
}

test('a file that cannot be read as a spec is an error with a code of its own', () => {
  for (const [code, text] of Object.entries(UNREADABLE)) {
    const found = lintOf({ a: text })
    expect(found.map((each) => [each.code, each.severity])).toEqual([[code, 'error']])
  }
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'lint.md'), 'utf8')
  expect(Object.keys(UNREADABLE).filter((code) => !page.includes(`| \`${code}\` | error |`))).toEqual([])
  expect(lintOf({ 'a b': aText() }).map(({ code }) => code)).toEqual(['invalid-id'])
})

test('a type that chant does not know is a warning', () => {
  expect(linesOf({ a: aText({ front: 'type: docs' }) })).toMatch(/^warning unknown-type a\.md:2:1/)
})

test('what YAML itself warns about is a warning', () => {
  expect(linesOf({ a: aText({ front: 'x: !!js/function "f"' }) })).toMatch(/^warning yaml-warning a\.md:2:4/)
})

test('a code fence that hides the criteria is a warning', () => {
  const text = `# A task\n\n\`\`\`\n## Acceptance Criteria\n\n- [ ] hidden\n`
  expect(linesOf({ a: text }, 'unclosed-code-fence')).toMatch(/^warning unclosed-code-fence a\.md:3:1/)
})
