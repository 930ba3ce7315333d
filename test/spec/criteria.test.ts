import { expect, it } from 'vitest'
import { findCriteria } from '../../src/spec/criteria.ts'
import { outsideCode } from '../../src/spec/markdown-lines.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'

const criteria = (body: string) =>
  findCriteria(outsideCode(body, 10).lines).map(({ text, ticked, line }) => `${line} ${ticked ? 'x' : '-'} ${text}`)

it('reads boxes of every list, with their lines', () => {
  const body = `# T
- [ ] before
## Acceptance Criteria

- [ ] open
- [x] done
* [X] Done
  + [ ] nested \`code\`
1. [ ] numbered
- - [ ] twice
-   [ ]wide and tight
- no box
- [x](https://example.com) a link
- [-] not a box
Mentions - [ ] in passing
- [x] Says \`- [ ]\` in its text
> - [ ] quoted
> > 1. [x] and again
> [ ] no item
### Part two
- [ ] in a part
## Notes
- [ ] after
`
  expect(criteria(body)).toEqual([
    '14 - open',
    '15 x done',
    '16 x Done',
    '17 - nested `code`',
    '18 - numbered',
    '19 - twice',
    '20 - wide and tight',
    '25 x Says `- [ ]` in its text',
    '26 - quoted',
    '27 x and again',
    '30 - in a part',
  ])
})

it('takes the last section, and none from code', () => {
  const last = '## Acceptance Criteria\n- [ ] old\n\n## Acceptance Criteria (v2)\n- [x] new\n'
  expect(criteria(last)).toEqual(['14 x new'])
  expect(criteria(`${last}\`\`\`md\n## Acceptance Criteria\n- [ ] code\n\`\`\`\n- [ ] real`)).toEqual([
    '14 x new',
    '19 - real',
  ])
  expect(criteria(`${last}# Next\n- [ ] after`)).toEqual(['14 x new'])
})

it('is empty without the heading', () => {
  expect(criteria('- [ ] a\n### Acceptance Criteria\n- [ ] b')).toEqual([])
})

it('counts lines in the file, CRLF or not', () => {
  for (const newline of ['\n', '\r\n']) {
    const text = ['---', 'status: pending', '---', '# T', '## Acceptance Criteria', '- [ ] a  ', ''].join(newline)
    const parsed = parseSpec('a', 'a.md', text)
    expect(parsed.ok && parsed.value.spec.criteria).toEqual([{ text: 'a', ticked: false, line: 6 }])
  }
})

it('warns where a fence left open hides the criteria', () => {
  const parsed = parseSpec('a', 'a.md', '# T\n```\ncode\n## Acceptance Criteria\n- [ ] a\n')
  expect(parsed.ok && parsed.value.warnings).toMatchObject([{ line: 2, code: 'unclosed-code-fence' }])
  const harmless = parseSpec('a', 'a.md', '## Acceptance Criteria\n- [ ] a\n```\ncode```\n')
  expect(harmless.ok && harmless.value.warnings).toEqual([])
})
