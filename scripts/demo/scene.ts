import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_SPECS, specText } from './specs.ts'

/** A folder of its own for one demo: the repository, a home, the runner's files, the agent. Nothing outside is touched. */
export interface Scene {
  readonly root: string
  readonly repository: string
  readonly home: string
  /** XDG_STATE_HOME of the action. */
  readonly state: string
  readonly temp: string
  /** A copy of the agent: its path tells this demo's agents from all other processes. */
  readonly agent: string
  readonly git: (...args: string[]) => string
  /** The commit that the demo starts from. */
  readonly head: string
}

/** What is there before anybody works. */
export const FILES: Readonly<Record<string, string>> = {
  'README.md': '# A small shop\n',
  'src/greet.js': "export const greetUser = () => 'Hello user'\n",
  'src/price.js': 'export const price = (item) => item.price\n',
}

/** Git as on a machine where nobody has set it up, and with a clock that never moves. */
const GIT_ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Demo',
  GIT_AUTHOR_EMAIL: 'demo@example.invalid',
  GIT_COMMITTER_NAME: 'Demo',
  GIT_COMMITTER_EMAIL: 'demo@example.invalid',
  GIT_AUTHOR_DATE: '2026-11-02T09:00:00Z',
  GIT_COMMITTER_DATE: '2026-11-02T09:00:00Z',
}

export function setScene(files: Readonly<Record<string, string>> = {}): Scene {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'chant-demo-')))
  const [repository, home, state, temp] = ['repository', 'home', 'state', 'temp'].map((name) => join(root, name))
  if (!repository || !home || !state || !temp) throw new Error('four names make four paths')
  for (const folder of [home, state, temp, join(repository, 'src'), join(repository, '.chant', 'specs')]) {
    mkdirSync(folder, { recursive: true })
  }
  const agent = join(root, 'agent.mjs')
  copyFileSync(join(import.meta.dirname, 'agent.mjs'), agent)

  for (const [file, text] of Object.entries({ ...FILES, ...files })) writeFileSync(join(repository, file), text)
  for (const spec of DEMO_SPECS) writeFileSync(join(repository, '.chant', 'specs', `${spec.id}.md`), specText(spec))

  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repository,
      env: GIT_ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  git('init', '--quiet', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '-m', 'A small shop and what it needs')
  return { root, repository, home, state, temp, agent, git, head: git('rev-parse', 'HEAD') }
}
