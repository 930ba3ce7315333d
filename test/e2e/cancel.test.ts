import { describe, expect, test } from 'vitest'
import { startArtifactService } from '../artifact-service/service.ts'
import { slowness } from '../runner/slowness.ts'
import { agentBySpec } from './agent.ts'
import { outcomesIn, workerIn } from './results-file.ts'
import { finish, Scene } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'
import { unzip } from './zip.ts'

/** A cancelled job: main stops everybody in time and goes; post saves, reports and uploads. */

const [POLITE, STUBBORN, QUEUED, DONE] = [idOf(2), idOf(3), idOf(4), idOf(1)]

const AGENTS = agentBySpec({
  [POLITE]: 'work; echo more > uncommitted.txt; echo half way; came polite; wait_for_ever',
  [STUBBORN]: "trap '' TERM; leave_daemon; edit; came stubborn; wait_for_ever",
  [DONE]: 'work',
})

async function aRunToCancel(scene: Scene, env: Readonly<Record<string, string>> = {}) {
  const action = await scene.start({ 'max-parallel': '2', command: scene.gate.words + AGENTS }, { env })
  await scene.gate.cameAll(['polite', 'stubborn'], action.done)
  return action
}

describe.skipIf(process.platform !== 'linux')('a run that is cancelled', () => {
  test('ends in time, and post brings everything in order', async () => {
    await using service = await startArtifactService()
    await using scene = new Scene({ specs: plainSpecs(4) })
    const action = await aRunToCancel(scene, service.env)
    const asked = performance.now()
    const main = await action.cancel()
    expect(performance.now() - asked).toBeLessThan(7_000 * slowness())
    expect(main).toMatchObject({ code: 1, signal: null, outputs: { conclusion: 'cancelled' } })
    expect(main.summary).toContain('# chant')
    expect(main.annotations.filter(({ level }) => level === 'error').length).toBeGreaterThan(0)
    expect(scene.processes()).toEqual([])
    expect(service.requests).toEqual([])

    const post = await action.post()
    expect(post).toMatchObject({ conclusion: 'success', code: 0 })
    expect(post.durationMs).toBeLessThan(20_000 * slowness())
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
    const results = scene.results()
    expect(outcomesIn(results)).toEqual({
      [DONE]: 'completed',
      [POLITE]: 'cancelled',
      [STUBBORN]: 'cancelled',
      [QUEUED]: 'cancelled-before-start',
    })
    expect(results.run.conclusion).toBe('cancelled')
    expect(scene.fileOn(`chant/${POLITE}`, 'uncommitted.txt')).toBe('more\n')
    expect(scene.fileOn(`chant/${STUBBORN}`, `work-${STUBBORN}.txt`)).toBe(`${STUBBORN}\n`)
    expect(scene.specOn(`chant/${POLITE}`, POLITE)).toMatch(/^status: pending$/m)
    expect(workerIn(results, POLITE).commits).toHaveLength(2)
    expect(post.summary).toContain(`chant/${POLITE}`)

    const files = unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0))
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([`logs/${POLITE}.patch`, `logs/${STUBBORN}.patch`, `logs/${POLITE}.log`, 'results.json']),
    )
    expect(files.get(`logs/${POLITE}.patch`)).toContain('+++ b/uncommitted.txt')
    expect(files.get(`logs/${POLITE}.log`)).toBe('half way\n')
    expect(scene.git('status', '--porcelain')).toBe('')
  })

  test('by SIGTERM is the same', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await scene.start({
      command: scene.gate.words + agentBySpec({}, 'edit; came "$CHANT_SPEC_ID"; wait_for_ever'),
    })
    await scene.gate.arrived(2, action.done)
    action.kill('SIGTERM')
    const { main, post, killed } = await finish(action)
    expect(main).toMatchObject({ code: 1, signal: null, outputs: { conclusion: 'cancelled' } })
    expect(outcomesIn(scene.results())).toEqual({ [idOf(1)]: 'cancelled', [idOf(2)]: 'cancelled' })
    // TERM was enough, so nobody waited for the end of the grace.
    expect(scene.report('events.ndjson').match(/"type":"process-gone".*"killed":false/g)).toHaveLength(2)
    expect(scene.fileOn(`chant/${idOf(1)}`, `work-${idOf(1)}.txt`)).toBe(`${idOf(1)}\n`)
    expect([post.code, killed, scene.left()]).toEqual([0, [], []])
  })

  test('twice does not wait for stubborn agents', async () => {
    await using scene = new Scene({ specs: plainSpecs(4) })
    const action = await aRunToCancel(scene)
    const asked = performance.now()
    action.kill('SIGINT')
    await action.waitForLine(/stopping: the run was cancelled/)
    action.kill('SIGINT')
    await action.done
    expect(performance.now() - asked).toBeLessThan(2_500 * slowness())
    const { post, killed } = await finish(action)
    expect(outcomesIn(scene.results())).toMatchObject({ [POLITE]: 'cancelled', [STUBBORN]: 'cancelled' })
    expect([post.code, killed, scene.left()]).toEqual([0, [], []])
  })

  test('by a storm of signals ends the same way', async () => {
    await using scene = new Scene({ specs: plainSpecs(4) })
    const action = await aRunToCancel(scene)
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGINT', 'SIGTERM'] as const) action.kill(signal)
    const { main, post, killed } = await finish(action)
    expect(main).toMatchObject({ code: 1, signal: null })
    expect(scene.results().run.conclusion).toBe('cancelled')
    expect([post.code, killed, scene.left()]).toEqual([0, [], []])
  })

  test('works again in the next run', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({ command: `${scene.gate.words}${agentBySpec({}, 'edit; wait_here')}` })
    await scene.gate.arrived(1, action.done)
    action.kill('SIGINT')
    await finish(action)
    const again = await scene.run({ command: agentBySpec({}) })
    expect(again.main.outputs['conclusion']).toBe('success')
    expect(scene.branches()).toEqual([`chant/${idOf(1)}`, `chant/${idOf(1)}-r4712`, 'main'])
    expect([again.killed, scene.left()]).toEqual([[], []])
  })
})
