import { describe, expect, test } from 'vitest'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { finish } from '../e2e/scene.ts'
import { idOf } from '../e2e/spec-text.ts'
import { slowness } from '../runner/slowness.ts'
import { BY_SUBSCRIPTION, NO_MODEL, usedUp } from './cases.ts'
import { isCli } from './clis.ts'
import { note, seconds } from './facts.ts'
import { FOR_EVER, fail, hang, type Scenario, say, shell, write } from './model-server/scenario.ts'
import { KEY_OF, notesFileOf, setStage, tickAndCommit, workOf } from './stage.ts'

/** What the built action makes of it when the model of a real CLI says no, or nothing at all. */

const chosen = (process.env['CHANT_TEST_AGENTS'] ?? '').split(',').filter(isCli)
const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)] as const

const TOO_MANY = fail(429, { times: FOR_EVER, retryAfter: 1, message: 'Too many requests' })
/** These can be told to give up soon; others ask again for 20 to 100 s, so that one attempt has to do. */
const GIVES_UP_SOON = new Set(['claude', 'pi', 'gemini'])
/** Told to ask once only, so that the action is the one who asks again. */
const ASKS_ONCE = new Set(['gemini'])
const WITH_TURNS = new Set(['claude', 'qwen'])

describe.each(chosen)('%s, started by the action,', (cli) => {
  test('is started again after a storm of 429, and goes on with what it has done', async () => {
    // The file is written before the storm and committed after it.
    const before = (id: string): Scenario => [write(notesFileOf(id), 'written before the storm\n'), TOO_MANY]
    const after = (id: string): Scenario => [shell(`test -f ${notesFileOf(id)} && ${tickAndCommit(id)}`), say('Done.')]
    await using stage = await setStage(cli, {
      patience: 'short',
      scenario: ({ specId = '', attempt }) => (attempt === 1 ? before : after)(specId),
    })
    const { scene, server } = stage
    const { main, killed } = await finish(await stage.start())
    const refused = server.requests.filter(({ turn }) => turn?.type === 'status').length
    note(cli, { limited: `${seconds(main.durationMs)}, ${refused} refused requests, ${killed.length} left` })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed', [THREE]: 'completed' })
    for (const id of [ONE, TWO, THREE]) {
      const worker = workerIn(results, id)
      expect([worker.attempts, new Set(worker.sessions).size]).toEqual([2, 2])
      expect(scene.fileOn(`chant/${id}`, notesFileOf(id))).toBe('written before the storm\n')
      expect(scene.report(`logs/${id}.log`)).toContain('the agent ended with rate-limit: ')
    }
    const log = main.lines.join('\n')
    expect(log).toMatch(/let down\s+rate-limit: .*(429|Too many requests)/)
    expect(log).toMatch(new RegExp(`account ${cli}\\s+paused until \\d\\d:\\d\\d:\\d\\d, then 1 at once`))
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('moves from an account that is limited for ever to another', async () => {
    await using stage = await setStage(cli, {
      specs: 2,
      patience: 'short',
      scenario: ({ specId = '', key }) => (key === 'key-number-one' ? [TOO_MANY] : workOf(specId)),
    })
    const { scene, server } = stage
    const account = (number: number) =>
      `- name: account-${number}\n  command: ${cli}\n  pass_env: ["${KEY_OF[cli]}=KEY_${number}"]\n`
    const { main, killed } = await finish(
      await stage.start(
        { agent: '', agents: account(1) + account(2) },
        { env: { KEY_1: 'key-number-one', KEY_2: 'key-number-two' } },
      ),
    )
    note(cli, { moved: seconds(main.durationMs) })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    for (const id of [ONE, TWO]) expect(workerIn(results, id).account).toBe('account-2')
    const asked = server.requests.filter(({ turn }) => turn !== undefined)
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['key-number-one', 'key-number-two']))
    expect(asked.filter(({ key, turn }) => key === 'key-number-two' && turn?.type === 'status')).toEqual([])
    expect(main.lines.join('\n')).toMatch(/let down\s+rate-limit on account-1: /)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('gets over an overloaded model, and says so of one that stays overloaded', async () => {
    await using stage = await setStage(cli, {
      specs: 2,
      patience: 'short',
      scenario: ({ specId = '', attempt }) =>
        specId === ONE
          ? [...(attempt === 1 ? [fail(529, { message: 'Overloaded' })] : []), ...workOf(specId)]
          : [write(notesFileOf(specId), 'written before\n'), fail(529, { times: FOR_EVER, message: 'Overloaded' })],
    })
    const { scene } = stage
    const attempts = GIVES_UP_SOON.has(cli) ? 2 : 1
    const { main, killed } = await finish(await stage.start({ 'max-attempts': String(attempts) }))
    note(cli, { overloaded: seconds(main.durationMs) })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'provider-failed' })
    expect([workerIn(results, ONE).attempts, workerIn(results, TWO).attempts]).toEqual([
      ASKS_ONCE.has(cli) ? 2 : 1,
      attempts,
    ])
    expect(workerIn(results, TWO).outcome).toMatchObject({
      cause: 'overloaded',
      message: expect.stringMatching(/529|overloaded/i),
    })
    expect(main.lines.join('\n')).toMatch(/let down\s+overloaded: .*(529|[Oo]verloaded)/)
    expect(main.annotations[0]?.message).toContain('Its provider could not answer: run again later')
    expect(main.summary).toContain('provider overloaded')
    // No account is to blame.
    expect(main.lines.join('\n')).not.toMatch(/paused until|not used any more/)
    expect(scene.fileOn(`chant/${TWO}`, notesFileOf(TWO))).toBe('written before\n')
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test.runIf(cli === 'claude')('waits until the time at which its subscription is reset', async () => {
    let reset = Number.NaN
    await using stage = await setStage(cli, {
      specs: 2,
      scenario: ({ specId = '', attempt }) => {
        if (attempt > 1 || specId !== ONE) return workOf(specId)
        // From when it is told: on a busy machine the action takes its time until then.
        reset = Math.ceil(Date.now() / 1_000) + 6 * Math.ceil(slowness())
        return [usedUp(reset)]
      },
    })
    const { main, killed } = await finish(await stage.start({ 'max-parallel': '1' }, { env: BY_SUBSCRIPTION }))
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    expect([workerIn(results, ONE).attempts, workerIn(results, TWO).attempts]).toEqual([2, 1])
    const clock = new Date(reset * 1_000).toISOString().slice(11, 19)
    expect(main.lines.join('\n')).toMatch(new RegExp(`account claude +paused until ${clock}, then 1 at once`))
    const second = stage.server.requests.find(({ specId }) => specId === TWO)
    expect(performance.timeOrigin + (second?.at ?? 0)).toBeGreaterThan(reset * 1_000)
    expect([killed, stage.scene.left()]).toEqual([[], []])
  })

  test('with a refused key ends soon, names the secret, and nothing else is started on it', async () => {
    await using stage = await setStage(cli, {
      scenario: () => [fail(401, { times: FOR_EVER, message: 'invalid api key' })],
    })
    const { scene, server } = stage
    const { main, killed } = await finish(await stage.start({ 'max-parallel': '1' }))
    const refused = server.requests.filter(({ turn }) => turn?.type === 'status').length
    note(cli, { refused: `${seconds(main.durationMs)}, ${refused} requests` })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'auth-failed', [TWO]: 'auth-failed', [THREE]: 'auth-failed' })
    expect(workerIn(results, ONE)).toMatchObject({ attempts: 1, outcome: { secret: KEY_OF[cli] } })
    expect([workerIn(results, TWO).attempts, workerIn(results, THREE).attempts]).toEqual([0, 0])
    expect(new Set(server.requests.map(({ specId }) => specId).filter((id) => id !== undefined))).toEqual(
      new Set([ONE]),
    )
    expect(main.annotations.map(({ message }) => message).join('\n')).toContain(`\`${KEY_OF[cli]}\``)
    expect(main.durationMs).toBeLessThan(30_000 * slowness())
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('with a model that is not there fails at once, and another spec goes on with the same key', async () => {
    await using stage = await setStage(cli, {
      specs: 2,
      scenario: ({ specId = '' }) => (specId === ONE ? [NO_MODEL[cli]] : workOf(specId)),
    })
    const { main, killed } = await finish(await stage.start({ 'max-parallel': '1' }))
    note(cli, { unknownModel: seconds(main.durationMs) })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'unknown-model', [TWO]: 'completed' })
    expect(workerIn(results, ONE)).toMatchObject({
      attempts: 1,
      outcome: { model: stage.pointed.model, from: 'input model' },
    })
    expect([killed, stage.scene.left()]).toEqual([[], []])
  })

  test('is stopped when its model never goes on', async () => {
    await using stage = await setStage(cli, { specs: 1, scenario: () => [hang(FOR_EVER)] })
    const { scene } = stage
    const action = await stage.start({ 'stall-minutes': '0.05' })
    const { main, killed } = await finish(action)
    note(cli, { stalled: seconds(main.durationMs) })
    expect(workerIn(resultsOf(main), ONE)).toMatchObject({ attempts: 1, outcome: { type: 'stalled' } })
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test.runIf(WITH_TURNS.has(cli))('takes no more turns than it was given', async () => {
    await using stage = await setStage(cli, { specs: 1, scenario: () => [shell('echo once more')] })
    const { main, killed } = await finish(await stage.start({ 'max-turns': '2' }))
    expect(workerIn(resultsOf(main), ONE)).toMatchObject({ attempts: 1, outcome: { type: 'max-turns' } })
    expect(main.annotations.map(({ message }) => message).join('\n')).toContain('Raise `max-turns`')
    expect([killed, stage.scene.left()]).toEqual([[], []])
  })
})
