import { describe, expect, test } from 'vitest'
import { startArtifactService } from '../artifact-service/service.ts'
import { outcomesIn, workerIn } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { unzip } from '../e2e/zip.ts'
import { slowness } from '../runner/slowness.ts'
import { livingIn, waitingRun } from './left-run.ts'
import { onLinux } from './machine.ts'

/** The hardest cancel: thirty agents, half of which ignore TERM, each with a child that has escaped into another session. */

const COUNT = 30
const ids = Array.from({ length: COUNT }, (_, index) => idOf(index + 1))

describe.skipIf(!onLinux)('thirty agents, half of them deaf, each with an escaped child', () => {
  test('are gone in less than 7 s, and post saves and uploads the work of all', async () => {
    await using service = await startArtifactService()
    await using scene = new Scene({ specs: plainSpecs(COUNT) })
    const polite = 'leave_daemon; edit; came "$CHANT_SPEC_ID"; wait_for_ever'
    const scripts = Object.fromEntries(
      ids.map((id, index) => [id, index % 2 === 0 ? polite : `trap '' TERM; ${polite}`]),
    )
    const inputs = { 'max-parallel': String(COUNT) }
    const action = await waitingRun(scene, ids, scripts, inputs, { env: service.env })
    expect(livingIn(scene).length).toBeGreaterThanOrEqual(2 * COUNT)
    const slow = slowness()
    const asked = performance.now()
    const main = await action.cancel()
    expect(performance.now() - asked).toBeLessThan(7_000 * Math.max(slow, slowness()))
    expect([main.signal, livingIn(scene)]).toEqual([null, []])

    const { post, killed } = await finish(action)
    expect(post.code).toBe(0)
    expect(post.durationMs).toBeLessThan(60_000 * Math.max(slow, slowness()))
    const results = scene.results()
    expect(outcomesIn(results)).toEqual(Object.fromEntries(ids.map((id) => [id, 'cancelled'])))
    const files = unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0))
    for (const id of ids) {
      expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
      expect(workerIn(results, id).patch).toBe(`logs/${id}.patch`)
      expect(files.get(`logs/${id}.patch`)).toContain(`+++ b/work-${id}.txt`)
    }
    expect([killed, scene.left()]).toEqual([[], []])
  }, 240_000)
})
