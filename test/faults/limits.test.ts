import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { plainSpecs, specText } from '../e2e/spec-text.ts'
import { canLimit, nodeBy, onLinux } from './machine.ts'

/** Rows 15 and 16: a machine that gives out no more descriptors or processes. */

const COUNT = 30
const ids = Object.keys(plainSpecs(COUNT))
/** Their agents need nothing but builtins: what a shell does that cannot fork is its own business. */
const specs = Object.fromEntries(ids.map((id) => [id, specText({ criteria: [] })]))
const completed = Object.fromEntries(ids.map((id) => [id, 'completed']))

describe.skipIf(!onLinux)('with 256 descriptors', () => {
  test('thirty specs wait for each other, and all are worked', async () => {
    await using scene = new Scene({ specs })
    const node = nodeBy(scene, 'exec prlimit --nofile=256:256 "$NODE" "$@"')
    const inputs = { 'max-parallel': String(COUNT), command: `${scene.gate.words}${agent('edit; wait_here')}` }
    const action = await scene.start(inputs, { node })
    await scene.gate.arrived(10, action.done)
    scene.gate.pass(COUNT)
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual(completed)
    expect(main.annotations).toMatchObject([{ level: 'warning', message: expect.stringMatching(/ulimit -n/) }])
    expect([killed, scene.left()]).toEqual([[], []])
  })
})

describe.skipIf(!canLimit)('with hardly any processes', () => {
  test('thirty specs wait for each other, and all are worked', async () => {
    await using scene = new Scene({ specs })
    const user = 54_321
    execFileSync('chown', ['-R', `${user}:${user}`, scene.root])
    execFileSync('chmod', ['755', scene.root])
    const limited = `setpriv --reuid=${user} --regid=${user} --clear-groups prlimit --nproc=24:24`
    const node = nodeBy(scene, `exec ${limited} "$NODE" "$@"`)
    // Each holds its process for a while, and needs no other one to do so.
    const hold = `exec 9<> '${scene.gate.folder}/.never'; read -r -t 0.6 -u 9 _ || true`
    const inputs = { 'max-parallel': String(COUNT), command: agent(`edit; ${hold}`) }
    const action = await scene.start(inputs, { node })
    execFileSync('chown', ['-R', `${user}:${user}`, scene.temp])
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual(completed)
    expect([killed, scene.left()]).toEqual([[], []])
  })
})
