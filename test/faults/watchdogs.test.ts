import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agentBySpec } from '../e2e/agent.ts'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs, specText } from '../e2e/spec-text.ts'
import { slowness } from '../runner/slowness.ts'
import { onLinux } from './machine.ts'

/** Watchdogs: too long, too still, too late. None of them takes a busy agent for a dead one. */

const [ONE, TWO, THREE, FOUR] = [idOf(1), idOf(2), idOf(3), idOf(4)]

describe.skipIf(!onLinux)('`stall-minutes`', () => {
  test('stops an agent that hangs, after it was shown as quiet; one that is busy or talks goes on', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const go = join(scene.root, 'go')
    const minutes = Number((0.05 * slowness()).toFixed(3))
    const action = await scene.start({
      'stall-minutes': String(minutes),
      command:
        scene.gate.words +
        agentBySpec({
          [ONE]: 'edit; wait_for_ever',
          // Its child works, and it waits: nothing of it is printed.
          [TWO]: `bash -c 'until [ -e "${go}" ]; do :; done'; work`,
          [THREE]: `until read -r -t 0.3 _ < <(cat '${go}' 2> /dev/null); do echo a word; done; work`,
        }),
    })
    // What a slow machine needs to start a shell is a percent or two of the time since.
    await action.waitForLine(/001-abc +quiet +no output for .*, [0-2] % CPU/)
    await action.waitForLine(/002-abc +quiet +no output for .*, (?![0-2] )\d+ % CPU/)
    const list = await scene.run({ mode: 'list' })
    // The first may be gone by now.
    const listed: readonly { spec_id: string; cpu_percent: number }[] = JSON.parse(
      list.main.outputs['results'] ?? '',
    ).processes
    const two = listed.find(({ spec_id }) => spec_id === TWO)
    expect(two).toMatchObject({ status: 'running', state: 'quiet', activity: null })
    expect(two?.cpu_percent).toBeGreaterThan(0)
    await action.waitForLine(/001-abc +FAILED +stalled/)
    scene.write({ '../go': 'go\n' })
    const { main, killed } = await finish(action)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'stalled', [TWO]: 'completed', [THREE]: 'completed' })
    expect(workerIn(results, ONE).outcome).toMatchObject({ minutes })
    const at = (pattern: RegExp) => main.lines.findIndex((line) => pattern.test(line))
    expect(at(/001-abc +quiet/)).toBeLessThan(at(/001-abc +(stopping|FAILED)/))
    expect(main.lines.some((line) => /003-abc +quiet/.test(line))).toBe(false)
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([killed, scene.left()]).toEqual([[], []])
  })
})

describe.skipIf(!onLinux)('`timeout-minutes`', () => {
  test.each(['setup', 'verify'])('holds for `%s`, too', async (role) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const never = join(scene.gate.folder, '.never')
    const hang = `trap '' TERM; read -r _ < '${never}'`
    const { main, killed } = await scene.run({
      // Enough for the agent's commit.
      'timeout-minutes': (0.03 * slowness()).toFixed(3),
      command: agentBySpec({}),
      [role]: hang,
    })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'timed-out' })
    expect([killed, scene.left()]).toEqual([[], []])
  })
})

describe.skipIf(!onLinux)('`deadline-minutes`', () => {
  test('first starts nothing more, then stops what runs, and everything is reported', async () => {
    // The tenth of it that is the last part has to be enough for one to end and be committed, whoever else begins meanwhile to
    // use this machine: so that one has nothing more to do than to end.
    await using scene = new Scene({ specs: { ...plainSpecs(4), [ONE]: specText({ criteria: [] }) } })
    const slow = slowness()
    const started = performance.now()
    const action = await scene.start({
      'max-parallel': '2',
      'deadline-minutes': (0.3 * slow).toFixed(3),
      command: scene.gate.words + agentBySpec({ [ONE]: 'edit; wait_here', [TWO]: 'edit; came two; wait_for_ever' }),
    })
    await action.waitForLine(/stopping: the time of the run was up; nothing new is started/)
    const announced = performance.now() - started
    scene.gate.pass()
    const { main, post, killed } = await finish(action)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({
      [ONE]: 'completed',
      [TWO]: 'cancelled',
      [THREE]: 'deadline-reached',
      [FOUR]: 'deadline-reached',
    })
    expect(workerIn(results, TWO).outcome).toMatchObject({ cause: 'deadline' })
    expect(announced).toBeGreaterThan(15_000 * slow)
    expect(main.durationMs).toBeGreaterThan(18_000 * slow)
    expect(main.durationMs).toBeLessThan(27_000 * Math.max(slow, slowness()))
    expect(main.outputs['conclusion']).toBe('failure')
    expect(scene.fileOn(`chant/${TWO}`, `work-${TWO}.txt`)).toBe(`${TWO}\n`)
    expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
  })
})
