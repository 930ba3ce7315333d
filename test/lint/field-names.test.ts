import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

test('a field that looks like one of chant is a warning', () => {
  expect(linesOf({ a: aText({ front: 'status: pending\ndepend_on: b' }) })).toMatchInlineSnapshot(`
    "warning mistaken-field a.md:3:1 chant does not know the field "depend_on", so it changes nothing.
      → Write \`depends_on\`, if that is what you mean."
  `)
  const known = (front: string) => /Write `(\w+)`/.exec(linesOf({ a: aText({ front }) }))?.[1]
  expect(known('dependsOn: b')).toBe('depends_on')
  expect(known('Depends-On: b')).toBe('depends_on')
  expect(known('label: b')).toBe('labels')
  expect(known('staus: pending')).toBe('status')
  expect(known('target_file: b')).toBe('target_files')
})

test('fields of a project of its own are left alone', () => {
  for (const front of [
    'team: core',
    'priority: 1',
    'id: a',
    'title: A',
    'jira_key: X-1',
    'modes: 1',
    'superseded_by: b',
  ])
    expect(linesOf({ a: aText({ front }) })).toBe('')
})
