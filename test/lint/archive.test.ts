import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

test('an id that is in the archive too is a warning', () => {
  expect(linesOf({ a: aText() }, undefined, { archived: ['a'] })).toMatchInlineSnapshot(`
    "warning also-archived a.md:1:1 .chant/archive holds a spec a too; this one counts.
      → Remove or rename one of the two."
  `)
})
