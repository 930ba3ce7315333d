import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ACTION } from './dist-present.ts'
import { Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

test('a reader that is late still gets every line', async () => {
  // No two remarks are the same, so each has a line, and all together are more than any pipe holds.
  const specs = Array.from({ length: 1500 }, (_, i) => [idOf(i + 1), specText({ type: `kind-${i}` })])
  await using scene = new Scene({ specs: Object.fromEntries(specs), git: 'none' })
  const summary = join(scene.root, 'summary.md')
  writeFileSync(summary, '')
  const child = spawn(process.execPath, [join(ACTION, 'dist', 'main.js')], {
    cwd: scene.workspace,
    env: {
      PATH: process.env['PATH'],
      HOME: scene.home,
      INPUT_MODE: 'lint',
      GITHUB_WORKSPACE: scene.workspace,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: summary.replace('summary', 'output'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  writeFileSync(join(scene.root, 'output.md'), '')
  // The summary is written when all has been printed; only now somebody begins to read.
  await vi.waitFor(() => expect(readFileSync(summary, 'utf8')).not.toBe(''), { timeout: 100_000 })
  let read = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    read += text
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  expect(read.match(/ {2}unknown-type {2}/g)).toHaveLength(1500)
  expect(read.match(/^::warning /gm)).toHaveLength(10)
})
