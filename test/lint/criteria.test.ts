import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

test('a spec without acceptance criteria is a warning', () => {
  expect(linesOf({ a: aText({ criteria: '' }) })).toMatchInlineSnapshot(`
    "warning missing-criteria a.md:3:1 The spec has no acceptance criteria, so nothing tells a finished one from an abandoned one.
      → Add a heading \`## Acceptance Criteria\` with a box \`- [ ]\` for each thing that has to hold."
  `)
})

test('boxes below another heading are pointed at', () => {
  expect(linesOf({ a: aText({ body: '## Tasks\n\n* [ ] One\n* [x] Two', criteria: '' }) })).toMatchInlineSnapshot(`
    "warning missing-criteria a.md:7:1 The spec has boxes to tick, and none of them counts as an acceptance criterion.
      → Put those that decide whether it is done below a heading \`## Acceptance Criteria\`."
  `)
})

test('a driver needs no criteria', () => {
  expect(linesOf({ a: aText({ front: 'type: group', criteria: '' }), 'a.1': aText() })).toBe('')
})
