import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commentMarker } from '../../src/report/comment.ts'
import { startArtifactService } from '../artifact-service/service.ts'
import { MALLORY } from '../github-server/people.ts'
import { CREATE_COMMENT, UPDATE_COMMENT } from '../github-server/server.ts'
import { slowness } from '../runner/slowness.ts'
import { agent, agentBySpec } from './agent.ts'
import { pullRequest, Stage, TOKEN } from './github-stage.ts'
import { outcomesIn, resultsOf } from './results-file.ts'
import { type Finished, finish } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'
import { unzip } from './zip.ts'

/** What a pull request shows of a run: check runs and the comment, against a GitHub on loopback. */

const [ONE, TWO, THREE, FOUR, FIVE, SIX] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5), idOf(6)]

describe('check runs, one for each spec', () => {
  let stage: Stage
  let run: Finished

  beforeAll(async () => {
    stage = await Stage.open({
      specs: {
        [ONE]: specText({ title: 'A good one' }),
        [TWO]: specText({ title: 'A bad one' }),
        [THREE]: specText({ title: 'A slow one' }),
        [FOUR]: specText({ title: 'Needs the bad one', front: `depends_on: [${TWO}]` }),
        [FIVE]: specText({ title: 'Half done', criteria: ['The first', 'The second'] }),
        [SIX]: specText({ title: 'To be approved', front: 'approval:\n  required: true\n  status: pending' }),
      },
    })
    run = await stage.run({
      'timeout-minutes': (0.15 * slowness()).toFixed(3),
      command:
        stage.scene.gate.words +
        agentBySpec({ [TWO]: 'echo I give up; exit 3', [THREE]: 'edit; wait_for_ever', [FIVE]: 'edit; save' }),
    })
  })

  afterAll(() => stage[Symbol.asyncDispose]())

  test('have a conclusion in GitHub’s words', () => {
    const conclusions = Object.fromEntries(stage.github.checkRuns.map((check) => [check.externalId, check.conclusion]))
    expect(conclusions).toEqual({
      [ONE]: 'success',
      [TWO]: 'failure',
      [THREE]: 'timed_out',
      [FOUR]: 'skipped',
      [FIVE]: 'failure',
      [SIX]: 'action_required',
    })
    expect(run.main.outputs['conclusion']).toBe('failure')
  })

  test('belong to the commit and carry the title', () => {
    const head = stage.scene.git('rev-parse', 'HEAD')
    expect(stage.github.checkRuns.map(({ headSha }) => headSha)).toEqual(Array(6).fill(head))
    expect(stage.check(ONE).name).toBe('chant / A good one')
    expect(stage.check(TWO)).toMatchObject({ title: expect.stringMatching(/^Failed · /), text: expect.any(String) })
    expect(stage.check(TWO).text).toContain('I give up')
    expect(stage.check(ONE).summary).toContain(`\`.chant/specs/${ONE}.md\``)
    expect(stage.check(THREE).history.at(-2)).toBe('in_progress')
  })

  test('say on the spec’s own lines what is wrong', () => {
    const path = (id: string) => `.chant/specs/${id}.md`
    const at = (text: string) =>
      specText({ criteria: ['The first', 'The second'] })
        .split('\n')
        .indexOf(`- [ ] ${text}`)
    expect(stage.check(FIVE).annotations).toMatchObject([
      { path: path(FIVE), start_line: at('The first') + 1, annotation_level: 'failure', message: 'The first' },
      { path: path(FIVE), start_line: at('The second') + 1, annotation_level: 'failure', message: 'The second' },
    ])
    expect(stage.check(TWO).annotations).toMatchObject([{ path: path(TWO), start_line: 1 }])
    expect(stage.check(SIX).annotations).toMatchObject([{ path: path(SIX), annotation_level: 'notice' }])
    expect(stage.check(ONE).annotations).toEqual([])
  })

  test('are named in the results', () => {
    const { workers } = resultsOf(run.main)
    expect(workers.map((worker) => worker.check_run_id)).toEqual(workers.map(({ spec_id }) => stage.check(spec_id).id))
    expect(JSON.parse(run.main.outputs['results'] ?? '')).toEqual(workers)
  })

  test('are what GitHub takes, and leave nothing for post', () => {
    expect(stage.github.problems).toEqual([])
    expect(run.post.lines).toEqual([])
    expect([run.killed, stage.scene.left()]).toEqual([[], []])
  })
})

test('a check run is queued, goes on, and ends', async () => {
  await using stage = await Stage.open({ specs: plainSpecs(2) })
  const { scene, github } = stage
  const action = await stage.start({ 'max-parallel': '1', command: `${scene.gate.words}${agent('wait_here; work')}` })
  await github.until(() => stage.isAt(TWO, 'queued'), action.done)
  await scene.gate.cameAll([ONE], action.done)
  scene.gate.pass()
  await github.until(() => stage.isAt(TWO, 'in_progress'), action.done)
  expect(stage.check(TWO).completedAt).toBeNull()
  scene.gate.pass()
  await finish(action)
  expect(stage.check(TWO).history).toEqual(['queued', 'in_progress', 'completed success'])
  expect(stage.check(ONE).history.at(-1)).toBe('completed success')
  expect(github.problems).toEqual([])
})

test('a spec that the run’s time did not reach is neutral', async () => {
  await using stage = await Stage.open({ specs: plainSpecs(2) })
  const { main } = await stage.run({
    'max-parallel': '1',
    'deadline-minutes': (0.15 * slowness()).toFixed(3),
    command: stage.scene.gate.words + agent('wait_for_ever'),
  })
  expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'cancelled', [TWO]: 'deadline-reached' })
  expect(stage.check(ONE).conclusion).toBe('cancelled')
  expect(stage.check(TWO).conclusion).toBe('neutral')
})

describe('one check run for all', () => {
  test('is what `checks: run` makes', async () => {
    await using stage = await Stage.open({ specs: plainSpecs(2) })
    const { main } = await stage.run({ checks: 'run', command: agent('work') })
    expect(stage.github.checkRuns).toMatchObject([{ name: 'chant / all specs', conclusion: 'success' }])
    expect(stage.github.checkRuns[0]?.text).toContain('Task 2')
    expect(resultsOf(main).run.check_run_id).toBe(stage.github.checkRuns[0]?.id)
    expect(stage.github.problems).toEqual([])
  })

  test('is made above fifty specs', async () => {
    const dependents = Array.from({ length: 50 }, (_, index) => idOf(index + 2))
    const front = `depends_on: [${ONE}]`
    await using stage = await Stage.open({
      specs: { [ONE]: specText(), ...Object.fromEntries(dependents.map((id) => [id, specText({ front })])) },
    })
    await stage.run({ command: agent('exit 3') })
    expect(stage.github.checkRuns).toMatchObject([{ name: 'chant / all specs', conclusion: 'failure' }])
    expect(stage.github.problems).toEqual([])
  })

  test('nothing is made where it is off', async () => {
    await using stage = await Stage.open({ specs: plainSpecs(1) })
    await stage.run({ checks: 'off', command: agent('work') })
    expect(stage.github.requests).toEqual([])
  })
})

describe('on a pull request', () => {
  test('check runs are its head’s, and one comment is edited from run to run', async () => {
    await using stage = await Stage.open({})
    const { scene, github } = stage
    const { head, start } = pullRequest(scene, plainSpecs(2))
    const marker = commentMarker('chant')
    const stranger = github.comments.create(7, `${marker}\nmine`, MALLORY)
    const first = await stage.run({ comment: 'true', command: agent('exit 3') }, start)
    expect(first.main.outputs['conclusion']).toBe('failure')
    const [, ours] = github.comments.on(7)
    expect(ours?.body).toContain('exit code 3')
    expect(ours?.body.startsWith(`${marker}\n`)).toBe(true)

    const second = await stage.run({ comment: 'true', command: agent('work') }, start)
    expect(second.main.outputs['conclusion']).toBe('success')
    expect(github.comments.on(7).map(({ id }) => id)).toEqual([stranger.id, ours?.id])
    expect(github.comments.get(ours?.id ?? 0)?.body).toContain('all 2 specs completed')
    expect(github.comments.get(stranger.id)).toMatchObject({ edits: 0, body: `${marker}\nmine` })
    expect(github.requests.filter(({ route }) => route === CREATE_COMMENT)).toHaveLength(1)
    expect(github.requests.some(({ route }) => route === UPDATE_COMMENT)).toBe(true)
    expect(new Set(github.checkRuns.map(({ headSha }) => headSha))).toEqual(new Set([head]))
    expect(github.problems).toEqual([])
  })

  test('secrets are in no check run, no comment and no artifact', async () => {
    const [KEY, PASSWORD] = ['k9/Zt+v7=Qm&x 4w?b', 'correct-horse-battery']
    const forms = [KEY, PASSWORD, TOKEN].flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('base64'),
      Buffer.from(`x-access-token:${secret}`).toString('base64'),
      encodeURIComponent(secret),
    ])
    const said = forms.map((form) => `'${form}'`).join(' ')
    await using service = await startArtifactService()
    await using stage = await Stage.open({})
    const { start } = pullRequest(stage.scene, {
      [ONE]: specText({
        title: `Log in with ${PASSWORD}`,
        criteria: [`Accepts ${PASSWORD}`, `Sends ${TOKEN}`, `Knows ${KEY}`],
      }),
      // Markup parts what it escapes.
      [TWO]: specText({ title: `Call with ${KEY}` }),
      [THREE]: specText({ title: `Never with ${KEY}`, front: 'approval:\n  required: true\n  status: pending' }),
    })
    const { main } = await stage.run(
      {
        comment: 'true',
        'pass-env': 'MODEL_KEY',
        command: agent(
          `printf 'a %s b\\n' ${said}; printf 'split %s' '${KEY.slice(0, 8)}'; printf '%s\\n' '${KEY.slice(8)}'; edit; save`,
        ),
      },
      { ...start, env: { ...start.env, ...service.env, MODEL_KEY: KEY, DB_PASSWORD: PASSWORD } },
    )
    expect(stage.check(ONE)).toMatchObject({ name: 'chant / Log in with ***', conclusion: 'failure' })
    expect(stage.check(ONE).annotations).toHaveLength(3)
    const written = {
      requests: stage.github.requests.map(({ path, body }) => `${path} ${strings(body).join('\n')}`).join('\n'),
      artifact: [...unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0)).values()].join('\n'),
      summary: main.summary,
      log: main.lines.join('\n'),
    }
    expect(written.artifact).toContain('split ***')
    expect(written.requests).toContain('split ***')
    for (const text of Object.values(written))
      for (const seen of [text, asRead(text)]) expect(forms.filter((form) => seen.includes(form))).toEqual([])
  })
})

test('a secret that looks like a number or a name of ours breaks no output', async () => {
  await using stage = await Stage.open({ specs: { [ONE]: specText({ title: 'Call 521400' }) } })
  const env = { DOOR_KEY: '521400', OTHER_KEY: 'duration_ms', THIRD_KEY: 'worker' }
  const { main } = await stage.run({ command: agent('echo 521400 duration_ms worker; work') }, { env })
  const [worker] = JSON.parse(main.outputs['results'] ?? '')
  expect(worker).toMatchObject({
    title: 'Call ***',
    check_run_id: stage.check(ONE).id,
    duration_ms: expect.any(Number),
  })
  expect([worker]).toEqual(resultsOf(main).workers)
  expect(main.outputs).toMatchObject({ conclusion: 'success', succeeded: '1' })
  expect(stage.scene.report(`logs/${ONE}.log`)).toContain('*** *** ***')
  // Made from cleaned events, whose own words are not foreign.
  expect(stage.scene.report('report.html')).toContain('Call ***')
  expect(String(stage.check(ONE).id)).toContain('521400')
})

/** What a reader sees of Markdown and HTML: no entities, and nothing between letters that does not show. */
const asRead = (text: string): string =>
  text.replaceAll('<!-- -->', '').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))

/** Every string in a JSON value. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}
