import { describe, expect, test } from 'vitest'
import { leftRun } from '../faults/left-run.ts'
import { slowness } from '../runner/slowness.ts'
import { agent } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { finish, Scene } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'

const ONE = idOf(1)
const SETUP =
  'echo made > made.txt; echo more >> README.md; rm gone.txt; chmod +x tool; mkdir -p deep; echo x > "deep/a b"'
const FILES = { 'gone.txt': 'here\n', tool: '#!/bin/sh\n' }
const NOTHING_ELSE = [`.chant/specs/${ONE}.md`, `work-${ONE}.txt`]

describe('what setup leaves uncommitted is no work of the agent', () => {
  const changed = (scene: Scene) => scene.git('diff', '--name-only', 'main', `chant/${ONE}`).split('\n')

  test('an agent that does nothing has done nothing', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
    const { main } = await scene.run({ setup: SETUP, command: 'true', 'skip-criteria': 'true' })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'no-commits' })
    expect(changed(scene)).toEqual([`.chant/specs/${ONE}.md`])
    expect(scene.left()).toEqual([])
  })

  test('it is there for the agent and for verify, and not on the branch', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
    const there = 'test -e made.txt; test ! -e gone.txt; test -x tool'
    const { main } = await scene.run({ setup: SETUP, command: agent(`${there}; edit; tick`), verify: there })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(workerIn(resultsOf(main), ONE).commits).toHaveLength(1)
    expect(changed(scene)).toEqual(NOTHING_ELSE)
  })

  test('what the agent changes of it is the work of the agent, and so is what it commits', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
    const command = agent('echo mine >> made.txt; git add README.md; git commit -qm readme; edit; tick')
    const { main } = await scene.run({ setup: SETUP, command })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(changed(scene)).toEqual(['README.md', 'made.txt', ...NOTHING_ELSE].sort())
    expect(scene.fileOn(`chant/${ONE}`, 'made.txt')).toBe('made\nmine\n')
  })

  test('post knows it, too', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
    const action = await leftRun(scene, [ONE], {}, { setup: SETUP })
    await action.post()
    expect(changed(scene)).toEqual([`work-${ONE}.txt`])
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
  })

  describe('where it came to no good end, no agent was there, so nothing is', () => {
    const library = () => new Scene({ files: { 'lib.txt': 'a library\n' } })
    const halfMade = (scene: Scene, lib: Scene, end: string) =>
      `${scene.gate.words}${SETUP}; git clone -q '${lib.workspace}' lib; ${end}`

    test.each([
      ['it failed', 'exit 3', 'setup-failed'],
      ['it took too long', 'wait_for_ever', 'timed-out'],
    ] as const)('%s', async (_, end, outcome) => {
      await using lib = library()
      await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
      const setup = halfMade(scene, lib, end)
      // Enough to fail in.
      const minutes = (0.1 * slowness()).toFixed(3)
      const { main } = await scene.run({ setup, command: agent('work'), 'timeout-minutes': minutes })
      expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: outcome })
      expect(main.annotations.map(({ message }) => message).join()).not.toContain('agent left')
      expect([changed(scene), scene.left()]).toEqual([[`.chant/specs/${ONE}.md`], []])
    })

    test.each([
      ['the run was cancelled', 'SIGINT', ''],
      ['the action was killed', 'SIGKILL', ': > "$(git rev-parse --git-dir)/index.lock"; '],
    ] as const)('%s', async (_, signal, first) => {
      await using lib = library()
      await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
      const setup = halfMade(scene, lib, `${first}came setup; wait_for_ever`)
      const action = await scene.start({ setup, command: agent('work') })
      await scene.gate.cameAll(['setup'], action.done)
      action.kill(signal)
      await finish(action)
      expect([changed(scene), scene.left()]).toEqual([[''], []])
    })
  })

  describe('a repository that setup clones into the worktree', () => {
    const library = () => new Scene({ files: { 'lib.txt': 'a library\n' } })

    test('is there for verify, off the branch, and nobody is blamed', async () => {
      await using lib = library()
      await using scene = new Scene({ specs: plainSpecs(1), files: FILES })
      const setup = `git clone -q '${lib.workspace}' vendor/lib; ${SETUP}`
      const { main } = await scene.run({ setup, command: agent('edit; tick'), verify: 'test -e vendor/lib/lib.txt' })
      expect([main.annotations, outcomesIn(resultsOf(main))]).toEqual([[], { [ONE]: 'completed' }])
      expect(changed(scene)).toEqual(NOTHING_ELSE)
      expect(scene.left()).toEqual([])
    })

    test('is kept with its patch where the agent edits it', async () => {
      await using lib = library()
      await using scene = new Scene({ specs: plainSpecs(1) })
      const setup = `git clone -q '${lib.workspace}' vendor/lib`
      const { main } = await scene.run({ setup, command: agent('echo mine >> vendor/lib/lib.txt; edit; tick') })
      expect(scene.report(`logs/${ONE}.vendor_lib.patch`)).toContain('+mine')
      expect(main.annotations.map(({ message }) => message).join()).toContain('`setup` made in vendor/lib')
    })
  })
})
