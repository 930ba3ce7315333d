import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { finish, Scene } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'
import { namesIn } from './traces.ts'

/** While agents live, the files in `.chant` name each of them, and nobody else. */

const folder = (scene: Scene, name: string): ReadonlyMap<string, string> => {
  const path = join(scene.project, '.chant', name)
  return new Map(namesIn(path).map((file) => [file, readFileSync(join(path, file), 'utf8')]))
}

/** Field 22 of /proc/<pid>/stat. */
const startOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[19] ?? ''

describe.skipIf(process.platform !== 'linux')('the registry', () => {
  test('names every live agent as the kernel does', async () => {
    await using scene = new Scene({ specs: plainSpecs(4) })
    const action = await scene.start({ command: scene.gate.words + agent('wait_here; work') })
    const ids = [1, 2, 3, 4].map(idOf)
    await scene.gate.cameAll(ids, action.done)

    const alive = scene.processes().filter((each) => each.parent === action.pid && 'CHANT_SPEC_ID' in each.environment)
    const pids = new Map(alive.map(({ pid, environment }) => [environment['CHANT_SPEC_ID'] ?? '', pid]))
    expect([...pids.keys()].sort()).toEqual(ids)
    expect(folder(scene, 'pids')).toEqual(new Map(ids.map((id) => [`${id}.pid`, String(pids.get(id))])))
    expect(folder(scene, '.locks')).toEqual(new Map(ids.map((id) => [`${id}.lock`, String(action.pid)])))
    const processes = folder(scene, 'processes')
    expect([...processes.keys()].sort()).toEqual(ids.map((id) => `${id}-${pids.get(id)}.json`).sort())
    for (const id of ids) {
      const pid = pids.get(id) ?? 0
      const record: unknown = JSON.parse(processes.get(`${id}-${pid}.json`) ?? '')
      expect(record).toMatchObject({
        process_id: `${id}-${pid}`,
        spec_id: id,
        pid,
        started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
        mode: 'parallel',
        started: true,
        identity: { pid, start: startOf(pid) },
        branch: `chant/${id}`,
        main_pid: action.pid,
      })
    }
    expect(scene.git('status', '--porcelain')).toBe('')

    scene.gate.pass(4)
    const { main, killed } = await finish(action)
    for (const id of ids) expect(workerIn(resultsOf(main), id).pid).toBe(pids.get(id))
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('20 specs, 3 at once: never more, and all are worked', async () => {
    await using scene = new Scene({ specs: plainSpecs(20) })
    const times = join(scene.root, 'times')
    const action = await scene.start({
      'max-parallel': '3',
      command: `${scene.gate.words}${agent(`echo + >> '${times}'; wait_here; work; echo - >> '${times}'`)}`,
    })
    await scene.gate.arrived(3, action.done)
    expect(folder(scene, 'pids').size).toBe(3)
    scene.gate.pass(20)
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual(
      Object.fromEntries(Object.keys(plainSpecs(20)).map((id) => [id, 'completed'])),
    )
    const alive = { now: 0, most: 0 }
    for (const mark of readFileSync(times, 'utf8').trim().split('\n')) {
      alive.now += mark === '+' ? 1 : -1
      alive.most = Math.max(alive.most, alive.now)
    }
    expect(alive).toEqual({ now: 0, most: 3 })
    // Nobody left a process behind, so nobody is said to have.
    expect(main.lines.filter((line) => line.includes('swept'))).toEqual([])
    expect(mostProcesses(scene.report('events.ndjson'))).toBe(3)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('keeps readable logs in the workspace, where git does not see them', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command: agent('echo out; echo err >&2; work') })
    expect(main.conclusion).toBe('success')
    const log = folder(scene, 'logs').get(`${idOf(1)}.log`) ?? ''
    expect(log.split('\n').sort()).toEqual(['', 'err', 'out'])
    expect(scene.report(`logs/${idOf(1)}.log`)).toBe(log)
    expect(scene.git('status', '--porcelain')).toBe('')
  })
})

/** From the journal: how many processes were on record and not yet gone, at most. */
function mostProcesses(journal: string): number {
  const alive = { now: 0, most: 0 }
  for (const line of journal.trim().split('\n')) {
    const type = /"type":"([\w-]+)"/.exec(line)?.[1]
    if (type === 'process-running') alive.now += 1
    if (type === 'process-gone') alive.now -= 1
    alive.most = Math.max(alive.most, alive.now)
  }
  return alive.most
}
