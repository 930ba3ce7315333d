import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

const [A, B, C] = ['2026-11-02-001-aaa', '2026-11-02-002-bbb', '2026-11-02-003-ccc']

test('ids of other specs in the text are a warning at the first of them', () => {
  const body = `Nothing yet.\n\nAs in ${B}, see ${C} and ${B}.`
  expect(linesOf({ [A]: aText({ body }) })).toMatchInlineSnapshot(`
    "warning coupling 2026-11-02-001-aaa.md:7:7 The text speaks of 2026-11-02-002-bbb, 2026-11-02-003-ccc, and the spec does not depend on them.
      → Where the spec needs their work, name them in \`depends_on\`; what it has to know of them, say in its own text."
  `)
})

test('ids in code, its own id and those it depends on are no coupling', () => {
  const body = `\`\`\`\n${B}\n\`\`\`\nThis is ${A}. It goes on from ${C}.2 in .chant/specs/${C}.md.`
  expect(linesOf({ [A]: aText({ front: `depends_on: ${C}`, body }), [C]: aText() })).toBe('')
})

test('a member may name all but its siblings', () => {
  const member = (body: string) => ({
    [A]: aText({ front: 'type: driver', body: `${B} and ${C}`, criteria: '' }),
    [`${A}.1`]: aText({ body }),
  })
  expect(linesOf(member(`Part of ${A}, after ${B} and ${B}.1.`))).toBe('')
  expect(linesOf(member(`After ${A}.2.`))).toMatchInlineSnapshot(`
    "warning coupling 2026-11-02-001-aaa.1.md:5:7 The text speaks of 2026-11-02-001-aaa.2, beside it in its group, and the spec does not depend on it.
      → Where the spec needs its work, name it in \`depends_on\`; what it has to know of it, say in its own text."
  `)
})

test('a prefix of the project does not make a spec a stranger to itself', () => {
  const body = `This is web-${A}, behind web-${B}.`
  expect(linesOf({ [`web-${A}`]: aText({ front: `depends_on: web-${B}`, body }), [`web-${B}`]: aText() })).toBe('')
})

test('a conflict may name the specs it is about', () => {
  const front = `type: conflict\noriginal_spec: ${B}\nblocked_specs: [${C}]`
  expect(linesOf({ [A]: aText({ front, body: `${B} against ${C}` }) })).toBe('')
})
