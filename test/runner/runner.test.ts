import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ActionStart, startAction } from './runner.ts'

/** A real action of a few lines, run by a real node. */
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fake-action-'))
  await Promise.all(['workspace', 'home', 'temp', 'action'].map((name) => mkdir(join(root, name))))
})

afterEach(() => rm(root, { recursive: true, force: true }))

const MANIFEST = `
inputs:
  max-parallel: { default: 3 }
  log level: {}
  token: { default: '\${{ github.token }}' }
runs: { using: node24, main: main.mjs, post: post.mjs }
`

/** `say(name, …)` prints the named variables; `tell(file, text)` appends to a command file. */
const PRELUDE = `
import { appendFileSync } from 'node:fs'
const env = process.env
const say = (...names) => { for (const name of names) console.log(name + '=' + env[name]) }
const tell = (file, text) => appendFileSync(env[file], text + '\\n')
const stay = () => setInterval(() => {}, 1000)
`

async function start(main: string, options: Partial<ActionStart> & { post?: string; manifest?: string } = {}) {
  const { post = '', manifest = MANIFEST, ...rest } = options
  await writeFile(join(root, 'action', 'action.yml'), manifest)
  await writeFile(join(root, 'action', 'main.mjs'), PRELUDE + main)
  await writeFile(join(root, 'action', 'post.mjs'), PRELUDE + post)
  return startAction({
    actionDir: join(root, 'action'),
    workspace: join(root, 'workspace'),
    home: join(root, 'home'),
    temp: join(root, 'temp'),
    token: 'the-token',
    ...rest,
  })
}

test('hands on inputs, defaults and a clean environment', async () => {
  const action = await start(
    `console.log(Object.keys(env).filter((name) => !name.startsWith('__CF')).sort().join(' ')); console.log(env.INPUT_TOKEN.length)
    say('INPUT_MAX-PARALLEL', 'INPUT_LOG_LEVEL', 'INPUT_OTHER', 'INPUT_TOKEN', 'HOME', 'EXTRA', 'GITHUB_JOB')`,
    {
      inputs: { 'Max-Parallel': '4', other: 'x' },
      env: { EXTRA: 'yes', GITHUB_JOB: 'mine', GITHUB_ACTOR: undefined },
    },
  )
  const { lines, conclusion } = await action.done
  expect(conclusion).toBe('success')
  expect(lines[0]).toMatchInlineSnapshot(
    `"CI EXTRA GITHUB_ACTION GITHUB_ACTIONS GITHUB_API_URL GITHUB_ENV GITHUB_EVENT_NAME GITHUB_EVENT_PATH GITHUB_GRAPHQL_URL GITHUB_JOB GITHUB_OUTPUT GITHUB_PATH GITHUB_REF GITHUB_REF_NAME GITHUB_REF_TYPE GITHUB_REPOSITORY GITHUB_REPOSITORY_OWNER GITHUB_RETENTION_DAYS GITHUB_RUN_ATTEMPT GITHUB_RUN_ID GITHUB_RUN_NUMBER GITHUB_SERVER_URL GITHUB_SHA GITHUB_STATE GITHUB_STEP_SUMMARY GITHUB_WORKFLOW GITHUB_WORKSPACE HOME INPUT_LOG_LEVEL INPUT_MAX-PARALLEL INPUT_OTHER INPUT_TOKEN LANG PATH RUNNER_ARCH RUNNER_ENVIRONMENT RUNNER_NAME RUNNER_OS RUNNER_TEMP RUNNER_TRACKING_ID"`,
  )
  expect(lines.slice(1)).toEqual([
    '9',
    'INPUT_MAX-PARALLEL=4',
    'INPUT_LOG_LEVEL=',
    'INPUT_OTHER=x',
    'INPUT_TOKEN=***',
    `HOME=${join(root, 'home')}`,
    'EXTRA=yes',
    'GITHUB_JOB=mine',
  ])
  expect(action.warnings).toEqual(["Unexpected input 'other', valid inputs are: max-parallel, log level, token"])
})

test('writes the event, and runs in the workspace', async () => {
  const action = await start(
    `console.log(process.cwd()); console.log(await import('node:fs').then((fs) =>
    fs.readFileSync(env.GITHUB_EVENT_PATH, 'utf8')))`,
    { event: { ref: 'refs/heads/x' } },
  )
  expect((await action.done).lines).toEqual([join(root, 'workspace'), '{"ref":"refs/heads/x"}'])
})

test('reads what the step told in its files, and masks the summary', async () => {
  const action = await start(`tell('GITHUB_OUTPUT', 'a<<E\\n1\\n2\\nE'); tell('GITHUB_STATE', 's=1')
    tell('GITHUB_ENV', 'V=w'); tell('GITHUB_PATH', '/bin/x'); tell('GITHUB_STEP_SUMMARY', '# the-token')`)
  expect(await action.done).toMatchObject({
    outputs: { a: '1\n2' },
    state: { s: '1' },
    exportedEnv: { V: 'w' },
    addedPaths: ['/bin/x'],
    summary: '# ***\n',
  })
})

test('fails a step whose file it cannot read', async () => {
  const result = await (await start(`tell('GITHUB_OUTPUT', 'a<<E')`)).done
  expect(result).toMatchObject({ conclusion: 'failure', code: 0, outputs: {} })
  expect(result.problems).toEqual([
    "Unable to process file command 'GITHUB_OUTPUT' successfully. Matching delimiter not found 'E'",
  ])
})

test('shows nothing of a summary above 1 MiB', async () => {
  const result = await (await start(`tell('GITHUB_STEP_SUMMARY', 'x'.repeat(1024 * 1024))`)).done
  expect(result).toMatchObject({ conclusion: 'success', summary: '', annotations: [{ level: 'error' }] })
})

test('runs post with the state, variables and paths of main', async () => {
  const action = await start(
    `tell('GITHUB_STATE', 's=1'); tell('GITHUB_ENV', 'V=w'); tell('GITHUB_PATH', '/bin/x')
    process.exitCode = 1`,
    { post: `say('STATE_s', 'V', 'INPUT_MAX-PARALLEL'); console.log(env.PATH.split(':')[0])` },
  )
  expect(await action.done).toMatchObject({ conclusion: 'failure', code: 1 })
  expect((await action.post()).lines).toEqual(['STATE_s=1', 'V=w', 'INPUT_MAX-PARALLEL=3', '/bin/x'])
})

test('runs post with the state of a main that was killed', async () => {
  const action = await start(`tell('GITHUB_STATE', 's=1'); console.log('ready'); stay()`, { post: `say('STATE_s')` })
  await action.waitForLine(/ready/)
  action.kill('SIGKILL')
  expect(await action.done).toMatchObject({ conclusion: 'failure', code: null, signal: 'SIGKILL' })
  expect((await action.post()).lines).toEqual(['STATE_s=1'])
})

test('skips post where its condition says so', async () => {
  const action = await start('', { manifest: MANIFEST.replace('post.mjs }', "post.mjs, post-if: 'failure()' }") })
  expect((await action.post()).conclusion).toBe('skipped')
})

test('cancels by INT, then TERM, then KILL', async () => {
  const action = await start(
    `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => console.log(name))
    console.log('ready'); stay()`,
    // Time enough to say that it heard the second one, too.
    { timing: { terminate: 1_000, kill: 4_000 } },
  )
  await action.waitForLine(/ready/)
  const result = await action.cancel()
  expect(result).toMatchObject({ conclusion: 'cancelled', signal: 'SIGKILL', lines: ['ready', 'SIGINT', 'SIGTERM'] })
  expect(result.durationMs).toBeGreaterThanOrEqual(5_000)
})

test('a step that ends on INT is cancelled all the same', async () => {
  const action = await start(`process.on('SIGINT', () => process.exit(0)); console.log('ready'); stay()`)
  await action.waitForLine(/ready/)
  expect(await action.cancel()).toMatchObject({ conclusion: 'cancelled', code: 0 })
})

test('does not wait for a line that will not come', async () => {
  const action = await start(`console.log('only this')`)
  await expect(action.waitForLine(/never/)).rejects.toThrow(/only this/)
})

test('tells each line as it comes, from stdout and stderr', async () => {
  const seen: string[] = []
  const action = await start(`console.log('::error::bad'); console.error('::warning::hm')`, {
    onLine: (line) => seen.push(line),
  })
  await action.done
  expect(seen.toSorted()).toEqual(['##[error]bad', '##[warning]hm'])
})

test.runIf(process.platform === 'linux')('kills at the end of the job what the job left running', async () => {
  const action = await start(`import { spawn } from 'node:child_process'
    const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }); child.unref(); console.log(child.pid)`)
  const [pid] = (await action.done).lines
  expect(await action.endJob()).toEqual([Number(pid)])
  expect(await action.endJob()).toEqual([])
})

test('makes up a job on the branch that is checked out', async () => {
  await mkdir(join(root, 'workspace', '.git'), { recursive: true })
  await mkdir(join(root, 'workspace', '.git', 'objects'))
  await mkdir(join(root, 'workspace', '.git', 'refs'))
  await writeFile(join(root, 'workspace', '.git', 'HEAD'), 'ref: refs/heads/topic\n')
  const action = await start(`say('GITHUB_REF', 'GITHUB_REF_NAME', 'GITHUB_SHA'); tell('GITHUB_OUTPUT', 'x=1')`)
  expect((await action.done).lines).toEqual([
    'GITHUB_REF=refs/heads/topic',
    'GITHUB_REF_NAME=topic',
    `GITHUB_SHA=${'0'.repeat(40)}`,
  ])
  expect(await readFile(action.files['GITHUB_OUTPUT'] ?? '', 'utf8')).toBe('x=1\n')
})
