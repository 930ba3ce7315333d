import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArtifactService, startArtifactService } from '../artifact-service/service.ts'
import { agent, agentBySpec } from './agent.ts'
import { readResults, resultsOf, workerIn } from './results-file.ts'
import { type Finished, Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'
import { unzip } from './zip.ts'

const [GOOD, BAD, AFTER, BROKEN] = [idOf(1), idOf(2), idOf(3), idOf(4)]

describe('what a run reports', () => {
  let service: ArtifactService
  let scene: Scene
  let run: Finished

  beforeAll(async () => {
    service = await startArtifactService()
    scene = new Scene({
      specs: {
        [GOOD]: specText({ title: 'A good one' }),
        [BAD]: specText({ title: 'A <b>bad</b> | one' }),
        [AFTER]: specText({ title: 'Needs the bad one', front: `depends_on: [${BAD}]` }),
        [BROKEN]: specText({ front: 'status: ready' }),
      },
    })
    run = await scene.run(
      {
        command: agentBySpec({ [BAD]: 'edit; echo I give up; exit 3' }, 'work; echo All done'),
        'artifact-name': 'my logs',
        'retention-days': '3',
      },
      { env: service.env },
    )
  })

  afterAll(async () => {
    await service[Symbol.asyncDispose]()
    await scene[Symbol.asyncDispose]()
  })

  test('outputs are there, and are what they say', () => {
    const { outputs } = run.main
    expect(outputs).toMatchObject({ conclusion: 'failure', total: '3', succeeded: '1', failed: '1', skipped: '1' })
    expect(JSON.parse(outputs['results'] ?? '')).toEqual(resultsOf(run.main).workers)
    expect(JSON.parse(outputs['branches'] ?? '')).toEqual(
      [BAD, GOOD].map((id) => ({ spec_id: id, branch: `chant/${id}`, head: scene.git('rev-parse', `chant/${id}`) })),
    )
    expect(existsSync(join(outputs['logs-dir'] ?? '', `${GOOD}.log`))).toBe(true)
    expect(outputs).not.toHaveProperty('matrix')
  })

  test('results.json tells what happened', () => {
    const results = resultsOf(run.main)
    expect(results.run).toMatchObject({
      conclusion: 'failure',
      mode: 'run',
      base_sha: scene.git('rev-parse', 'main'),
      max_parallel: 4,
      counts: { total: 3, succeeded: 1, failed: 1, cancelled: 0, not_run: 1, unfinished: 0 },
    })
    expect(workerIn(results, GOOD)).toMatchObject({ title: 'A good one', attempts: 1, log: `logs/${GOOD}.log` })
    expect(workerIn(results, BAD).outcome).toMatchObject({ type: 'exit-non-zero', reason: 'failed', code: 3 })
    expect(workerIn(results, AFTER).outcome).toMatchObject({ type: 'dependency-failed', needs: [BAD] })
    expect(results.not_planned).toMatchObject([{ spec_id: BROKEN, reason: 'invalid-spec', line: 4, asked: false }])
  })

  test('the artifact holds logs, patches, journal, results and summary', () => {
    const stored = service.artifacts.get('my logs')
    if (!stored) throw new Error('nothing was uploaded')
    const files = unzip(stored.bytes)
    expect([...files.keys()].sort()).toEqual(
      [
        'events.ndjson',
        ...[GOOD, BAD].flatMap((id) => [`logs/${id}.log`, `logs/${id}.patch`]),
        'report.html',
        'results.json',
        'summary.md',
      ].sort(),
    )
    expect(files.get(`logs/${BAD}.log`)).toBe('I give up\n')
    expect(files.get(`logs/${GOOD}.patch`)).toContain(`+++ b/work-${GOOD}.txt`)
    expect(JSON.parse(files.get('results.json') ?? '')).toMatchObject({ run: { conclusion: 'failure' } })
    expect(stored.expiresAt).toBeDefined()
    expect(run.main.outputs).toMatchObject({
      'artifact-id': String(stored.id),
      'artifact-digest': stored.hash.replace('sha256:', ''),
      'artifact-url': `https://github.com/octocat/hello/actions/runs/4711/artifacts/${stored.id}`,
    })
  })

  test('a patch applies to the base', () => {
    const patch = join(run.main.outputs['logs-dir'] ?? '', `${GOOD}.patch`)
    expect(() => scene.git('apply', '--check', patch)).not.toThrow()
  })

  test('the summary has counts, failures with advice, table and graph', () => {
    const { summary } = run.main
    expect(summary).toMatch(/^# chant: 1 of 3 specs completed$/m)
    expect(summary).toContain('exit-non-zero')
    expect(summary).toContain('I give up')
    expect(summary).toContain('```mermaid')
    expect(summary).not.toContain('<b>bad</b>')
    expect(readFileSync(join(run.main.outputs['logs-dir'] ?? '', '..', 'summary.md'), 'utf8')).toContain('1 of 3')
  })

  test('errors and warnings stand beside the specs, and the step fails with one sentence', () => {
    const { annotations } = run.main
    // Nobody named the broken one, and it fails nothing.
    expect(annotations.map(({ level }) => level)).toEqual(['error', 'warning', 'error'])
    expect(annotations[0]).toMatchObject({ properties: { file: `.chant/specs/${BAD}.md` } })
    expect(annotations[1]).toMatchObject({ properties: { file: `.chant/specs/${BROKEN}.md`, line: '4' } })
    expect(annotations[2]?.message).toContain(`1 of 3 specs failed: ${BAD} exit-non-zero`)
    expect(run.main.code).toBe(1)
  })

  test('a group for each finished worker holds the end of its log', () => {
    const at = run.main.lines.findIndex((line) => line.startsWith('##[group]') && line.includes(BAD))
    expect(run.main.lines.slice(at + 1, at + 3)).toEqual(['I give up', '##[endgroup]'])
  })
})

describe('when the logs cannot be uploaded', () => {
  test('the run stands, and one warning says where they are', async () => {
    await using service = await startArtifactService({ fault: () => ({ status: 403 }) })
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main, post, killed } = await scene.run({ command: agent('work') }, { env: service.env })
    expect(main.conclusion).toBe('success')
    expect(main.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining('could not be uploaded') },
    ])
    expect(main.annotations[0]?.message).toMatch(/\. They are in `[^`]+`\.$/)
    expect(main.annotations[0]?.message).toContain(main.outputs['logs-dir'])
    expect(main.lines.filter((line) => /not uploaded|not be uploaded/.test(line))).toHaveLength(1)
    expect(main.outputs['artifact-id'] ?? '').toBe('')
    expect(readResults(main.outputs['results-file'] ?? '').run.conclusion).toBe('success')
    expect(post.lines).toEqual([])
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('off GitHub this is said once, and is no warning', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const { main } = await scene.run({ command: agent('work') })
    expect(main.annotations).toEqual([])
    expect(main.lines.filter((line) => line.includes('logs not uploaded'))).toHaveLength(1)
  })
})
