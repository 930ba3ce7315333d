import { expect, test } from 'vitest'
import type { Results } from '../../src/report/results.ts'
import { startArtifactService } from '../artifact-service/service.ts'
import { tooMany } from '../github-server/forced.ts'
import { UPDATE_CHECK } from '../github-server/server.ts'
import { agent } from './agent.ts'
import { Stage } from './github-stage.ts'
import { outcomesIn, resultsOf } from './results-file.ts'
import { finish } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'
import { unzip } from './zip.ts'

/** What GitHub shows when nobody came to the end: the next one on the machine ends it. And what is uploaded says what GitHub has. */

const [ONE, TWO] = [idOf(1), idOf(2)]

/** A run that is gone in the middle, with its post; one check run goes on, one is queued. */
async function dieInTheMiddle(stage: Stage): Promise<void> {
  const command = `${stage.scene.gate.words}${agent('edit; wait_here')}`
  const action = await stage.start({ 'max-parallel': '1', command })
  await stage.scene.gate.cameAll([ONE], action.done)
  await stage.github.until(() => stage.isAt(ONE, 'in_progress') && stage.isAt(TWO, 'queued'), action.done)
  action.kill('SIGKILL')
  await action.done
}

const histories = ({ github }: Stage) =>
  github.checkRuns.map(({ externalId, history }) => `${externalId}: ${history.join(', ')}`)

test.concurrent('the next run on the machine ends the check runs of one that nobody finished', async () => {
  await using stage = await Stage.open({ specs: plainSpecs(2) })
  await dieInTheMiddle(stage)
  const { main, post, killed } = await stage.run({ specs: TWO, command: agent('work') })
  expect(outcomesIn(resultsOf(main))).toEqual({ [TWO]: 'completed' })
  expect(histories(stage).slice(0, 2)).toEqual([
    `${ONE}: in_progress, completed failure`,
    `${TWO}: queued, completed cancelled`,
  ])
  expect(stage.github.checkRuns).toHaveLength(3)
  expect(stage.github.checkRuns[2]).toMatchObject({ externalId: TWO, conclusion: 'success' })
  expect(stage.github.problems).toEqual([])
  expect([post.lines, killed, stage.scene.left()]).toEqual([[], [], []])
})

test.concurrent('and a GitHub that is silent about them delays no worker', async () => {
  await using stage = await Stage.open(
    { specs: plainSpecs(2) },
    { force: (route, _, { body }) => (route === UPDATE_CHECK && body['conclusion'] ? 'silence' : undefined) },
  )
  await dieInTheMiddle(stage)
  const command = `${stage.scene.gate.words}${agent('wait_here; work')}`
  const action = await stage.start({ specs: TWO, checks: 'per-spec', command })
  await stage.scene.gate.cameAll([TWO], action.done)
  // Not one answer about them was needed for that: on a slow machine they may have been asked for by now.
  expect(stage.github.requests.filter(({ body, status }) => body['conclusion'] && status !== 0)).toEqual([])
  stage.scene.gate.pass()
  expect((await finish(action)).main.conclusion).toBe('success')
}, 240_000)

test.concurrent('`mode: clean` ends them, too', async () => {
  await using stage = await Stage.open({ specs: plainSpecs(2) })
  await dieInTheMiddle(stage)
  const { main } = await stage.run({ mode: 'clean' })
  expect(main.outputs['conclusion']).toBe('success')
  expect(histories(stage)).toEqual([`${ONE}: in_progress, completed failure`, `${TWO}: queued, completed cancelled`])
  expect(stage.github.problems).toEqual([])
})

test.concurrent('`mode: clean` says how many it could not end', async () => {
  let isClean = false
  await using stage = await Stage.open({ specs: plainSpecs(2) }, { force: () => (isClean ? tooMany(600) : undefined) })
  await dieInTheMiddle(stage)
  isClean = true
  const { main } = await stage.run({ mode: 'clean' })
  expect(main.outputs['conclusion']).toBe('success')
  expect(main.lines.filter((line) => /did not take the end of 2 check runs/.test(line))).toHaveLength(1)
})

test.concurrent('what is uploaded names the check runs and says that they are completed', async () => {
  await using service = await startArtifactService()
  await using stage = await Stage.open({ specs: plainSpecs(2) })
  const { main } = await stage.run({ command: agent('work') }, { env: service.env })
  const files = unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0))
  const uploaded: Results = JSON.parse(String(files.get('results.json')))
  expect(uploaded.workers.map((worker) => worker.check_run_id)).toEqual([stage.check(ONE).id, stage.check(TWO).id])
  // The upload is no part of the run's time.
  expect(uploaded).toEqual(resultsOf(main))
  const events = String(files.get('events.ndjson'))
    .split('\n')
    .filter((line) => line.includes('check-run-completed'))
  expect(events).toHaveLength(2)
  // The artifact had no address then; the page of the run shows it.
  expect(stage.check(ONE).summary).toContain('/actions/runs/4711#artifacts)')
})

test.concurrent('a run in which everything waits for approval shows that', async () => {
  const front = 'approval:\n  required: true\n  status: pending'
  await using stage = await Stage.open({ specs: { [ONE]: specText({ title: 'To be approved', front }) } })
  const { main, post } = await stage.run({ command: agent('work') })
  expect(main).toMatchObject({ conclusion: 'success', outputs: { conclusion: 'neutral', total: '0' } })
  expect(stage.check(ONE)).toMatchObject({ name: 'chant / To be approved', conclusion: 'action_required' })
  expect(stage.check(ONE).annotations).toMatchObject([{ annotation_level: 'notice' }])
  expect([post.lines, stage.github.problems]).toEqual([[], []])
})

test.concurrent('a spec that was named and cannot be worked fails where its line is', async () => {
  const specs = {
    [ONE]: '---\nstatus: pending\nstatus: failed\n---\n# A task\n',
    [TWO]: specText({ front: 'depends_on: [nowhere]' }),
  }
  await using stage = await Stage.open({ specs })
  const { main } = await stage.run({ specs: `${ONE} ${TWO}`, command: agent('work') })
  expect(main).toMatchObject({ conclusion: 'failure', outputs: { conclusion: 'failure' } })
  for (const id of [ONE, TWO]) expect(stage.check(id)).toMatchObject({ conclusion: 'failure' })
  expect(stage.check(ONE).annotations).toMatchObject([{ start_line: 3, annotation_level: 'failure' }])
  expect(stage.check(TWO).annotations).toMatchObject([
    { annotation_level: 'failure', message: expect.stringContaining('Depends on nowhere, which does not exist') },
  ])
})
