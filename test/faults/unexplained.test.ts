import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import type { StepResult } from '../runner/step.ts'
import { killed, livingIn, waitingRun } from './left-run.ts'
import { canUnshare, until } from './machine.ts'
import { pidNamespace } from './pid-namespace.ts'

/** Row 6: who goes so far that nothing proves whose it is. In a namespace, so that no other run of this machine sees it. */

const ONE = idOf(1)

const unexplainedIn = ({ lines }: StepResult): readonly string[] =>
  lines.filter((line) => line.includes('belong to nobody known'))

describe.skipIf(!canUnshare)('a process that', () => {
  /** Without environment, in a session and a directory of its own. */
  const escapee = ({ root }: Scene) =>
    `env -i setsid sh -c 'echo $$ > "${root}/escaped.new"; cd /; mv "${root}/escaped.new" "${root}/escaped"; exec sleep 600'`
  /** Waits until it is what it stays: before that it has another name. */
  const gone = ({ root }: Scene) =>
    `until [ -e '${root}/escaped' ] && read -r pid < '${root}/escaped' && read -r name < "/proc/$pid/comm" && [ "$name" = sleep ]; do :; done`

  // A look may fall into the moment in which its parents still stand: then it was seen, and the test is tried again.
  test('was never seen below an agent is named in a warning, and not signalled', { retry: 3 }, async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    await using namespace = await pidNamespace(scene, { reaps: true })
    // Its parents are gone before anybody could look.
    const { main } = await scene.run(
      { command: agent(`( ${escapee(scene)} & )\n${gone(scene)}; work`) },
      { node: namespace.node },
    )
    const pid = scene.readRoot('escaped').trim()
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(unexplainedIn(main)).toEqual([
      expect.stringMatching(new RegExp(`belong to nobody known: ${pid} \\(sleep\\).*Nothing was signalled`)),
    ])
    expect(namespace.run(`cat /proc/${pid}/comm`)).toBe('sleep')
  })

  test('was seen below one is ended, whatever it has thrown away since', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    await using namespace = await pidNamespace(scene, { reaps: true })
    const command = scene.gate.words + agent(`${escapee(scene)} &\n${gone(scene)}; wait_here; work`)
    const action = await scene.start({ command }, { node: namespace.node })
    await scene.gate.arrived(1, action.done)
    const pid = scene.readRoot('escaped').trim()
    const noted = new RegExp(`"process-noted".*"pid":${pid},`)
    await until(() => noted.test(readFileSync(join(scene.stateDirs()[0] ?? '', 'journal.ndjson'), 'utf8')), 'a look')
    scene.gate.pass()
    const { main } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(unexplainedIn(main)).toEqual([])
    expect(main.lines.some((line) => /swept +1 process/.test(line))).toBe(true)
    expect(namespace.run(`test -e /proc/${pid} || echo gone`)).toBe('gone')
  })

  test("belongs to another run of this machine is that run's business", async () => {
    await using other = new Scene({ specs: plainSpecs(1) })
    await using scene = new Scene({ specs: plainSpecs(1) })
    await using namespace = await pidNamespace(scene, { reaps: true })
    // Its main process is killed while this run goes on, so that its agent is an orphan from now on.
    const command = `${scene.gate.words}${agent('wait_here; work')}`
    const action = await scene.start({ command }, { node: namespace.node })
    await scene.gate.arrived(1, action.done)
    await waitingRun(other, [ONE], {}, {}, { node: namespace.node })
    const main = other.processes().find(({ environment }) => environment['CHANT_SPEC_ID'] === ONE)?.parent
    await killed(main)
    scene.gate.pass()
    const run = await finish(action)
    expect([run.main.code, unexplainedIn(run.main)]).toEqual([0, []])
    expect(livingIn(other)).toHaveLength(1)
  })
})
