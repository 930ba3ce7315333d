import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { agentsOf, killed, leftRun, livingIn, waitingRun } from './left-run.ts'
import { onLinux, treesOf, until } from './machine.ts'

/** What `mode: list` says of a run that goes on or is dead, and what `mode: clean` does about it. */

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]

const startOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[19] ?? ''

const listed = async (scene: Scene) => {
  const { main, post } = await scene.run({ mode: 'list' })
  expect([main.code, main.annotations, post.lines]).toEqual([0, [], []])
  return { main, json: JSON.parse(main.outputs['results'] ?? '') }
}

describe.skipIf(!onLinux)('mode list', () => {
  test('answers from another process what is going on, in the form of `chant_work_list`, and writes nothing', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const talk = 'echo hello; came "$CHANT_SPEC_ID"; wait_here; work'
    const action = await waitingRun(
      scene,
      [ONE, TWO],
      { [ONE]: talk, [TWO]: 'came "$CHANT_SPEC_ID"; wait_here; work', [THREE]: 'work' },
      {
        'max-parallel': '2',
      },
    )
    // Once that word is on record nobody has anything more to write.
    const journal = join(scene.stateDirs()[0] ?? '', 'journal.ndjson')
    await until(() => readFileSync(journal, 'utf8').includes('"text":"hello"'), 'the word of an agent')
    const before = treesOf(scene.workspace, scene.state, scene.home)
    const { main, json } = await listed(scene)
    expect(treesOf(scene.workspace, scene.state, scene.home)).toEqual(before)
    const pid = agentsOf(scene).get(ONE)?.pid ?? 0
    const log = join(scene.stateDirs()[0] ?? '', 'report', 'logs', `${ONE}.log`)
    expect(json.processes[0]).toEqual({
      spec_id: ONE,
      title: 'Task 1',
      pid,
      status: 'running',
      log_modified: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      branch: `chant/${ONE}`,
      state: 'running',
      run: '4711-1-chant-__self',
      agent: 'command',
      role: 'agent',
      attempt: 1,
      identity: {
        pid,
        start: startOf(pid),
        boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
        namespace: expect.stringMatching(/^pid:\[\d+\]$/),
      },
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
      idle_seconds: expect.any(Number),
      cpu_percent: 0,
      log,
      activity: 'hello',
    })
    expect(json.processes.map((each: { spec_id: string }) => each.spec_id)).toEqual([ONE, TWO])
    expect(json.summary).toEqual({ running: 2, stale: 0 })
    expect(main.lines.join('\n')).toMatch(
      /SPEC +STATE +PID[\s\S]*001-abc +running +\d+ +command[\s\S]*running 2 · stale 0/,
    )
    expect(main.summary).toContain('running 2 · stale 0')
    scene.gate.pass(2)
    expect((await finish(action)).main.conclusion).toBe('success')
    expect((await listed(scene)).json).toEqual({ processes: [], summary: { running: 0, stale: 0 } })
  })

  test('names processes in the order of the plan, whichever was first to start', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const setup = `if [ "$CHANT_SPEC_ID" = ${ONE} ]; then until [ -e '${scene.gate.folder}/${TWO}' ]; do :; done; fi`
    const action = await waitingRun(scene, [ONE, TWO], {}, { setup, 'max-parallel': '2' })
    const { json } = await listed(scene)
    expect(json.processes.map((each: { spec_id: string }) => each.spec_id)).toEqual([ONE, TWO])
    await action.cancel()
    await finish(action)
  })

  test('tells the dead from the living of a run whose main process is gone', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const action = await leftRun(scene, [ONE, TWO, THREE], {
      [TWO]: 'leave_daemon; came "$CHANT_SPEC_ID"; wait_for_ever',
    })
    for (const id of [TWO, THREE]) await killed(agentsOf(scene).get(id)?.pid)
    const { json } = await listed(scene)
    expect(json).toMatchObject({
      processes: [
        { spec_id: ONE, status: 'running', state: 'running' },
        {
          spec_id: TWO,
          status: 'stale',
          warning: expect.stringMatching(/^process_dead, but pid \d+ below it lives on/),
        },
        { spec_id: THREE, status: 'stale', warning: expect.stringMatching(/^process_dead: run `mode: clean`/) },
      ],
      summary: { running: 1, stale: 2 },
    })
    expect((await action.post()).code).toBe(0)
    expect((await listed(scene)).json.processes).toEqual([])
    expect(scene.left()).toEqual([])
  })

  test('where nothing ever was says so, and leaves nothing', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const before = treesOf(scene.workspace, scene.state, scene.home)
    expect((await listed(scene)).json).toEqual({ processes: [], summary: { running: 0, stale: 0 } })
    await scene.run({ mode: 'clean' })
    expect(treesOf(scene.workspace, scene.state, scene.home)).toEqual(before)
  })
})

describe.skipIf(!onLinux)('mode clean', () => {
  test('ends, saves and removes what a dead run has left, and says what it did', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const stubborn = `trap '' TERM; leave_daemon; edit; came "$CHANT_SPEC_ID"; wait_for_ever`
    await leftRun(scene, [ONE, TWO], { [ONE]: stubborn }, { 'max-parallel': '2' })
    await killed(agentsOf(scene).get(TWO)?.pid)
    const { main } = await scene.run({ mode: 'clean' })
    expect(main).toMatchObject({ code: 0, annotations: [], outputs: { conclusion: 'success' } })
    const said = main.lines.join('\n')
    expect(said).toMatch(/reaped +2026-11-02-001-abc +2 processes/)
    expect(said).toMatch(/stale +2026-11-02-002-abc/)
    expect(said).toMatch(/salvaged +2026-11-02-001-abc +1 commit on chant/)
    expect(said).toMatch(/run 4711-1-chant-__self/)
    expect(said).toMatch(/removed +the lock of run 4711/)
    for (const id of [ONE, TWO]) expect(scene.fileOn(`chant/${id}`, `work-${id}.txt`)).toBe(`${id}\n`)
    expect([livingIn(scene), scene.left()]).toEqual([[], []])
    const again = await scene.run({ mode: 'clean' })
    expect(again.main.lines).toEqual(['There was nothing to clean in this workspace.'])
    expect((await scene.run({ command: agent('work') })).main.conclusion).toBe('success')
  })

  test('never touches a live run', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await waitingRun(scene, [ONE], { [ONE]: 'wait_here; work' })
    const before = treesOf(scene.project)
    const { main } = await scene.run({ mode: 'clean' })
    expect(main.lines.join()).toMatch(/run 4711-1-chant-__self is alive \(pid \d+\).*nothing was touched/)
    expect(treesOf(scene.project)).toEqual(before)
    expect([...agentsOf(scene).keys()]).toEqual([ONE])
    scene.gate.pass()
    const run = await finish(action)
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed' })
    expect([run.killed, scene.left()]).toEqual([[], []])
  })
})
