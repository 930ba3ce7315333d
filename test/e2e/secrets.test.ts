import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startArtifactService } from '../artifact-service/service.ts'
import { agent, agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { finish, Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'
import { unzip } from './zip.ts'

const [ONE, TWO] = [idOf(1), idOf(2)]
const KEY = 'k9/Zt+v7=Qm&x 4w?b'
const PASSWORD = 'correct-horse-battery'
const TOKEN = 'ghs_0123456789abcdefABCDEF'
const JOB = { MODEL_KEY: KEY, DB_PASSWORD: PASSWORD }

/** Every way in which the secrets of this file may be written. */
const FORMS = [KEY, PASSWORD, TOKEN].flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64'),
  Buffer.from(`x-access-token:${secret}`).toString('base64'),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
])

const textsBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))

test('secrets that an agent prints are nowhere to be read', async () => {
  await using service = await startArtifactService()
  await using scene = new Scene({ specs: { [ONE]: specText({ title: `Log in with ${PASSWORD}` }), [TWO]: specText() } })
  const shown = FORMS.map((form) => `'${form}'`).join(' ')
  const action = await scene.start(
    {
      'log-stream': 'full',
      'pass-env': 'MODEL_KEY',
      command:
        scene.gate.words +
        agentBySpec({
          [ONE]: `printf 'a %s b\\n' ${shown}; printf 'c %s d\\n' ${shown} >&2
            printf 'split %s' '${KEY.slice(0, 8)}'; echo half of it is out >&2; wait_here; printf '%s end\\n' '${KEY.slice(8)}'
            edit; tick`,
        }),
    },
    { env: { ...service.env, ...JOB }, token: TOKEN },
  )
  // Once this is shown, what was printed before it has been read, too.
  await action.waitForLine(/half of it is out/)
  scene.gate.pass()
  const run = await finish(action)
  expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })

  const artifact = service.artifacts.get('chant-logs')
  if (!artifact) throw new Error('nothing was uploaded')
  const written = {
    log: run.main.lines.join('\n'),
    outputs: JSON.stringify(run.main.outputs),
    summary: run.main.summary,
    report: textsBelow(join(run.main.outputs['logs-dir'] ?? '', '..')).join('\n'),
    logs: textsBelow(join(scene.project, '.chant', 'logs')).join('\n'),
    artifact: [...unzip(artifact.bytes).values()].join('\n'),
    commits: scene.git('log', '--all', '--not', 'main', '--format=%B'),
    // The title is the spec's own, and stays.
    spec: scene.specOn(`chant/${ONE}`, ONE).replace(/^# .*$/m, ''),
  }
  const found = Object.entries(written).flatMap(([place, text]) =>
    FORMS.filter((form) => text.includes(form)).map((form) => `${place}: ${form}`),
  )
  expect(found).toEqual([])
  expect(written.artifact).toContain('split *** end')
  expect(written.commits).toContain(`chant(${ONE}): Log in with ***`)
})

test('an error about an input holds none', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const { main } = await scene.run({ 'max-parallel': PASSWORD, command: 'true' }, { env: JOB })
  expect(main.lines.join('\n')).toContain('"***"')
  expect(main.lines.join('\n')).not.toContain(PASSWORD)
})

test('a list of what runs holds none either', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText({ title: `Log in with ${PASSWORD}` }) } })
  const action = await scene.start(
    { command: scene.gate.words + agent('wait_here; work'), 'branch-prefix': `${PASSWORD}/` },
    { env: JOB },
  )
  await scene.gate.cameAll([ONE], action.done)
  const { main } = await scene.run({ mode: 'list' }, { env: JOB })
  expect(JSON.parse(main.outputs['results'] ?? '').processes).toMatchObject([{ title: 'Log in with ***' }])
  expect([...main.lines, main.summary, JSON.stringify(main.outputs)].join('\n')).not.toContain(PASSWORD)
  scene.gate.pass()
  await finish(action)
})

test('a patch that holds a secret in a file that git takes for binary is withheld', async () => {
  await using service = await startArtifactService()
  const three = idOf(3)
  await using scene = new Scene({ specs: plainSpecs(3) })
  const wide = [...Buffer.from(`\ufeff${PASSWORD}\n`, 'utf16le')].map(
    (byte) => `\\${byte.toString(8).padStart(3, '0')}`,
  )
  const { main } = await scene.run(
    {
      command: agentBySpec({
        [ONE]: `printf '\\0 ${PASSWORD}' > core.dump; work`,
        [TWO]: `printf '${wide.join('')}' > wide.txt; work`,
        [three]: `printf '*.txt binary\\n' > .gitattributes; printf '${PASSWORD}' > a.txt; work`,
      }),
    },
    { env: { ...service.env, ...JOB } },
  )
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed', [three]: 'completed' })
  expect([ONE, TWO, three].map((id) => workerIn(results, id).patch)).toEqual([null, null, null])
})

test('a patch that holds a secret is withheld, and named', async () => {
  await using service = await startArtifactService()
  await using scene = new Scene({ specs: plainSpecs(2) })
  const { main } = await scene.run(
    { command: agent(`if [ "$CHANT_SPEC_ID" = ${ONE} ]; then echo '${PASSWORD}' > password.txt; fi; work`) },
    { env: { ...service.env, ...JOB } },
  )
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
  expect(workerIn(results, ONE).patch).toBeNull()
  expect(workerIn(results, TWO).patch).toBe(`logs/${TWO}.patch`)
  const files = unzip(service.artifacts.get('chant-logs')?.bytes ?? Buffer.alloc(0))
  expect([...files.keys()].filter((name) => name.endsWith('.patch'))).toEqual([`logs/${TWO}.patch`])
  expect(main.lines.filter((line) => /001-abc .*patch .*withheld/.test(line))).toHaveLength(1)
  expect(scene.fileOn(`chant/${ONE}`, 'password.txt')).toBe(`${PASSWORD}\n`)
})
