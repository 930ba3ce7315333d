import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { slowness } from '../runner/slowness.ts'
import { livingIn, tornLines, waitingRun } from './left-run.ts'
import { nodeBy, onLinux, until } from './machine.ts'

/** Rows 43 and 44: main is hurried, breaks down, or talks to nobody. */

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]
const STUBBORN = `trap '' TERM; leave_daemon; edit; came "$CHANT_SPEC_ID"; wait_for_ever`

describe.skipIf(!onLinux)('a storm of signals', () => {
  test('while it stops makes it faster, and takes nothing away', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const inputs = { 'max-parallel': '2' }
    const action = await waitingRun(scene, [ONE, TWO], { [ONE]: STUBBORN, [TWO]: STUBBORN }, inputs)
    const slow = slowness()
    const asked = performance.now()
    action.kill('SIGINT')
    await action.waitForLine(/stopping: the run was cancelled/)
    const signals = ['SIGINT', 'SIGHUP', 'SIGTERM'] as const
    let count = 0
    const next = () => action.kill(signals[count++ % signals.length] ?? 'SIGINT')
    // Some at once: on a busy machine this process may not have its turn again before main has ended.
    for (let at = 0; at < 6; at += 1) next()
    const storm = setInterval(next, 5)
    await action.done
    clearInterval(storm)
    expect(performance.now() - asked).toBeLessThan(2_500 * Math.max(slow, slowness()))
    const { post, killed } = await finish(action)
    expect(post.code).toBe(0)
    expect(outcomesIn(scene.results())).toEqual({
      [ONE]: 'cancelled',
      [TWO]: 'cancelled',
      [THREE]: 'cancelled-before-start',
    })
    for (const id of [ONE, TWO]) expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    expect([killed, scene.left(), tornLines(scene)]).toEqual([[], [], []])
  })
})

describe.skipIf(!onLinux)('when main breaks down by an', () => {
  test.each([
    ['exception', 'exception that nobody catches'],
    ['rejection', 'rejection that nobody handles'],
  ])('%s, everybody is killed at once and post finishes', async (fault) => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const node = nodeBy(scene, `exec "$NODE" --import '${join(import.meta.dirname, 'inject.ts')}' "$@"`)
    const start = { node, env: { FAULT: fault } }
    const listening = `trap 'came asked' TERM; edit; came "$CHANT_SPEC_ID"; wait_for_ever`
    const scripts = { [ONE]: STUBBORN, [TWO]: listening }
    const action = await waitingRun(scene, [ONE, TWO], scripts, { 'max-parallel': '2' }, start)
    action.kill('SIGUSR2')
    const main = await action.done
    expect(main).toMatchObject({ code: 1, signal: null })
    expect(main.annotations).toMatchObject([
      { level: 'error', message: expect.stringMatching(new RegExp(`Internal error.*injected ${fault}`)) },
    ])
    await until(() => livingIn(scene).length === 0, 'the end of everybody who was killed')
    // Nobody was asked to end first, and given time for it.
    expect(existsSync(join(scene.gate.folder, 'asked'))).toBe(false)
    const post = await action.post()
    expect(post.code).toBe(0)
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'lost', [TWO]: 'lost', [THREE]: 'cancelled-before-start' })
    for (const id of [ONE, TWO]) expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    expect([await action.endJob(), scene.left(), tornLines(scene)]).toEqual([[], [], []])
  })
})

describe.skipIf(!onLinux)('when nobody reads what main prints', () => {
  test('the run goes on, and its results stand', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const pipe = join(scene.root, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const node = nodeBy(scene, `case "$1" in *main.js) exec > '${pipe}' 2>&1 ;; esac\nexec "$NODE" "$@"`)
    const command = `${scene.gate.words}${agent('echo something; came "$CHANT_SPEC_ID"; wait_here; echo more; work')}`
    const action = await scene.start({ command, 'log-stream': 'full' }, { node })
    await scene.gate.cameAll([ONE, TWO], action.done)
    closeSync(reader)
    scene.gate.pass(2)
    const { main, post, killed } = await finish(action)
    expect(main).toMatchObject({ code: 0, signal: null, outputs: { conclusion: 'success' } })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
  })
})
