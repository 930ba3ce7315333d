import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

test('a spec without a title is an error on its first line of text', () => {
  expect(linesOf({ a: '---\nstatus: pending\n---\n\nJust do it.\n' }, 'missing-title')).toMatchInlineSnapshot(`
    "error missing-title a.md:5:1 The spec has no title.
      → Begin its text with a heading of level 1, \`# What is to be done\`."
  `)
  expect(linesOf({ a: '' }, 'missing-title')).toMatchInlineSnapshot(`
    "error missing-title a.md:1:1 The spec has no title.
      → Begin its text with a heading of level 1, \`# What is to be done\`."
  `)
})

test('what was meant as a title is pointed at', () => {
  expect(linesOf({ a: aText({ title: '#A task' }) }, 'missing-title')).toMatchInlineSnapshot(`
    "error missing-title a.md:3:1 The spec has no title.
      → Line 3 is no title: write one \`#\`, a space and the title."
  `)
  expect(linesOf({ a: aText({ title: '## A task' }) }, 'missing-title')).toContain('Line 3 is no title')
})

test('a title that is the same as the id is a title', () => {
  expect(linesOf({ a: aText({ title: '# a' }) })).toBe('')
})

test('a title that stands in code only is a warning, because chant takes it', () => {
  expect(linesOf({ a: aText({ title: '```sh\n# install it\nnpm ci\n```' }) })).toMatchInlineSnapshot(`
    "warning title-in-code a.md:4:1 The only line that could be the title stands in a block of code.
      → Begin the text with a heading of level 1, \`# What is to be done\`."
  `)
})
