import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textAt } from '../../src/agent/json.ts'
import { slowness } from '../runner/slowness.ts'
import { agent, agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { finish, Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

/**
 * What the action does when the provider of an agent lets it down. The agents are commands that say so in the vocabulary of
 * docs/agents.md, which the adapters of real CLIs speak too.
 */

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]

/** Retries follow at once, or nearly. */
const QUICK = { '.chant/config.md': '---\nproject:\n  name: demo\nwatch:\n  failure:\n    retry_delay_ms: 20\n---\n' }

/** Words for agents: `fails REASON [FIELDS]` ends as their provider would have it; `costs N` tells of dollars. */
const WORDS = `
fails() { echo '{"chant":"result","ok":false,"reason":"'"$1"'","message":"the provider said no"}'; exit 1; }
limited() { echo '{"chant":"rate-limit","resets_at":"'"$(date -u -d "@$(( $(date +%s) + $1 ))" +%FT%TZ)"'"}'; fails rate-limit; }
costs() { echo '{"chant":"usage","input":1000,"cached":200,"output":50,"cost_usd":'"$1"'}'; }
`

describe.concurrent('an agent whose provider fails', () => {
  test('is started again in the same worktree, and told so', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: QUICK })
    const { main, post, killed } = await scene.run({
      command:
        WORDS +
        agent(`
cat > "$CHANT_WORKTREE_PATH/../prompt-$CHANT_ATTEMPT"
if [ "$CHANT_ATTEMPT" = 1 ]; then echo begun > first.txt; fails overloaded; fi
test -f first.txt && grep -q 'second attempt' "$CHANT_WORKTREE_PATH/../prompt-2" && costs 0.25 && work && rm -f ../prompt-*`),
    })
    expect(main).toMatchObject({ conclusion: 'success', outputs: { 'cost-usd': '0.25' } })
    const results = resultsOf(main)
    expect(workerIn(results, ONE)).toMatchObject({
      attempts: 2,
      outcome: { type: 'completed' },
      usage: { input_tokens: 1000, cached_tokens: 200, output_tokens: 50, cost_usd: 0.25, estimated: false },
    })
    expect(scene.fileOn(`chant/${ONE}`, 'first.txt')).toBe('begun\n')
    expect(main.lines.join('\n')).toMatch(/let down\s+overloaded: the provider said no/)
    expect(main.lines.join('\n')).toMatch(/retrying/)
    expect(post).toMatchObject({ conclusion: 'success', lines: [] })
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('is not forgotten where its time has come before the wait is written down', async () => {
    const config = '---\nproject:\n  name: demo\nwatch:\n  failure:\n    retry_delay_ms: 1\n---\n'
    await using scene = new Scene({ specs: plainSpecs(1), files: { '.chant/config.md': config } })
    const { main } = await scene.run({
      'max-attempts': '5',
      'deadline-minutes': (0.5 * slowness()).toFixed(3),
      command: WORDS + agent('if [ "$CHANT_ATTEMPT" -lt 5 ]; then fails overloaded; fi; work'),
    })
    expect(workerIn(resultsOf(main), ONE)).toMatchObject({ attempts: 5, outcome: { type: 'completed' } })
  })

  test('gives up after `max-attempts`, with the last words of its provider', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: QUICK })
    const { main } = await scene.run({ 'max-attempts': '2', command: WORDS + agent('edit; fails network') })
    expect(main.conclusion).toBe('failure')
    expect(workerIn(resultsOf(main), ONE)).toMatchObject({
      attempts: 2,
      outcome: { type: 'provider-failed', cause: 'network', message: 'the provider said no' },
    })
    expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^status: failed$/m)
  })

  test('waits for the reset of a rate limit, and nobody starts meanwhile', async () => {
    await using scene = new Scene({ specs: plainSpecs(3), files: QUICK })
    // Not over before main has heard of it, though it is told in whole seconds.
    const seconds = 4 * Math.ceil(slowness())
    const { main } = await scene.run({
      'max-parallel': '1',
      command: WORDS + agentBySpec({ [ONE]: `if [ "$CHANT_ATTEMPT" = 1 ]; then limited ${seconds}; fi; work` }),
    })
    expect(main.conclusion).toBe('success')
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed', [THREE]: 'completed' })
    const lines = main.lines.map((line) => line.replace(/^\S+\s+/, ''))
    const paused = lines.findIndex((line) => line.includes('paused until'))
    expect(paused).toBeGreaterThan(0)
    const started = lines.flatMap((line, at) => (/\bstarted\b/.test(line) && at > paused ? [line] : []))
    expect(started[0]).toContain('attempt 2')
  })

  test('lets nobody start while its account is paused, even whose turn had been given', async () => {
    // Not over before main has heard of the limit.
    const seconds = 6 * Math.ceil(slowness())
    const config = `---\nproject:\n  name: demo\nparallel:\n  stagger_delay_ms: ${seconds * 1000}\n  stagger_jitter_ms: 0\n---\n`
    await using scene = new Scene({ specs: plainSpecs(2), files: { '.chant/config.md': config } })
    const { main } = await scene.run({
      'max-parallel': '2',
      command:
        WORDS +
        agentBySpec({
          [ONE]: `if [ "$CHANT_ATTEMPT" = 1 ]; then limited ${seconds + 3}; fi; work`,
        }),
    })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    const lines = main.lines.join('\n')
    expect(lines).toMatch(/002\S* +held back +in \d+s/)
    expect(workerIn(resultsOf(main), TWO).attempts).toBe(1)
    const started = [...scene.report('events.ndjson').matchAll(/"type":"process-running"/g)].length
    expect(started).toBe(3)
  }, 240_000)

  test('brakes its account at the first limit that it meets, though its own next try gets through', async () => {
    await using scene = new Scene({ specs: plainSpecs(3), files: QUICK })
    const action = await scene.start({
      'max-parallel': '2',
      command:
        scene.gate.words +
        agentBySpec({
          [ONE]: `until [ -e '${scene.gate.folder}/${TWO}' ]; do :; done; echo '{"chant":"retry","status":429,"delay_ms":4000}'; wait_here; echo '{"chant":"text","text":"On we go"}'; work`,
          [TWO]: `came ${TWO}; until [ -e '${scene.gate.folder}/paused' ]; do :; done; work`,
        }),
    })
    await action.waitForLine(/account main +paused until \d\d:\d\d:\d\d, then 1 at once/)
    writeFileSync(join(scene.gate.folder, 'paused'), '')
    await action.waitForLine(/002-abc +completed/)
    scene.gate.pass()
    const { main, killed } = await finish(action)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed', [THREE]: 'completed' })
    expect(workerIn(results, ONE).attempts).toBe(1)
    const events = scene
      .report('events.ndjson')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    const until = events.flatMap((event) => textAt(event, 'pausedUntil') ?? [])
    const started = events.filter(
      (event) => textAt(event, 'type') === 'process-running' && textAt(event, 'specId') === THREE,
    )
    expect(new Set(until).size).toBe(1)
    expect(Date.parse(textAt(started[0], 'at') ?? '')).toBeGreaterThanOrEqual(Date.parse(until[0] ?? ''))
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('without quota keeps its spec ready and does not fail the step', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
    const { main } = await scene.run({ 'max-parallel': '1', command: WORDS + agent('edit; fails quota') })
    expect(main).toMatchObject({ conclusion: 'success', outputs: { conclusion: 'neutral', skipped: '2' } })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'quota-exhausted', [TWO]: 'quota-exhausted' })
    expect(workerIn(resultsOf(main), TWO).outcome?.message).toBe(
      'Not started: the quota of the account main is used up: the provider said no',
    )
    expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^status: pending$/m)
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
  })

  test('that goes on asking with a refused key is stopped, for asking does not help', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: QUICK })
    const retry = `echo '{"chant":"retry","status":401,"delay_ms":60000}'; wait_for_ever`
    const { main, killed } = await scene.run({ command: scene.gate.words + agent(retry) })
    expect(workerIn(resultsOf(main), ONE)).toMatchObject({
      attempts: 1,
      outcome: { type: 'auth-failed', message: 'Its provider refuses it (status 401)' },
    })
    expect(main.lines.join('\n')).toMatch(/stopping\s+its agent would go on trying, but waiting does not help \(auth\)/)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('that does nothing but ask again is left alone for `stall-minutes`, and then started anew', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
    // Far more than the 1.5 s between two answers and the second until they are read.
    const minutes = Number((0.08 * slowness()).toFixed(3))
    const ask = `{ echo '{"chant":"retry","status":503,"delay_ms":500}'; read -r -t 0.5 _ < '${scene.gate.folder}/.go' || true; }`
    const { main, killed } = await scene.run({
      'stall-minutes': String(minutes),
      command: agentBySpec({
        [ONE]: `if [ "$CHANT_ATTEMPT" = 1 ]; then edit; while :; do ${ask}; done; fi; work`,
        // Whoever gets an answer now and then lives.
        [TWO]: `for n in 1 2 3; do ${ask}; ${ask}; ${ask}; echo '{"chant":"text","text":"I go on"}'; done; work`,
      }),
    })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    expect([workerIn(results, ONE).attempts, workerIn(results, TWO).attempts]).toEqual([2, 1])
    const log = main.lines.join('\n')
    expect(log).toMatch(/001-abc\s+stopping\s+its agent does nothing but ask its provider again \(overloaded\)/)
    const why = `overloaded: Its provider did not answer it for ${minutes} min (status 503)`
    expect(log.match(/001-abc\s+let down\s+(.*)/)?.[1]).toBe(why)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('with a refused key stops everybody who has no other', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
    const { main } = await scene.run({ 'max-parallel': '1', command: WORDS + agent('fails auth') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'auth-failed', [TWO]: 'auth-failed' })
    expect(workerIn(resultsOf(main), TWO)).toMatchObject({
      attempts: 0,
      outcome: { message: 'Not started: the account main was refused: the provider said no' },
    })
    expect(main.conclusion).toBe('failure')
  })
})

describe.concurrent('a model that the provider does not have', () => {
  test('fails the spec that asks for it, on the line that does, and no other', async () => {
    await using scene = new Scene({
      specs: { [ONE]: specText({ front: 'model: none-9' }), [TWO]: specText(), [THREE]: specText() },
      files: QUICK,
    })
    const { main } = await scene.run({
      'max-parallel': '1',
      command: WORDS + agent('if [ "$CHANT_MODEL" = none-9 ]; then fails model; fi; work'),
    })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'unknown-model', [TWO]: 'completed', [THREE]: 'completed' })
    const place = `.chant/specs/${ONE}.md:${1 + scene.specOn('main', ONE).split('\n').indexOf('model: none-9')}`
    const message = `Its provider has no model none-9 for this key (asked for by ${place}): the provider said no`
    expect(workerIn(results, ONE)).toMatchObject({
      attempts: 1,
      outcome: { message, model: 'none-9', from: place, line: Number(place.split(':')[1]) },
    })
    expect(main.annotations).toMatchObject([
      {
        properties: { line: place.split(':')[1] },
        message: `${ONE}: ${message}. Correct the name, or give this key the right to use that model.`,
      },
      { level: 'error' },
    ])
    expect(main.lines.join('\n')).not.toContain('not used any more')
    expect(main.summary).toContain(`**Its provider has no model none-9 for this key (asked for by ${place})`)
  })

  test('fails each spec at once where an input asks for it', async () => {
    await using scene = new Scene({ specs: plainSpecs(3), files: QUICK })
    const { main } = await scene.run({
      'max-parallel': '1',
      model: 'none-9',
      command: WORDS + agent(`echo '{"chant":"retry","reason":"model","status":404}'; fails model`),
    })
    const results = resultsOf(main)
    for (const id of [ONE, TWO, THREE])
      expect(workerIn(results, id)).toMatchObject({
        attempts: 1,
        outcome: {
          type: 'unknown-model',
          message: expect.stringContaining('none-9 for this key (asked for by input model)'),
        },
      })
    expect(main.conclusion).toBe('failure')
  })
})

test.concurrent('a finished spec names the model that its agent says it uses, where nobody named one', async () => {
  await using scene = new Scene({
    specs: { [ONE]: specText(), [TWO]: specText({ front: 'model: haiku' }), [THREE]: specText() },
  })
  const told = (model: string) => `echo '{"chant":"session","id":"abc","model":"${model}"}'; work`
  const { main } = await scene.run({
    command: agentBySpec({ [THREE]: told('x\\nstatus: failed') }, told('claude-opus-4-5-20251101')),
  })
  expect(workerIn(resultsOf(main), ONE).model).toBe('claude-opus-4-5-20251101')
  expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^model: opus$/m)
  // What was asked for is what counts, as in the results.
  expect(scene.specOn(`chant/${TWO}`, TWO)).toMatch(/^model: haiku$/m)
  expect(scene.specOn(`chant/${THREE}`, THREE)).not.toMatch(/^model:|^status: failed/m)
})

describe.concurrent('a worker that is still being prepared', () => {
  const SETUP = (scene: Scene) => `${scene.gate.words} if [ "$CHANT_SPEC_ID" = ${TWO} ]; then wait_here; fi`

  test('starts no agent on an account whose key was refused meanwhile', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
    const action = await scene.start({
      setup: SETUP(scene),
      command: WORDS + agentBySpec({ [ONE]: `until [ -e '${scene.gate.folder}/${TWO}' ]; do :; done; fails auth` }),
    })
    await action.waitForLine(/not used any more: its key was refused \(the provider said no\)/)
    scene.gate.pass()
    const { main, killed } = await finish(action)
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'auth-failed', [TWO]: 'auth-failed' })
    expect(workerIn(results, TWO)).toMatchObject({ attempts: 0, commits: [] })
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('waits with its agent while the account is paused', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
    // Not over before the other one is prepared: its setup has to be swept after, and what that left to be looked at.
    const seconds = 8 * Math.ceil(slowness())
    const action = await scene.start({
      setup: SETUP(scene),
      command:
        WORDS +
        agentBySpec({
          [ONE]: `until [ -e '${scene.gate.folder}/${TWO}' ]; do :; done; if [ "$CHANT_ATTEMPT" = 1 ]; then limited ${seconds}; fi; work`,
        }),
    })
    await action.waitForLine(/paused until/)
    scene.gate.pass()
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    const lines = main.lines.join('\n')
    expect(lines).toMatch(/002-abc +held back +in /)
    expect(lines.search(/001-abc +started .*attempt 2/)).toBeLessThan(lines.search(/002-abc +started/))
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('starts no agent once the budget is spent', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
    const action = await scene.start({
      setup: SETUP(scene),
      'max-cost-usd': '0.5',
      command:
        WORDS + agentBySpec({ [ONE]: `until [ -e '${scene.gate.folder}/${TWO}' ]; do :; done; costs 0.6; work` }),
    })
    await action.waitForLine(/max-cost-usd is spent/)
    scene.gate.pass()
    const { main } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'budget-reached' })
  })
})

describe.concurrent('a run with a budget', () => {
  test('starts nothing more once it is spent, and lets what runs end', async () => {
    await using scene = new Scene({ specs: plainSpecs(3), files: QUICK })
    const { main } = await scene.run({
      'max-parallel': '1',
      'max-cost-usd': '0.5',
      command: WORDS + agent('costs 0.6; work'),
    })
    expect(outcomesIn(resultsOf(main))).toEqual({
      [ONE]: 'completed',
      [TWO]: 'budget-reached',
      [THREE]: 'budget-reached',
    })
    expect(main.lines.join('\n')).toContain('max-cost-usd is spent')
    expect(main.outputs['cost-usd']).toBe('0.6')
  })
})

test.concurrent('a budget that cannot be kept is said once', async () => {
  await using scene = new Scene({ specs: plainSpecs(2), files: QUICK })
  const { main } = await scene.run({
    'max-cost-usd': '0.001',
    command: WORDS + agent(`echo '{"chant":"session","id":"s","model":"homemade"}'; costs null; work`),
  })
  expect(main.annotations.map(({ message }) => message.replace(/\S+-00\d-\w+/, 'SPEC'))).toEqual([
    '`max-cost-usd` cannot be kept: SPEC counts as free, because the price list does not know the model homemade: name a price in `prices-file`.',
  ])
  expect(main).toMatchObject({ conclusion: 'success', outputs: { 'cost-usd': '' } })
})

describe.skipIf(process.platform !== 'linux').concurrent('a worker that waits for its next attempt', () => {
  const WAITS = WORDS + agent('edit; limited 600')

  test('ends at once when the run is cancelled, and keeps what it did', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: QUICK })
    const action = await scene.start({ command: WAITS })
    await action.waitForLine(/retrying/)
    const main = await action.cancel()
    expect(main).toMatchObject({ code: 1, outputs: { conclusion: 'cancelled' } })
    await action.post()
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'cancelled' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
  })

  test('is found and saved by post when main is killed', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: QUICK })
    const action = await scene.start({ command: WAITS })
    await action.waitForLine(/retrying/)
    action.kill('SIGKILL')
    const { post, killed } = await finish(action)
    expect(post.conclusion).toBe('success')
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'lost' })
    // Made anew, its log is what it was: for people.
    expect(scene.report(`logs/${ONE}.log`)).toMatch(
      /^rate limit, until .*\nthe agent ended with rate-limit: the provider said no$/m,
    )
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([killed, scene.left()]).toEqual([[], []])
  })
})
