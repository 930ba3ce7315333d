import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seed } from './random-cases.ts'

test('cases are the same each time', () => {
  expect(fc.sample(fc.nat())).toEqual(fc.sample(fc.nat(), { seed }))
})

test('`npm run fuzz` can try more of every property', () => {
  const files = globSync('**/*.ts', { cwd: import.meta.dirname })
  const fixed = files.filter((file) => /numRuns: \d/.test(readFileSync(join(import.meta.dirname, file), 'utf8')))
  expect(fixed).toEqual([])
})
