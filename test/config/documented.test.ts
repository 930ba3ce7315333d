import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIG_KEYS, IGNORED_KEYS } from '../../src/config/known-keys.ts'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'docs', 'config.md'), 'utf8')

/** What each row of its tables is about. That its test is there is proven for all pages together. */
const rows = [...page.matchAll(/^\| (.+) \| (?:same|safer|ours|not ours)\b.* \| `.+ › .+` \|$/gm)].map(
  ([, what = '']) => what,
)

test('docs/config.md says of every key that chant knows what becomes of it', () => {
  const keys = rows.map((what) => /^`([a-z_.[\]*]+)`$/.exec(what)?.[1]).filter((key) => key !== undefined)
  expect(keys).toEqual([...new Set(keys)])
  expect(keys.toSorted()).toEqual([...CONFIG_KEYS, ...IGNORED_KEYS].toSorted())
})
