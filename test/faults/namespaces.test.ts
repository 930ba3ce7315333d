import { readFileSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { agentsOf, editJournal, killed, waitingRun } from './left-run.ts'
import { canUnshare, lives, stateOf, until } from './machine.ts'
import { pidNamespace } from './pid-namespace.ts'

/** Rows 8, 9 and 10: the dead, the mistaken and the unseen, in pid namespaces as containers have them. */

const [ONE, TWO] = [idOf(1), idOf(2)]

/** The action's own process: what the runner stand-in has started is `nsenter`. */
const mainOf = (scene: Scene): number | undefined =>
  scene
    .processes()
    .find(
      ({ command, environment }) =>
        command.includes('dist/') && 'INPUT_MODE' in environment && !command.startsWith('nsenter'),
    )?.pid

describe.skipIf(!canUnshare)('in a pid namespace', () => {
  test('whose first process does not reap, a zombie is dead: nobody waits for it, nobody is warned of it', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    await using namespace = await pidNamespace(scene, { reaps: false })
    const command = scene.gate.words + agent(`leave_daemon; echo $! > '${scene.root}/daemon'; work`)
    const { main, post } = await scene.run({ command }, { node: namespace.node })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(main.lines.filter((line) => /swept +1 process it had left behind$/.test(line))).toHaveLength(1)
    expect(main.annotations).toEqual([])
    expect(namespace.run(`cut -d ' ' -f 3 /proc/${scene.readRoot('daemon').trim()}/stat`)).toBe('Z')
    expect([post.lines, scene.left()]).toEqual([[], []])
  })

  test('a pid that another process has got meanwhile is stale, and that process is not signalled', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    await using namespace = await pidNamespace(scene, { reaps: true })
    const action = await waitingRun(scene, [ONE, TWO], {}, {}, { node: namespace.node })
    const [one, two] = [ONE, TWO].map((id) => agentsOf(scene).get(id)?.pid)
    const inner = namespace.inner(one ?? 0)
    for (const pid of [mainOf(scene), one]) await killed(pid)
    await action.done
    await until(() => stateOf(one ?? 0) === '', 'the end of the first')
    // A process is no longer shown a moment before its number is free.
    const next = `echo ${inner - 1} > /proc/sys/kernel/ns_last_pid; setsid sleep 600 > /dev/null 2>&1 &`
    const innocent = () => Number(namespace.run(`${next} [ $! = ${inner} ] || kill -9 $!; echo $!`))
    await until(() => innocent() === inner, 'a free pid')
    const list = await scene.run({ mode: 'list' }, { node: namespace.node })
    expect(JSON.parse(list.main.outputs['results'] ?? '').processes[0]).toMatchObject({ pid: inner, status: 'stale' })
    const post = await action.post()
    expect(post.code).toBe(0)
    expect(post.lines.join('\n')).toMatch(new RegExp(`001-abc +stale +pid ${inner} is gone`))
    expect(namespace.run(`cat /proc/${inner}/comm`)).toBe('sleep')
    expect(lives(two ?? 0)).toBe(false)
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'lost', [TWO]: 'lost' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect(scene.left()).toEqual([])
  })

  test('agents of a namespace that cannot be seen from here are lost, and nothing is signalled', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    await using elsewhere = await pidNamespace(scene, { reaps: true })
    const first = await waitingRun(scene, [ONE], {}, {}, { node: elsewhere.node })
    const pid = agentsOf(scene).get(ONE)?.pid ?? 0
    await killed(mainOf(scene))
    await first.done
    // Whether main lives there cannot be told from here either, so its lock stays.
    const second = await scene.run({ command: agent('work') })
    expect(second.main.annotations.map(({ message }) => message).join()).toContain('Another chant-action run works in')
    const [, lock = ''] = /nobody can see.* remove (\S+owner\.json)\./.exec(second.main.lines.join()) ?? []
    const list = await scene.run({ mode: 'list' })
    expect(list.main.outputs['results']).toContain('another pid namespace')
    // Who knows that it has ended takes the lock away, and is told what nobody could look after.
    const clean = await scene.run({ mode: 'clean' })
    expect(clean.main.lines.join()).toMatch(/cannot be seen from here.*nothing was touched.*remove .*owner\.json/)
    rmSync(lock)
    const third = await scene.run({ command: agent('work') })
    expect(outcomesIn(resultsOf(third.main))).toEqual({ [ONE]: 'completed' })
    expect(third.main.annotations.map(({ message }) => message).join()).toMatch(
      /cannot be seen from here.*its work is in/,
    )
    expect(lives(pid)).toBe(true)
  })

  test('after a reboot everything of before is lost, whoever has its pids now', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await waitingRun(scene, [ONE])
    action.kill('SIGKILL')
    await action.done
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    editJournal(scene, (text) => text.replaceAll(boot, '00000000-0000-4000-8000-000000000000'))
    // To the journal of another boot this is a process with a pid of its own by accident.
    const innocent = agentsOf(scene).get(ONE)?.pid ?? 0
    const list = await scene.run({ mode: 'list' })
    expect(JSON.parse(list.main.outputs['results'] ?? '').summary).toEqual({ running: 0, stale: 1 })
    const post = await action.post()
    expect(post.code).toBe(0)
    expect(post.lines.join('\n')).toMatch(/001-abc +lost +pid \d+ belongs to an earlier boot.*nothing was signalled/)
    expect(lives(innocent)).toBe(true)
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'lost' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    await killed(innocent)
    expect(scene.left()).toEqual([])
  })
})
