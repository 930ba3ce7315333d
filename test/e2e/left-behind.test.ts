import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outcomesIn, resultsOf } from './results-file.ts'
import { Scene } from './scene.ts'
import { plainSpecs } from './spec-text.ts'

const ONE = '2026-11-02-001-abc'
const commit = (file: string) => `echo x > ${file}; git add ${file}; git commit -qm "${file}"`

describe('what an agent leaves beside its branch is kept and named', () => {
  test.each([
    [
      'a branch of its own',
      `start=$(git branch --show-current); git checkout -q -b feature; ${commit('side')}; git checkout -q "$start"`,
      'side',
    ],
    ['commits that it reset', `${commit('gone')}; git reset -q --hard HEAD~1`, 'gone'],
    ['a stash', 'echo x > stashed; git add stashed; git stash -q', 'stashed'],
  ])('%s', async (_, command, file) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'no-commits' })
    expect(scene.fileOn(`chant/${ONE}-abandoned`, file)).toBe('x\n')
    expect(main.lines.join('\n')).toContain(`chant/${ONE}-abandoned`)
  })

  test('an unfinished rebase is no success', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const command = `${commit('a')}; ${commit('b')}; GIT_SEQUENCE_EDITOR="sed -i 1s/pick/edit/" git rebase -q -i HEAD~2 || true`
    const { main } = await scene.run({ command })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'worktree-error' })
  })
})

describe('what an agent removes or locks harms nobody else', () => {
  test.each([
    ['the lock folder', 'rm -rf "$GITHUB_WORKSPACE/.chant/.locks"'],
    [
      'all projections',
      'rm -rf "$GITHUB_WORKSPACE/.chant/pids" "$GITHUB_WORKSPACE/.chant/processes" "$GITHUB_WORKSPACE/.chant/logs"',
    ],
    ['the raw output', 'rm -rf "$CHANT_WORKTREE_PATH/../../raw"'],
  ])('%s', async (_, harm) => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const command = `W='${scene.workspace}'; ${harm.replaceAll('$GITHUB_WORKSPACE', '$W')}; echo x > x`
    const { main } = await scene.run({ command, 'max-parallel': '1', 'skip-criteria': 'true' })
    expect(new Set(Object.values(outcomesIn(resultsOf(main))))).toEqual(new Set(['completed']))
  })
})

test('a run that another one recovers keeps its secrets', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const secret = 'correct-horse-battery'
  const first = await scene.start(
    {
      command: `${scene.gate.words}echo "key $DEPLOY_VALUE"; echo "$DEPLOY_VALUE" > leak.txt; wait_here`,
      'pass-env': 'DEPLOY_VALUE',
    },
    { env: { DEPLOY_VALUE: secret } },
  )
  await scene.gate.arrived(1, first.done)
  first.kill('SIGKILL')
  await first.done
  const { main } = await scene.run({ command: 'echo x > x' })
  expect(main.lines.join('\n')).not.toContain(secret)
  const report = join(main.outputs['logs-dir'] ?? '', '..', 'recovered')
  expect(existsSync(report)).toBe(true)
  const found = execFileSync(
    'sh',
    [
      '-c',
      `grep -rl ${secret} "${scene.state}" --include=*.log --include=*.patch --include=*.html --include=*.md --include=*.json --include=*.ndjson || true`,
    ],
    { encoding: 'utf8' },
  )
  expect(found.split('\n').filter((path) => path !== '' && !path.includes('/raw/'))).toEqual([])
})
