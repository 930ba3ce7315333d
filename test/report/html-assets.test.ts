import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { assetsFile, reportAssets } from '../../scripts/report-assets.ts'

const root = path.resolve(import.meta.dirname, '../..')

it('assets.ts is what web/ builds: run `node scripts/report-assets.ts`', async () => {
  expect(readFileSync(assetsFile, 'utf8') === (await reportAssets())).toBe(true)
})

it('the script of the page has no type errors', async () => {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  await expect(
    promisify(execFile)(process.execPath, [tsc, '-p', 'web/tsconfig.json'], { cwd: root }),
  ).resolves.toBeDefined()
})
