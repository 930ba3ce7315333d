import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

test('every test that docs/prompts.md points at is there', () => {
  const page = readFileSync(join(root, 'docs', 'prompts.md'), 'utf8')
  const named = [...page.matchAll(/`(test\/[\w/-]+\.test\.ts) › ([^`]+)`/g)]
  expect(named.length).toBeGreaterThan(40)
  const missing = named.filter(([, file = '', name = '']) => {
    const text = readFileSync(join(root, file), 'utf8')
    return !["'", '"', '`'].some((quote) => text.includes(`${quote}${name}${quote}`))
  })
  expect(missing.map(([, file, name]) => `${file} ${name}`)).toEqual([])
})
