import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

test('a field that cannot be written at the end is an error before the work', () => {
  expect(linesOf({ a: aText({ front: 'status: &s pending\nnote: *s' }) })).toMatchInlineSnapshot(`
    "error uneditable-field a.md:2:12 The end of the work cannot be written into \`status\` without changing something else.
      → Write it as \`key: value\`, without an anchor that another field repeats, and the front matter without tabs."
  `)
  expect(linesOf({ a: aText({ front: '{labels: [a], model}' }) })).toMatchInlineSnapshot(`
    "error uneditable-field a.md:2:15 The end of the work cannot be written into \`model\` without changing something else.
      → Write it as \`key: value\`, without an anchor that another field repeats, and the front matter without tabs."
  `)
  expect(linesOf({ a: aText({ front: 'note:\n\t# c\n text' }) })).toContain(
    'The end of the work cannot be written into `status`',
  )
})

test('anchors of other fields, braces, and a tab where nothing follows, are nothing to speak of', () => {
  expect(linesOf({ a: aText({ front: 'labels:\n\t\n# c' }) })).toBe('')
  expect(linesOf({ a: aText({ front: 'labels: &l [a]\nnote: *l' }) })).toBe('')
  expect(linesOf({ a: aText({ front: '{status: pending}' }) })).toBe('')
})
