import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import type { StepResult } from '../runner/step.ts'
import { leftRun } from './left-run.ts'
import { onLinux } from './machine.ts'

/** What an agent left in repositories of its own is moved to `kept` and named. Here main is killed between the two. */

const [ONE, TWO] = [idOf(1), idOf(2)]

/** A dead run that had moved something and said nothing yet; and where that is. */
async function movedUnsaid(scene: Scene) {
  const action = await leftRun(scene, [ONE, TWO])
  const kept = join(scene.stateDirs().at(-1) ?? '', 'kept')
  mkdirSync(join(kept, ONE, 'cloned', '.git'), { recursive: true })
  mkdirSync(join(kept, 'beside', 'elsewhere'), { recursive: true })
  return {
    action,
    words: [
      `What was set aside of its worktree before the run was killed is in ${join(kept, ONE)}: cloned`,
      `What was set aside beside the worktrees before the run was killed is in ${join(kept, 'beside')}: elsewhere`,
    ],
  }
}

const warningsOf = ({ annotations }: StepResult): readonly string[] =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

describe.skipIf(!onLinux)('what was set aside when main was killed', () => {
  test('is named by post', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const { action, words } = await movedUnsaid(scene)
    const post = await action.post()
    expect(post.code).toBe(0)
    expect(warningsOf(post)).toEqual([`001-abc: ${words[0]}`, words[1]])
    for (const word of words) expect(post.summary.replaceAll('&#95;', '_')).toContain(word)
  })

  test('is looked for in no file and behind no link, which an agent may have put in its place', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const { action, words } = await movedUnsaid(scene)
    const kept = join(scene.stateDirs().at(-1) ?? '', 'kept')
    writeFileSync(join(kept, TWO), '')
    rmSync(join(kept, 'beside'), { recursive: true })
    symlinkSync('/', join(kept, 'beside'))
    const post = await action.post()
    expect(post.code).toBe(0)
    expect(warningsOf(post)).toEqual([`001-abc: ${words[0]}`])
  })

  test('is named by the next run', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const { words } = await movedUnsaid(scene)
    const { main } = await scene.run({ command: agent('work') })
    expect(main.annotations.map(({ message }) => message)).toEqual([
      `Run 4711-1-chant-__self, ${ONE}: ${words[0]}`,
      `Run 4711-1-chant-__self: ${words[1]}`,
    ])
  })

  test('is named by `mode: clean`', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const { words } = await movedUnsaid(scene)
    const { main } = await scene.run({ mode: 'clean' })
    for (const word of words) expect(main.lines.join('\n')).toContain(word)
  })
})
