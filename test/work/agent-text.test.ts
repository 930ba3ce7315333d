import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agentText } from '../../src/work/agent-text.ts'
import { scratch } from '../scripts/scratch.ts'

test('the end of what an agent printed is read as it is, without colours', () => {
  const folder = scratch({
    short: '\u001b[32m{"a": 1}\u001b[0m\n',
    long: `${'x'.repeat(2_000_000)}\n{"a": "${'y'.repeat(20_000)}"}\n`,
  })
  expect(agentText(join(folder, 'short'), [])).toBe('{"a": 1}\n')
  const long = agentText(join(folder, 'long'), [])
  expect(long).toHaveLength(1024 * 1024)
  expect(long.endsWith(`\n{"a": "${'y'.repeat(20_000)}"}\n`)).toBe(true)
})

test('where the raw output is gone, the lines that were kept stand for it', () => {
  const folder = scratch({ x: '' })
  execFileSync('mkfifo', [join(folder, 'pipe')])
  for (const path of ['none', 'pipe', '.']) expect(agentText(join(folder, path), ['a', 'b'])).toBe('a\nb')
})
