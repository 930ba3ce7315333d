import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/agent/json.ts'
import { startArtifactService } from '../artifact-service/service.ts'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { finish, type Scene } from '../e2e/scene.ts'
import { idOf } from '../e2e/spec-text.ts'
import { unzip } from '../e2e/zip.ts'
import { slowness } from '../runner/slowness.ts'
import { isCli } from './clis.ts'
import { note, seconds } from './facts.ts'
import { DUMMY_KEY } from './loopback.ts'
import { type Scenario, shell, write } from './model-server/scenario.ts'
import { foreignKeys, JOB_TOKEN, namesFileOf, notesFileOf, setStage, textsBelow } from './stage.ts'

/** The whole of it: real CLIs, started by the built action, work specs in parallel; and are cancelled in the middle. */

const chosen = (process.env['CHANT_TEST_AGENTS'] ?? '').split(',').filter(isCli)
const IDS = [idOf(1), idOf(2), idOf(3)]
const all = (outcome: string) => Object.fromEntries(IDS.map((id) => [id, outcome]))

const isJson = (line: string) => line.startsWith('{') && parseJson(line) !== undefined

/** Writes a file, then a command that never ends; its start is told by name, because not every CLI hands variables on to its shell. */
const stuck = (scene: Scene, id: string): Scenario => [
  write(notesFileOf(id), 'written by the agent\n'),
  shell(`: > '${scene.gate.folder}/${id}'; tail -f /dev/null`),
]

describe.each(chosen)('%s, started by the action,', (cli) => {
  test('works three specs at the same time, and tells nobody its key', async () => {
    await using service = await startArtifactService()
    await using stage = await setStage(cli)
    const { scene, server, pointed } = stage
    const { main, post, killed } = await finish(
      await stage.start({ 'log-stream': 'full' }, { env: { ...service.env, GITHUB_TOKEN: JOB_TOKEN } }),
    )
    note(cli, { threeSpecs: seconds(main.durationMs) })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual(all('completed'))
    expect([post.conclusion, killed, scene.left()]).toEqual(['success', [], []])

    for (const id of IDS) {
      const branch = `chant/${id}`
      expect(workerIn(results, id)).toMatchObject({
        agent: cli,
        model: pointed.model,
        branch,
        attempts: 1,
        commits: [scene.git('rev-parse', `${branch}~1`)],
        usage: { input_tokens: 8_000, cached_tokens: 3_200, output_tokens: 136 },
      })
      expect(workerIn(results, id).sessions).toEqual([expect.stringMatching(/^[\w-]{8,}$/)])
      expect(scene.git('log', '--format=%s', `main..${branch}`).split('\n')).toHaveLength(2)
      expect(scene.fileOn(branch, notesFileOf(id))).toBe('written by the agent\n')
      const spec = scene.specOn(branch, id)
      expect(spec).toMatch(/^status: completed$/m)
      expect(spec).toMatch(/^model: \S+$/m)
      expect(spec).toMatch(/^- \[x\] It works$/m)
      expect(spec).toMatch(/^## Agent Output\n\n.*\n\n```\nWrote the notes with \*{3,6} at hand\.\n```\n/m)
      const names = scene.fileOn(branch, namesFileOf(id)).split('\n')
      const forbidden = /^(GITHUB_TOKEN|GH_TOKEN|ACTIONS_.*|INPUT_.*|STATE_.*)$/
      const others = Object.keys(foreignKeys(cli, pointed.model))
      expect(names.filter((name) => forbidden.test(name) || others.includes(name))).toEqual([])
      expect(names).toContain('PATH')
    }
    // Where nobody knows a price, nobody invents one.
    if (cli !== 'qwen') expect(results.run.cost_usd).toBeGreaterThan(0)

    const artifact = unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0))
    for (const id of IDS) {
      const log = artifact.get(`logs/${id}.log`) ?? ''
      expect(log.split('\n').filter(isJson)).toEqual([])
      expect(log).toMatch(/^session \S+/m)
      expect(log).toMatch(/^▸ \S+ .*git commit/m)
      expect(log).toMatch(/^Wrote the notes with /m)
      const stream = (artifact.get(`logs/${id}.1.ndjson`) ?? '').trim().split('\n')
      expect(stream.map((line): unknown => JSON.parse(line)).length).toBeGreaterThan(3)
    }
    const written = [
      ['step log', main.lines.join('\n')],
      ['outputs', JSON.stringify(main.outputs)],
      ['summary', main.summary],
      ...artifact,
      ...textsBelow(scene.state),
      ...textsBelow(join(scene.project, '.chant')),
      ['specs', IDS.map((id) => scene.specOn(`chant/${id}`, id)).join('\n')],
      ['commits', scene.git('log', '--all', '--format=%B')],
    ] as const
    expect(written.filter(([, text]) => text.includes(DUMMY_KEY)).map(([place]) => place)).toEqual([])
    expect(new Set(server.requests.map(({ key }) => key))).toEqual(new Set([DUMMY_KEY]))
  })

  test('is gone in time when the job is cancelled in the middle of a command, and its work is saved', async () => {
    await using stage = await setStage(cli, { scenario: ({ specId = '' }) => stuck(stage.scene, specId) })
    const { scene } = stage
    const action = await stage.start()
    await scene.gate.cameAll(IDS, action.done)
    const busy = scene.processes().length - 1
    const asked = performance.now()
    const main = await action.cancel()
    const took = performance.now() - asked
    const left = scene.processes().map(({ command }) => command)
    note(cli, { cancelled: `${busy} processes of agents gone in ${seconds(took)}, ${left.length} left` })
    expect(left).toEqual([])
    expect(took).toBeLessThan(7_000 * slowness())
    expect(main).toMatchObject({ code: 1, signal: null, outputs: { conclusion: 'cancelled' } })
    const post = await action.post()
    expect([post.conclusion, await action.endJob(), scene.left()]).toEqual(['success', [], []])
    expect(outcomesIn(scene.results())).toEqual(all('cancelled'))
    for (const id of IDS) {
      expect(scene.fileOn(`chant/${id}`, notesFileOf(id))).toBe('written by the agent\n')
      expect(scene.specOn(`chant/${id}`, id)).toMatch(/^status: pending$/m)
    }
  })

  test('is found and ended by the post step when the action is killed in the middle of a command', async () => {
    await using stage = await setStage(cli, { scenario: ({ specId = '' }) => stuck(stage.scene, specId) })
    const { scene } = stage
    const action = await stage.start()
    await scene.gate.cameAll(IDS, action.done)
    const busy = scene.processes().length - 1
    action.kill('SIGKILL')
    const { post, killed } = await finish(action)
    note(cli, { orphaned: `${busy} ended by post in ${seconds(post.durationMs)}, ${killed.length} left` })
    expect([post.conclusion, killed, scene.left()]).toEqual(['success', [], []])
    expect(outcomesIn(scene.results())).toEqual(all('lost'))
    for (const id of IDS) expect(scene.fileOn(`chant/${id}`, notesFileOf(id))).toBe('written by the agent\n')
  })
})
