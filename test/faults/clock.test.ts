import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StallWatch } from '../../src/schedule/stall.ts'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { slowness } from '../runner/slowness.ts'
import { waitingRun } from './left-run.ts'
import { nodeBy, onLinux } from './machine.ts'

/** Rows 12 and 29: a wall clock that jumps, and a clock that stands still, end nobody. */

const [ONE, TWO] = [idOf(1), idOf(2)]
const HOUR = 3_600_000

const shifted = (scene: Scene, milliseconds: number) => ({
  node: nodeBy(scene, `exec "$NODE" --import '${join(import.meta.dirname, 'inject.ts')}' "$@"`),
  env: { FAULT: String(milliseconds) },
})

describe.skipIf(!onLinux)('when the wall clock jumps by an hour', () => {
  test.each([
    ['forward', HOUR],
    ['back', -HOUR],
  ])('%s, an agent has its whole time, and no more', async (_, jump) => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const slow = slowness()
    // Enough for a list, by two processes, before the other one may end.
    const limits = { 'timeout-minutes': (0.12 * slow).toFixed(3), 'stall-minutes': '1', 'deadline-minutes': '30' }
    const started = performance.now()
    const action = await waitingRun(scene, [ONE, TWO], { [TWO]: 'wait_here; work' }, limits, shifted(scene, jump))
    action.kill('SIGUSR2')
    const list = await scene.run({ mode: 'list' })
    expect(JSON.parse(list.main.outputs['results'] ?? '').summary).toEqual({ running: 2, stale: 0 })
    scene.gate.pass()
    const { main, killed } = await finish(action)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'timed-out', [TWO]: 'completed' })
    expect(performance.now() - started).toBeGreaterThan(7_200 * slow)
    expect(performance.now() - started).toBeLessThan(16_000 * Math.max(slow, slowness()))
    for (const id of [ONE, TWO]) expect(workerIn(results, id).duration_ms).toBeGreaterThanOrEqual(0)
    expect([killed, scene.left()]).toEqual([[], []])
  })
})

describe('a stall is not seen', () => {
  test('in the time in which nobody looked, because this process was suspended', () => {
    const watch = new StallWatch(20, 0)
    expect(watch.look({ at: 1, output: true, cpu: 0 }).type).toBe('active')
    expect(watch.look({ at: 900, output: false, cpu: 0 }).type).toBe('active')
    expect(watch.look({ at: 915, output: false, cpu: 0 }).type).toBe('quiet')
    for (let at = 916; at < 920; at += 1) expect(watch.look({ at, output: false, cpu: 0 }).type).toBe('quiet')
    expect(watch.look({ at: 920, output: false, cpu: 0 })).toEqual({ type: 'stalled', since: 900 })
  })
})
