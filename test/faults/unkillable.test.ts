import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agentBySpec } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { agentsOf } from './left-run.ts'
import { nodeBy, onLinux } from './machine.ts'

/** A process that no signal ends, as in a system call for a share that does not answer: whoever looks is told of it, each time. */

const [ONE] = [idOf(1)]

describe.skipIf(!onLinux)('a process that SIGKILL does not end', () => {
  test('frees its slot, and is named with what to do by main, a list, post and whoever comes after it, until it is gone', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const command = scene.gate.words + agentBySpec({}, 'edit; came "$CHANT_SPEC_ID"; wait_for_ever')
    const node = nodeBy(scene, `exec "$NODE" --import '${join(import.meta.dirname, 'inject.ts')}' "$@"`)
    const inputs = { command, 'timeout-minutes': '0.03' }
    const action = await scene.start(inputs, { node, env: { FAULT: 'unkillable' } })
    const main = await action.done
    const pid = agentsOf(scene).get(ONE)?.pid ?? 0
    expect(pid).toBeGreaterThan(0)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'timed-out' })
    expect(results).toMatchObject({ workers: [{ left_pids: expect.arrayContaining([pid]) }] })
    const words = new RegExp(`pid .*\\b${pid}\\b.* did not end after SIGKILL: .*a restart of the machine`)
    expect(main.annotations.map(({ message }) => message)).toContainEqual(expect.stringMatching(words))
    expect(main.summary).toMatch(words)

    const list = await scene.run({ mode: 'list' })
    expect(JSON.parse(list.main.outputs['results'] ?? '').processes).toMatchObject([
      { pid, status: 'running', warning: expect.stringMatching(/^SIGKILL did not end it: .*restart the machine$/) },
    ])

    const post = await action.post()
    expect(post.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(words),
      expect.stringMatching(/could not be put in order/),
    ])
    expect(post.summary).toMatch(words)

    // It still cannot be ended, and then it can.
    const stuck = await scene.start({ mode: 'clean' }, { node, env: { FAULT: 'unkillable' } })
    expect((await stuck.done).lines.join('\n')).toMatch(
      new RegExp(
        `not-stoppable +${ONE} +pid .*${pid}.*\\n.*run 4711-1-chant-__self: not all of it could be put in order`,
      ),
    )
    const { main: cleaned } = await scene.run({ mode: 'clean' })
    expect(cleaned.lines.join('\n')).toMatch(/reaped +2026-11-02-001-abc[\s\S]*nothing is left of it/)
    expect(scene.left()).toEqual([])
  })
})
