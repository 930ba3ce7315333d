import path from 'node:path'
import { expect, test } from 'vitest'
import { differences } from '../../scripts/check/dist.mjs'
import { scratch } from './scratch.ts'

test('equal directories have no difference', async () => {
  const directory = scratch({ 'a/main.js': 'x', 'a/sub/1.js': 'y', 'b/main.js': 'x', 'b/sub/1.js': 'y' })
  expect(await differences(path.join(directory, 'a'), path.join(directory, 'b'))).toEqual([])
})

test('changed, missing and superfluous files are named', async () => {
  const directory = scratch({ 'a/main.js': 'x', 'a/1.js': 'y', 'b/main.js': 'X', 'b/2.js': 'y' })
  expect(await differences(path.join(directory, 'a'), path.join(directory, 'b'))).toEqual([
    'dist/1.js is not built from the source any more: run `npm run build`',
    'dist/2.js is missing: run `npm run build`',
    'dist/main.js is not what the source builds: run `npm run build`',
  ])
})

test('a missing dist is said in one sentence', async () => {
  const directory = scratch({ 'b/main.js': 'X' })
  expect(await differences(path.join(directory, 'a'), path.join(directory, 'b'))).toEqual([
    'dist/ is missing or empty: run `npm run build` and commit it',
  ])
})
