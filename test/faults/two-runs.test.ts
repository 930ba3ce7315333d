import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { slowness } from '../runner/slowness.ts'
import { agentsOf, waitingRun } from './left-run.ts'
import { lives, onLinux, stateOf, until } from './machine.ts'

/** Rows 28 and 29: one owner of a workspace, however many come and however long it sleeps. */

const [ONE, TWO] = [idOf(1), idOf(2)]

describe.skipIf(!onLinux)('a workspace', () => {
  test('of twenty runs that start at once belongs to one; the others are refused by its name, at once', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const command = `${scene.gate.words}${agent('wait_here; work')}`
    const actions = await Promise.all(Array.from({ length: 20 }, () => scene.start({ command })))
    const refused: string[] = []
    const nineteen = Promise.withResolvers<void>()
    for (const action of actions)
      void action.done.then((main) => {
        refused.push(...main.annotations.map(({ message }) => message))
        if (refused.length === 19) nineteen.resolve()
      })
    await nineteen.promise
    const owner = actions.find(({ pid }) => lives(pid))
    await scene.gate.arrived(1, owner?.done ?? Promise.resolve())
    expect([...agentsOf(scene).keys()]).toEqual([ONE])
    for (const message of refused) expect(message).toContain(`works in this workspace: `)
    expect(refused.filter((message) => !message.includes(`process ${owner?.pid},`))).toEqual([])
    scene.gate.pass()
    for (const action of actions) expect((await finish(action)).killed).toEqual([])
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'completed' })
    expect([scene.stateDirs().length, scene.branches(), scene.left()]).toEqual([1, [`chant/${ONE}`, 'main'], []])
  })

  test('stays with an owner that is suspended, and its agents are neither stopped nor taken for stalled', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const talk = `came "$CHANT_SPEC_ID"; until read -r -t 0.2 _ < <(cat '${scene.gate.folder}/go' 2> /dev/null); do echo still here; done; work`
    const slow = slowness()
    const limits = { 'stall-minutes': (0.05 * slow).toFixed(3) }
    const action = await waitingRun(scene, [ONE, TWO], { [ONE]: talk, [TWO]: talk }, limits)
    const suspended = performance.now()
    action.kill('SIGSTOP')
    await until(() => stateOf(action.pid) === 'T', 'a suspended main')
    const second = await scene.run({ command: agent('work') })
    expect(second.main.annotations).toMatchObject([{ message: expect.stringContaining(`process ${action.pid},`) }])
    const clean = await scene.run({ mode: 'clean' })
    expect(clean.main.lines.join()).toMatch(new RegExp(`is alive \\(pid ${action.pid}\\).*nothing was touched`))
    const list = await scene.run({ mode: 'list' })
    expect(JSON.parse(list.main.outputs['results'] ?? '').summary).toEqual({ running: 2, stale: 0 })
    // Longer than the window in which a silent agent would be stalled.
    await until(() => performance.now() - suspended > 3_500 * slow, 'a long sleep')
    action.kill('SIGCONT')
    scene.write({ '../gate/go': 'go\n' })
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    expect([killed, scene.left()]).toEqual([[], []])
  })
})
