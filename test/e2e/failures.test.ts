import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agent, agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { type Finished, finish, Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

/** Specs that fail, each in its own way, in one run; what they did is kept. */

const EXIT = idOf(1)
const KILLED = idOf(2)
const IDLE = idOf(3)
const UNTICKED = idOf(4)
const SETUP = idOf(5)
const VERIFY = idOf(6)
const NEEDS = idOf(7)
const NEEDS_MORE = idOf(8)
const FINE = idOf(9)

const on = (id: string, then: string) => `if [ "$CHANT_SPEC_ID" = ${id} ]; then ${then}; fi`

describe('specs that fail', () => {
  let scene: Scene
  let run: Finished

  beforeAll(async () => {
    scene = new Scene({
      specs: {
        ...plainSpecs(9),
        [UNTICKED]: specText({ criteria: ['The first', 'The second'] }),
        [NEEDS]: specText({ front: `depends_on: [${EXIT}]` }),
        [NEEDS_MORE]: specText({ front: `depends_on:\n  - ${NEEDS}` }),
      },
    })
    run = await scene.run({
      setup: on(SETUP, 'echo no compiler; exit 4'),
      verify: on(VERIFY, 'echo 2 tests failed; exit 1'),
      command: agentBySpec({
        [EXIT]: 'edit; echo cannot go on >&2; exit 3',
        [KILLED]: 'edit; kill -SEGV $$',
        [IDLE]: 'tick; git checkout --quiet -- .; echo nothing to do',
        [UNTICKED]: 'edit; save',
      }),
    })
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  test('each has its own outcome', () => {
    expect(outcomesIn(resultsOf(run.main))).toEqual({
      [EXIT]: 'exit-non-zero',
      [KILLED]: 'signal',
      [IDLE]: 'no-commits',
      [UNTICKED]: 'criteria-unchecked',
      [SETUP]: 'setup-failed',
      [VERIFY]: 'verify-failed',
      [NEEDS]: 'dependency-failed',
      [NEEDS_MORE]: 'dependency-failed',
      [FINE]: 'completed',
    })
    const results = resultsOf(run.main)
    expect(workerIn(results, EXIT).outcome).toMatchObject({ code: 3 })
    expect(workerIn(results, KILLED).outcome).toMatchObject({ signal: 'SIGSEGV' })
    expect(workerIn(results, UNTICKED).outcome).toMatchObject({
      total: 2,
      open: [{ text: 'The first' }, { text: 'The second' }],
    })
  })

  test('they fail the step, and leave nothing behind', () => {
    expect(run.main).toMatchObject({ conclusion: 'failure', code: 1 })
    expect(run.main.outputs).toMatchObject({
      conclusion: 'failure',
      total: '9',
      succeeded: '1',
      failed: '6',
      skipped: '2',
    })
    expect(run.post).toMatchObject({ conclusion: 'success', lines: [], summary: '' })
    expect([run.killed, scene.left()]).toEqual([[], []])
    expect(scene.git('status', '--porcelain')).toBe('')
  })

  test.each([EXIT, KILLED, UNTICKED, VERIFY])('the work of %s is on its branch, where its spec is failed', (id) => {
    expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    const spec = scene.specOn(`chant/${id}`, id)
    expect(spec).toMatch(/^status: failed$/m)
    expect(spec).not.toMatch(/^completed_at:/m)
    expect(scene.git('show', `main:.chant/specs/${id}.md`)).toMatch(/^status: pending$/m)
  })

  test('an agent whose setup failed is not started', () => {
    expect(workerIn(resultsOf(run.main), SETUP)).toMatchObject({ attempts: 0, commits: [] })
    expect(scene.report(`logs/${SETUP}.log`)).toBe('no compiler\n')
  })

  test('what setup, agent and verify said is in the log', () => {
    expect(scene.report(`logs/${EXIT}.log`)).toBe('cannot go on\n')
    expect(scene.report(`logs/${VERIFY}.log`)).toContain('2 tests failed\n')
  })

  test('the dependent names what it needs', () => {
    expect(workerIn(resultsOf(run.main), NEEDS)).toMatchObject({ attempts: 0, outcome: { needs: [EXIT] } })
    expect(scene.branches()).not.toContain(`chant/${NEEDS}`)
  })
})

test('`skip-criteria` and `allow-no-commits` let specs succeed', async () => {
  await using scene = new Scene({ specs: plainSpecs(2) })
  const { main } = await scene.run({
    command: agentBySpec({ [idOf(1)]: 'edit; save' }, 'true'),
    'skip-criteria': 'true',
    'allow-no-commits': 'true',
  })
  expect(outcomesIn(resultsOf(main))).toEqual({ [idOf(1)]: 'completed', [idOf(2)]: 'no-changes' })
  expect(main.conclusion).toBe('success')
  expect(scene.specOn(`chant/${idOf(1)}`, idOf(1))).toContain('- [ ] It works')
})

test('`allow-no-commits` does not excuse open criteria', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const { main } = await scene.run({ command: agent('true'), 'allow-no-commits': 'true' })
  expect(outcomesIn(resultsOf(main))).toEqual({ [idOf(1)]: 'criteria-unchecked' })
})

test('`fail-fast` stops what runs, and starts nothing more', async () => {
  await using scene = new Scene({ specs: plainSpecs(4) })
  const action = await scene.start({
    'max-parallel': '2',
    'fail-fast': 'true',
    command:
      scene.gate.words +
      agentBySpec(
        { [idOf(1)]: 'edit; came first; wait_for_ever', [idOf(2)]: 'wait_here; exit 1' },
        'came too-late; work',
      ),
  })
  await scene.gate.cameAll(['first', idOf(2)], action.done)
  scene.gate.pass()
  const run = await finish(action)
  expect(outcomesIn(resultsOf(run.main))).toEqual({
    [idOf(1)]: 'cancelled',
    [idOf(2)]: 'exit-non-zero',
    [idOf(3)]: 'cancelled-before-start',
    [idOf(4)]: 'cancelled-before-start',
  })
  expect(workerIn(resultsOf(run.main), idOf(1)).outcome).toMatchObject({ cause: 'fail-fast' })
  expect(scene.fileOn(`chant/${idOf(1)}`, `work-${idOf(1)}.txt`)).toBe(`${idOf(1)}\n`)
  expect(run.main.outputs['conclusion']).toBe('failure')
  expect([run.killed, scene.left()]).toEqual([[], []])
})
