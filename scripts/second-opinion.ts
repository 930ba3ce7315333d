import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { agentBySpec } from '../test/e2e/agent.ts'
import { finish, Scene } from '../test/e2e/scene.ts'
import { idOf, specText } from '../test/e2e/spec-text.ts'

/**
 * `node scripts/second-opinion.ts [folder]`: one run of the built action against a GitHub that nobody here wrote, npm
 * `emulate@0.12.2` (vercel-labs). The package is no dependency: `npm install emulate@0.12.2` in a folder of its own, and name
 * that. It enforces no limits, takes any commit, replaces annotations where GitHub
 * adds them up, and lists them in an envelope of its own.
 */

const TOKEN = 'ghs_second_opinion'
const REPOSITORY = '/repos/octocat/hello'
const [GOOD, BAD, AFTER] = [idOf(1), idOf(2), idOf(3)]

interface CheckRun {
  readonly external_id: string
  readonly name: string
  readonly status: string
  readonly conclusion: string | null
}

interface Emulator {
  readonly url: string
  readonly close: () => Promise<void>
}

const folder = resolve(process.argv[2] ?? '.')
const api = join(folder, 'node_modules', 'emulate', 'dist', 'api.js')
if (!existsSync(api)) {
  console.log(`skipped: there is no emulate in ${folder}. Install emulate@0.12.2 in some folder, and name it.`)
  process.exit(0)
}
const { createEmulator } = await import(pathToFileURL(api).href)
const emulator: Emulator = await createEmulator({
  service: 'github',
  port: 0,
  seed: {
    tokens: { [TOKEN]: { login: 'octocat', scopes: ['repo'] } },
    github: {
      users: [{ login: 'octocat', name: 'Octo', email: 'octo@example.invalid' }],
      repos: [{ owner: 'octocat', name: 'hello', auto_init: true }],
    },
  },
})
try {
  const wrong = await opinion(emulator.url)
  for (const line of wrong) console.error(`wrong: ${line}`)
  console.log(wrong.length === 0 ? 'The second GitHub agrees.' : `${wrong.length} things are wrong.`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await emulator.close()
}

/** What is not as it should be after one run with a good, a bad and a dependent spec. */
async function opinion(url: string): Promise<readonly string[]> {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers = { authorization: `token ${TOKEN}`, 'content-type': 'application/json' }
    const answer = await fetch(url + REPOSITORY + path, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }
  const { object } = await ask<{ readonly object: { readonly sha: string } }>('GET', '/git/ref/heads/main')
  await ask('POST', '/git/refs', { ref: 'refs/heads/feature', sha: object.sha })
  const { number } = await ask<{ readonly number: number }>('POST', '/pulls', {
    title: 'Specs',
    head: 'feature',
    base: 'main',
  })

  await using scene = new Scene()
  const base = scene.git('rev-parse', 'HEAD')
  scene.writeSpec(GOOD, specText({ title: 'A good one' }))
  scene.writeSpec(BAD, specText({ title: 'A bad one', criteria: ['The first', 'The second'] }))
  scene.writeSpec(AFTER, specText({ title: 'Needs the bad one', front: `depends_on: [${BAD}]` }))
  const sha = scene.commit('Specs to work')
  const pull = { head: { sha, ref: 'feature', repo: { full_name: 'octocat/hello' } }, base: { sha: base, ref: 'main' } }
  const action = await scene.start(
    { checks: 'per-spec', comment: 'true', command: agentBySpec({ [BAD]: 'edit; save' }) },
    {
      token: TOKEN,
      event: { pull_request: { number, ...pull } },
      env: { GITHUB_API_URL: url, GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: `refs/pull/${number}/merge` },
      onLine: (line) => console.log(`  ${line}`),
    },
  )
  const { main } = await finish(action)

  // By id: it knows no commits but its own, so it lists none of ours.
  const workers: readonly { readonly check_run_id: number }[] = JSON.parse(main.outputs['results'] ?? '[]')
  const ids = workers.map((worker) => worker.check_run_id)
  const runs = await Promise.all(ids.map((id) => ask<CheckRun>('GET', `/check-runs/${id}`)))
  const annotations = await Promise.all(
    ids.map((id) => ask<{ readonly total_count: number }>('GET', `/check-runs/${id}/annotations`)),
  )
  const comments = await ask<readonly { readonly body: string }[]>('GET', `/issues/${number}/comments`)
  const seen: Readonly<Record<string, unknown>> = {
    checks: runs.map((run) => `${run.external_id} ${run.name} ${run.status} ${run.conclusion}`).sort(),
    annotations: annotations.reduce((sum, { total_count }) => sum + total_count, 0),
    comments: comments.map(({ body }) => /A bad one/.test(body)),
  }
  const wanted: Readonly<Record<string, unknown>> = {
    checks: [
      `${GOOD} chant / A good one completed success`,
      `${BAD} chant / A bad one completed failure`,
      `${AFTER} chant / Needs the bad one completed skipped`,
    ],
    annotations: 2,
    comments: [true],
  }
  return Object.entries(wanted).flatMap(([name, value]) => {
    const [is, should] = [JSON.stringify(seen[name]), JSON.stringify(value)]
    return is === should ? [] : [`${name} are ${is}, not ${should}`]
  })
}
