import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

const aDriver = (more = '') => aText({ front: `type: driver${more}`, criteria: '' })

test('a member that does not exist is an error where it is written', () => {
  expect(linesOf({ a: aDriver('\nmembers: [b, bb]'), b: aText() })).toMatchInlineSnapshot(`
    "error unknown-member a.md:3:14 \`members\` names "bb", and no spec has this id.
      → Did you mean b? Name a spec of .chant/specs by its whole id, or take it out."
  `)
})

test('an archived member and a subgroup without a file are known', () => {
  expect(linesOf({ a: aDriver('\nmembers: [b, c]'), 'c.1': aText() }, 'unknown-member', { archived: ['b'] })).toBe('')
})

test('a member whose driver has no file is a warning', () => {
  expect(linesOf({ 'a.2': aText() })).toMatchInlineSnapshot(`
    "warning member-without-driver a.2.md:1:1 Its id makes it member 2 of a, and there is no such spec.
      → Add a.md with \`type: driver\`, or rename the file so that no number stands behind its last dot."
  `)
  expect(linesOf({ 'a.2': aText() }, undefined, { archived: ['a'] })).toBe('')
  expect(linesOf({ 'a.2.1': aText(), a: aDriver() })).toBe('')
})

test('an empty list of members is a warning', () => {
  expect(linesOf({ a: aDriver('\nmembers: []'), 'a.1': aText() })).toMatchInlineSnapshot(`
    "warning empty-members a.md:3:10 \`members\` is empty.
      → Name the members, or take the field out: specs named \`<id>.1\`, \`<id>.2\` are members by their names."
  `)
})

test('a driver that has no member at all is a warning', () => {
  expect(linesOf({ a: aDriver() })).toMatchInlineSnapshot(`
    "warning driver-without-members a.md:2:7 It is a driver without members, so there is nothing to work.
      → Add a.1.md, name members in \`members\`, or change \`type\`."
  `)
  expect(linesOf({ a: aDriver(), 'a.1': aText() })).toBe('')
})
