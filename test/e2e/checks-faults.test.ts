import { describe, expect, test } from 'vitest'
import {
  BAD_CREDENTIALS,
  BROKEN,
  FORBIDDEN,
  type Forced,
  NOT_FOUND,
  noCommit,
  secondaryLimit,
  tooMany,
} from '../github-server/forced.ts'
import { CREATE_CHECK } from '../github-server/server.ts'
import { slowness } from '../runner/slowness.ts'
import { agent } from './agent.ts'
import { Stage } from './github-stage.ts'
import { workerIn } from './results-file.ts'
import { finish } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'

/** A GitHub that refuses, breaks or falls silent, and a main that is gone: the run goes on, and every check run ends. */

const [ONE, TWO] = [idOf(1), idOf(2)]

describe.concurrent('whatever GitHub answers, the run goes on and its result stands', () => {
  const refusals: readonly (readonly [number, Forced, RegExp])[] = [
    [401, BAD_CREDENTIALS, /does not accept the token \(401\)/],
    [403, FORBIDDEN, /\(403\).*`permissions: checks: write`/],
    [404, NOT_FOUND, /\(404\).*`permissions: checks: write`/],
    [422, noCommit('f'.repeat(40)), /\(422\).*No commit found for SHA/],
  ]
  test.each(refusals)('%i is said once and not asked again', async (_, forced, words) => {
    await using stage = await Stage.open({ specs: plainSpecs(4) }, { force: () => forced })
    const { main, post, killed } = await stage.run({ command: agent('work') })
    expect(main).toMatchObject({ conclusion: 'success', outputs: { conclusion: 'success', succeeded: '4' } })
    expect(main.annotations).toMatchObject([{ level: 'warning', message: expect.stringMatching(words) }])
    expect(main.annotations[0]?.message).toContain('Continuing without check runs')
    // A second one may have been on its way.
    expect(stage.github.requests.length).toBeLessThanOrEqual(2)
    expect([post.lines, killed, stage.scene.left()]).toEqual([[], [], []])
  })

  const limits: readonly (readonly [string, Forced])[] = [
    ['429', tooMany(4)],
    ['a secondary limit', secondaryLimit(4)],
  ]
  test.each(limits)('%s is waited for, and what happened meanwhile is one write', async (_, forced) => {
    await using stage = await Stage.open(
      { specs: plainSpecs(1) },
      { force: (_route, before) => (before === 0 ? forced : undefined) },
    )
    const { scene, github } = stage
    const action = await stage.start({ command: `${scene.gate.words}${agent('wait_here; work')}` })
    await github.until(() => github.requests.length === 1, action.done)
    scene.gate.pass()
    const { main, post } = await finish(action)
    expect(main).toMatchObject({ conclusion: 'success', annotations: [] })
    const [refused, taken, ...more] = github.requests.filter(({ route }) => route === CREATE_CHECK)
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(3_950)
    expect(more).toEqual([])
    expect(stage.check(ONE).conclusion).toBe('success')
    expect(post.lines).toEqual([])
  })

  const storms: readonly (readonly [string, Forced])[] = [
    ['5xx', BROKEN],
    ['a reset', 'reset'],
    ['a trickle', 'trickle'],
    ['silence', 'silence'],
  ]
  test.each(storms)(
    '%s for ever delays nobody beyond the last 20 seconds',
    async (name, forced) => {
      await using stage = await Stage.open({ specs: plainSpecs(2) }, { force: () => forced })
      const action = await stage.start({ command: agent('work') })
      let ended = 0
      await action.waitForLine(/1\/2|completed/).then(() => {
        ended = performance.now()
      })
      const main = await action.done
      const waited = performance.now() - ended
      const post = await action.post()
      console.log(
        `${name}: step ended ${Math.round(waited)} ms after the first worker, post took ${post.durationMs} ms`,
      )
      expect(main).toMatchObject({ conclusion: 'success', outputs: { conclusion: 'success', succeeded: '2' } })
      expect(main.annotations.filter(({ level }) => level === 'error')).toEqual([])
      expect(waited).toBeLessThan(20_000 + 4_000 * slowness())
      const told = [
        /^waiting for GitHub, at most 20 s, to take the end of 2 check runs/,
        /^left to the post step: the end/,
      ]
      for (const words of told) expect(main.lines.filter((line) => words.test(line))).toHaveLength(1)
      // The end of the run was said by main, with its time.
      expect(ours(post.lines).slice(0, -1)).toEqual([expect.stringMatching(/^waiting for GitHub, at most 60 s/)])
      expect(post.annotations).toMatchObject([
        {
          level: 'warning',
          message: expect.stringMatching(name === '5xx' ? /did not take .*502/ : /cannot be reached/),
        },
      ])
      expect(post.durationMs).toBeLessThan(60_000 + 5_000 * slowness())
      expect([await action.endJob(), stage.scene.left()]).toEqual([[], []])
      expect(stage.github.requests.map(({ path }) => path).filter((path) => path.includes('undefined'))).toEqual([])
    },
    240_000,
  )

  test('three bad answers in a row are got over', async () => {
    const weather: readonly Forced[] = [BROKEN, 'reset', BROKEN]
    await using stage = await Stage.open(
      { specs: plainSpecs(1) },
      { force: (route, before) => (route === CREATE_CHECK ? weather[before] : undefined) },
    )
    const { main } = await stage.run({ command: agent('work') })
    expect(main).toMatchObject({ conclusion: 'success', annotations: [] })
    expect(stage.check(ONE).conclusion).toBe('success')
  })

  test.each(['silence', 'trickle'] as const)(
    '%s does not delay the stopping of a cancelled run',
    async (forced) => {
      await using stage = await Stage.open({ specs: plainSpecs(2) }, { force: () => forced })
      const { scene, github } = stage
      const stubborn = agent('trap \'\' TERM; edit; came "$CHANT_SPEC_ID"; wait_for_ever')
      const action = await stage.start({ command: scene.gate.words + stubborn })
      await scene.gate.cameAll([ONE, TWO], action.done)
      await github.until(() => github.requests.length > 0, action.done)
      const asked = performance.now()
      const main = await action.cancel()
      expect(performance.now() - asked).toBeLessThan(7_000 * slowness())
      expect(main).toMatchObject({ code: 1, signal: null, outputs: { conclusion: 'cancelled' } })
      const post = await action.post()
      expect(post.durationMs).toBeLessThan(60_000 + 5_000 * slowness())
      expect([await action.endJob(), scene.left()]).toEqual([[], []])
    },
    240_000,
  )
})

describe.concurrent('check runs that main left open are ended by post', () => {
  const open = async (stage: Stage) => {
    const action = await stage.start({
      'max-parallel': '1',
      command: `${stage.scene.gate.words}${agent('edit; wait_here')}`,
    })
    await stage.scene.gate.cameAll([ONE], action.done)
    await stage.github.until(() => stage.isAt(ONE, 'in_progress') && stage.isAt(TWO, 'queued'), action.done)
    return action
  }

  test('after a cancel', async () => {
    await using stage = await Stage.open({ specs: plainSpecs(2) })
    const action = await open(stage)
    expect((await action.cancel()).outputs['conclusion']).toBe('cancelled')
    await action.post()
    expect(stage.check(ONE).history).toEqual(['in_progress', 'completed cancelled'])
    expect(stage.check(TWO).history).toEqual(['queued', 'completed cancelled'])
    expect(stage.scene.results().workers.map((worker) => worker.check_run_id)).toEqual([
      stage.check(ONE).id,
      stage.check(TWO).id,
    ])
    expect([await action.endJob(), stage.scene.left()]).toEqual([[], []])
  })

  test('also where GitHub asks for more patience than post has by itself', async () => {
    let [isPost, limits] = [false, 0]
    const limit = () => (limits++ === 0 ? secondaryLimit(60) : undefined)
    await using stage = await Stage.open(
      { specs: plainSpecs(2) },
      // Of a run that is cancelled: `in_progress` was written before. Main may come to write an end itself while it stops, and hears nothing.
      { force: (_route, _before, { body }) => (!body['conclusion'] ? undefined : isPost ? limit() : 'silence') },
    )
    const action = await open(stage)
    await action.cancel()
    isPost = true
    const post = await action.post()
    expect(ends(stage)).toEqual({ [ONE]: ['completed cancelled'], [TWO]: ['completed cancelled'] })
    expect(
      post.lines.filter((line) => /^waiting (4[5-9]|5\d|60) s, as GitHub asks, for it to take the end of 2/.test(line)),
    ).toHaveLength(1)
    expect(post.annotations).toEqual([])
    expect(post.durationMs).toBeLessThan(60_000 + 10_000 * slowness())
    expect([await action.endJob(), stage.scene.left()]).toEqual([[], []])
  }, 240_000)

  test('but not where GitHub has asked main for more than post has at all, and that is said', async () => {
    await using stage = await Stage.open({ specs: plainSpecs(2) }, { force: () => tooMany(1800) })
    const { main, post } = await stage.run({ command: agent('work') })
    expect(main).toMatchObject({ conclusion: 'success', annotations: [] })
    // A second one may have been on its way.
    expect(stage.github.requests.length).toBeLessThanOrEqual(2)
    expect(post.annotations).toMatchObject([
      {
        level: 'warning',
        message: expect.stringMatching(
          /did not take the end of 2 check runs: it has asked to be left alone for another (29m|30m|2[5-8]m)/,
        ),
      },
    ])
    expect(stage.scene.left()).toEqual([])
  })

  test('after SIGKILL', async () => {
    await using stage = await Stage.open({ specs: plainSpecs(2) })
    const action = await open(stage)
    action.kill('SIGKILL')
    await action.done
    await action.post()
    expect(ends(stage)).toEqual({ [ONE]: ['completed failure'], [TWO]: ['completed cancelled'] })
    expect(workerIn(stage.scene.results(), ONE).outcome).toMatchObject({ type: 'lost' })
    expect([await action.endJob(), stage.scene.left()]).toEqual([[], []])
  })

  test('also those whose making main did not live to hear of', async () => {
    let kill = () => {}
    await using stage = await Stage.open(
      { specs: plainSpecs(2) },
      { force: (route, before) => void (route === CREATE_CHECK && before === 1 && kill()) },
    )
    const { scene, github } = stage
    const action = await stage.start({
      'max-parallel': '1',
      command: `${scene.gate.words}${agent('edit; wait_here')}`,
    })
    kill = () => action.kill('SIGKILL')
    await action.done
    await action.post()
    expect(ends(stage)).toEqual({ [ONE]: ['completed failure'], [TWO]: ['completed cancelled'] })
    expect(github.problems).toEqual([])
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
  })
})

/** Without what is said of processes that nobody knows: those of other tests. */
const ours = (lines: readonly string[]) =>
  lines.filter((line) => !line.startsWith('warning  Processes that started during the run'))

/** How the check runs of each spec stand. */
const ends = ({ github }: Stage) =>
  Object.fromEntries(
    [...Map.groupBy(github.checkRuns, (check) => check.externalId)].map(([id, checks]) => [
      id,
      checks.map(({ history }) => history.at(-1)),
    ]),
  )
