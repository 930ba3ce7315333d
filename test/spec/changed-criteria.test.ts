import { expect, it } from 'vitest'
import { criteriaChanged } from '../../src/spec/changed-criteria.ts'

const spec = (criteria: string, front = 'status: pending'): string =>
  `---\n${front}\n---\n# T\n\n## Acceptance Criteria\n\n${criteria}`
const changed = (before: string, now: string): boolean => criteriaChanged('a', 'a.md', before, now)

it('sees criteria that say something else', () => {
  const before = spec('- [ ] one\n- [ ] two\n')
  for (const now of ['- [ ] one\n', '- [ ] one\n- [ ] other\n', '- [ ] two\n- [ ] one\n', '']) {
    expect(changed(before, spec(now))).toBe(true)
  }
  expect(changed('# T\n', before)).toBe(true)
})

it('sees no change in what is ticked, in other text, or in a file that cannot be read', () => {
  const before = spec('- [ ] one\n')
  expect(changed(before, spec('* [x] one\n', 'status: failed\nlabels: [a]').replace('# T', '# Another'))).toBe(false)
  expect(changed(before, '---\nstatus: [\n---\n')).toBe(false)
})
