import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

const dependsOn = (written: string) => aText({ front: `status: pending\ndepends_on: ${written}` })

test('a dependency that does not exist is an error where it is written', () => {
  const block = '\n  - b\n  - c # the third'
  expect(linesOf({ a: dependsOn(block), b: aText() })).toMatchInlineSnapshot(`
    "error unknown-dependency a.md:5:5 \`depends_on\` names "c", and no spec has this id.
      → Did you mean a or b? Name a spec of .chant/specs or .chant/archive by its whole id, or take it out."
  `)
  expect(linesOf({ a: dependsOn('[b,  c]'), b: aText() })).toMatch(/a\.md:3:18/)
  expect(linesOf({ a: dependsOn('c') })).toMatch(/a\.md:3:13/)
})

test('a slip of the pen and a part of an id get a hint, a mere likeness does not', () => {
  const ids = { '2026-11-02-00k-adf': aText(), '2026-11-02-00r-xby': aText() }
  const hint = (id: string) => /Did you mean (.*)\?/.exec(linesOf({ a: dependsOn(id), ...ids }))?.[1]
  expect(hint('2026-11-02-00k-adg')).toBe('2026-11-02-00k-adf')
  expect(hint('2026-11-02-0k0-adf')).toBe('2026-11-02-00k-adf')
  expect(hint('00r-xby')).toBe('2026-11-02-00r-xby')
  expect(hint('2026-11-02-00x-xyz')).toBeUndefined()
})

test('archived, broken and completed specs are known', () => {
  const texts = {
    a: dependsOn('[b, c, old]'),
    b: '---\nstatus: ready\nstatus: failed\n---\n',
    c: aText({ front: 'status: completed' }),
  }
  expect(linesOf(texts, 'unknown-dependency', { archived: ['old'] })).toBe('')
})

test('specs that wait for each other are an error at the dependency that closes the circle', () => {
  expect(linesOf({ a: dependsOn('[b]'), b: dependsOn('\n- a'), behind: dependsOn('a') })).toMatchInlineSnapshot(`
    "error dependency-cycle a.md:3:14 It waits for itself: a → b → a.
      → Take one of these out of \`depends_on\`.
    error dependency-cycle b.md:4:3 It waits for itself: a → b → a.
      → Take one of these out of \`depends_on\`."
  `)
})

test('a member in a circle by its number alone is told so', () => {
  expect(
    linesOf({ 'a.1': dependsOn('a.2'), 'a.2': aText(), a: aText({ front: 'type: driver' }) }),
  ).toMatchInlineSnapshot(`
    "error dependency-cycle a.1.md:3:13 It waits for itself: a.1 → a.2 → a.1.
      → Take one of these out of \`depends_on\`.
    error dependency-cycle a.2.md:1:1 It waits for itself: a.1 → a.2 → a.1.
      → It has no \`depends_on\`: it waits by its number in the group, or for what its driver waits for. Change that of another."
  `)
})
