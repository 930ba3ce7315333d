import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIG_KEYS, IGNORED_KEYS } from '../../src/config/known-keys.ts'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'docs', 'config.md'), 'utf8')

/** Rows of a table whose last column is a test. */
const rows = [...page.matchAll(/^\| (.+) \| ((?:same|safer|not ours)\b.*) \| `(.+) › (.+)` \|$/gm)].map(
  ([, what = '', , file = '', name = '']) => ({ what, file, name }),
)

test('docs/config.md says of every key that chant knows what becomes of it', () => {
  const keys = rows.map(({ what }) => /^`([a-z_.[\]*]+)`$/.exec(what)?.[1]).filter((key) => key !== undefined)
  expect(keys).toEqual([...new Set(keys)])
  expect(keys.toSorted()).toEqual([...CONFIG_KEYS, ...IGNORED_KEYS].toSorted())
})

test('every test that docs/config.md points at is there', () => {
  expect(rows.length).toBeGreaterThan(80)
  const missing = rows.filter(({ file, name }) => {
    const text = readFileSync(join(root, file), 'utf8')
    return !["'", '"', '`'].some((quote) => text.includes(`test(${quote}${name}${quote}`))
  })
  expect(missing).toEqual([])
})
