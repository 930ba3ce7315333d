import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import type { StepResult } from '../runner/step.ts'
import { fill } from '../shell/small-disk.ts'
import { agentsOf, killed as killProcess, livingIn, tornLines, waitingRun } from './left-run.ts'
import { canMount, readOnly, smallDisk, until } from './machine.ts'

/** Rows 13, 14 and 54: disks that are full, too small, or not to be written. */

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]
const STUBBORN = { [ONE]: `trap '' TERM; leave_daemon; edit; came "$CHANT_SPEC_ID"; wait_for_ever` }

/**
 * Waits until main has noted the daemon of the stubborn one, at its look of each second: that it cannot write that down would be
 * the end of the run before the test has begun.
 */
const nothingToRecord = (scene: Scene): Promise<void> =>
  until(() => readFileSync(journalOf(scene), 'utf8').includes('"type":"process-noted"'), 'a daemon on record')

const journalOf = (scene: Scene): string => join(scene.stateDirs().at(-1) ?? '', 'journal.ndjson')

/** The last block of a file has room left on a full disk; here half an event will fit. Empty lines are no events. */
function fillJournal(scene: Scene): void {
  const journal = journalOf(scene)
  for (let full = false; !full; ) {
    try {
      appendFileSync(journal, '\n')
    } catch {
      full = true
    }
  }
  truncateSync(journal, statSync(journal).size - 20)
}

const errorsOf = ({ annotations }: Pick<StepResult, 'annotations'>): readonly string[] =>
  annotations.filter(({ level }) => level === 'error').map(({ message }) => message)

describe.skipIf(!canMount)('when the disk of the state directory fills up', () => {
  test('and takes no more records, the run ends with a clear error, and post saves once there is space', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    using _disk = smallDisk(scene.state, 80)
    const action = await waitingRun(scene, [ONE, TWO], STUBBORN, { 'max-parallel': '2' })
    await nothingToRecord(scene)
    const free = fill(scene.state)
    fillJournal(scene)
    await killProcess(agentsOf(scene).get(TWO)?.pid)
    const main = await action.done
    expect(main).toMatchObject({ code: 1, signal: null })
    expect(errorsOf(main)).toEqual([expect.stringMatching(/No space is left.*XDG_STATE_HOME/)])
    await until(() => livingIn(scene).length === 0, 'the end of all agents')
    expect(tornLines(scene)).toEqual([])
    free()
    expect((await action.post()).code).toBe(0)
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'lost', [TWO]: 'lost', [THREE]: 'cancelled-before-start' })
    for (const id of [ONE, TWO]) expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
  })

  test('and takes no more worktrees, what cannot start says why, and nothing is lost', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    using _disk = smallDisk(scene.state, 80)
    const action = await waitingRun(scene, [ONE, TWO], {}, { 'max-parallel': '2' })
    const free = fill(scene.state)
    await killProcess(agentsOf(scene).get(TWO)?.pid)
    const end = await action.waitForLine(/003-abc +(FAILED|not run)/)
    free()
    action.kill('SIGINT')
    const { post, killed } = await finish(action)
    expect(end).toMatch(/No space is left/)
    expect(post.code).toBe(0)
    for (const id of [ONE, TWO]) expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    expect([killed, scene.left(), tornLines(scene)]).toEqual([[], [], []])
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('agents can still be stopped after %s', async (signal) => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    using _disk = smallDisk(scene.state, 80)
    const action = await waitingRun(scene, [ONE, TWO], STUBBORN)
    await nothingToRecord(scene)
    const free = fill(scene.state)
    fillJournal(scene)
    action.kill(signal)
    await action.done
    await action.post()
    expect([livingIn(scene), await action.endJob(), tornLines(scene)]).toEqual([[], [], []])
    free()
    const again = await scene.run({ command: agent('work') })
    expect(again.main.conclusion).toBe('success')
    for (const id of [ONE, TWO]) expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    expect(scene.left()).toEqual([])
  })
})

describe.skipIf(!canMount)('a disk that is too small for the worktrees', () => {
  test('is named before any start, with what would fit', async () => {
    await using scene = new Scene({ specs: plainSpecs(4) })
    writeFileSync(join(scene.workspace, 'large.bin'), randomBytes(10_000_000))
    scene.commit('Ten megabytes')
    using _disk = smallDisk(scene.state, 95)
    const refused = await scene.run({ command: agent(`: > '${scene.root}/started'`) })
    expect(refused.main).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
    expect(refused.main.annotations).toMatchObject([
      { level: 'error', message: expect.stringMatching(/4 worktrees of 10 MiB each do not fit.*`max-parallel`/) },
    ])
    expect([existsSync(join(scene.root, 'started')), scene.left(), refused.post.lines]).toEqual([false, [], []])
    const { main } = await scene.run({ 'max-parallel': '1', command: agent('work') })
    expect(new Set(Object.values(outcomesIn(resultsOf(main))))).toEqual(new Set(['completed']))
  })
})

describe.skipIf(!canMount)('what cannot be written is a clear error before any start:', () => {
  const start = (scene: Scene) => scene.run({ command: agent(`: > '${scene.root}/started'; work`) })
  const expectRefused = (scene: Scene, { main, post, killed }: Awaited<ReturnType<typeof start>>, words: RegExp) => {
    expect(main).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
    expect(main.annotations).toMatchObject([{ level: 'error', message: expect.stringMatching(words) }])
    expect(main.annotations[0]?.message).not.toMatch(/Internal error/)
    expect([existsSync(join(scene.root, 'started')), post.code, post.lines, killed]).toEqual([false, 0, [], []])
  }

  test('the state directory', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    using _mount = readOnly(scene.state)
    expectRefused(scene, await start(scene), /state directory cannot be made.*XDG_STATE_HOME/)
  })

  test('the workspace', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    using _mount = readOnly(scene.workspace)
    expectRefused(scene, await start(scene), /cannot be written/)
    expect(scene.left()).toEqual([])
  })

  test('the workspace, where an earlier run has left the folders of its process files', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    await scene.run({ command: agent('work') })
    using _mount = readOnly(scene.workspace)
    expectRefused(scene, await start(scene), /cannot be written/)
  })
})
