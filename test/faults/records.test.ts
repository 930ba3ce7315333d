import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { waitingRun } from './left-run.ts'
import { bystander, lives, onLinux } from './machine.ts'

/** Rows 11 and 46: files in `.chant` that say nothing, something wrong, or that somebody removed. */

const ONE = idOf(1)

const JUNK: Readonly<Record<string, string | Buffer>> = {
  empty: '',
  zero: '0',
  init: '1',
  everybody: '-1',
  'too-large': '4294967296',
  word: 'no pid',
  two: '12 34',
  hexadecimal: '0x10',
  fraction: '12.5',
  binary: Buffer.from([0, 1, 2, 255, 254, 10]),
  long: Buffer.alloc(1_000_000, '7'),
}

function putJunk(scene: Scene, folder: string, ending: string): void {
  mkdirSync(join(scene.project, '.chant', folder), { recursive: true })
  for (const [name, content] of Object.entries(JUNK))
    writeFileSync(join(scene.project, '.chant', folder, `${name}${ending}`), content)
}

describe.skipIf(!onLinux)('process files that hold no process', () => {
  test('are shown by mode list, put aside by mode clean, and nobody is signalled', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    await using innocent = await bystander('sleep', ['600'])
    putJunk(scene, 'pids', '.pid')
    putJunk(scene, '.locks', '.lock')
    const pids = join(scene.project, '.chant', 'pids')
    writeFileSync(join(pids, 'alive.pid'), String(innocent.pid))
    writeFileSync(join(pids, 'dead.pid'), '4194303')
    mkdirSync(join(pids, 'folder.pid'))
    symlinkSync('/etc/passwd', join(pids, 'link.pid'))
    execFileSync('mkfifo', [join(pids, 'pipe.pid')])

    const list = await scene.run({ mode: 'list' })
    const listed: unknown = JSON.parse(list.main.outputs['results'] ?? '')
    const row = (spec: string, pid: number | null, warning: RegExp) =>
      expect.objectContaining({ spec_id: spec, pid, status: 'stale', warning: expect.stringMatching(warning) })
    expect(listed).toMatchObject({
      processes: expect.arrayContaining([
        ...Object.keys(JUNK).map((name) => row(name, null, /holds no process id/)),
        row('alive', innocent.pid, /a live process has this pid, but nothing tells/),
        row('dead', 4194303, /process_dead/),
      ]),
      summary: { running: 0, stale: Object.keys(JUNK).length + 2 },
    })

    const clean = await scene.run({ mode: 'clean' })
    expect(clean.main).toMatchObject({ code: 0, annotations: [] })
    for (const name of Object.keys(JUNK)) {
      expect(clean.main.lines).toContain(`quarantined  .chant/pids/${name}.pid`)
      expect(clean.main.lines).toContain(`quarantined  .chant/.locks/${name}.lock`)
    }
    expect(clean.main.lines).toContain('removed  .chant/pids/dead.pid')
    expect(
      readdirSync(pids)
        .filter((name) => !name.endsWith('.quarantined'))
        .sort(),
    ).toEqual([...['alive.pid', 'folder.pid', 'link.pid', 'pipe.pid']])
    expect(lives(innocent.pid)).toBe(true)
  })

  test('do not stand in the way of a run', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    putJunk(scene, 'pids', '.pid')
    writeFileSync(join(scene.project, '.chant', 'pids', `${ONE}.pid`), '-1')
    mkdirSync(join(scene.project, '.chant', '.locks'))
    writeFileSync(join(scene.project, '.chant', '.locks', `${ONE}.lock`), '\0')
    const { main, killed } = await scene.run({ command: agent('work') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(readdirSync(join(scene.project, '.chant', 'pids')).sort()).toEqual(
      ['.gitignore', ...Object.keys(JUNK).map((name) => `${name}.pid`)].sort(),
    )
    expect(killed).toEqual([])
  })
})

describe('what stands in the place of a log in .chant/logs', () => {
  test.each([
    ['a folder', (path: string) => mkdirSync(path, { recursive: true })],
    ['a link', (path: string) => symlinkSync('/etc/passwd', path)],
    ['a pipe that nobody reads', (path: string) => execFileSync('mkfifo', [path])],
  ])('fails no worker: %s', async (_, put) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const logs = join(scene.project, '.chant', 'logs')
    mkdirSync(logs, { recursive: true })
    put(join(logs, `${ONE}.log`))
    const { main } = await scene.run({ command: agent('echo said; head -c 100000 /dev/zero | tr "\\0" x; work') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(scene.report(`logs/${ONE}.log`)).toContain('said\n')
  })
})

describe.skipIf(!onLinux)('process files that somebody removes while the agents live', () => {
  test('are not missed: the journal shows every worker, and the run ends as always', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const wait = { [ONE]: 'wait_here; work', [idOf(2)]: 'wait_here; work' }
    const action = await waitingRun(scene, [ONE, idOf(2)], wait)
    rmSync(join(scene.project, '.chant', 'pids', `${ONE}.pid`))
    for (const folder of ['processes', '.locks']) rmSync(join(scene.project, '.chant', folder), { recursive: true })
    const list = await scene.run({ mode: 'list' })
    expect(JSON.parse(list.main.outputs['results'] ?? '')).toMatchObject({
      processes: [ONE, idOf(2)].map((spec_id) => ({ spec_id, state: 'running' })),
      summary: { running: 2, stale: 0 },
    })
    scene.gate.pass(2)
    const { main, post, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [idOf(2)]: 'completed' })
    expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
  })
})
