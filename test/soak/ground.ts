import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_MAINTENANCE } from '../git-env.ts'

/** Spec ids that every scratch repository has. */
export const SPEC_IDS = [1, 2, 3, 4, 5, 6].map((number) => `2026-11-02-00${number}-abc`)

/** Where rounds get their repository and their action from; made once, copied for each round. */
export interface Source extends Disposable {
  /** Folder of an action.yml and its `dist`, copied so that a build may go on meanwhile. */
  readonly actionDir: string
  readonly repository: string
}

export function prepareSource(action: string): Source {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chant-soak-source-')))
  const actionDir = join(folder, 'action')
  mkdirSync(actionDir)
  cpSync(join(action, 'action.yml'), join(actionDir, 'action.yml'))
  cpSync(join(action, 'dist'), join(actionDir, 'dist'), { recursive: true })
  const repository = join(folder, 'repository')
  mkdirSync(join(repository, '.chant', 'specs'), { recursive: true })
  writeFileSync(join(repository, 'README.md'), '# A project\n')
  for (const id of SPEC_IDS)
    writeFileSync(
      join(repository, '.chant', 'specs', `${id}.md`),
      `---\ntype: code\nstatus: pending\n---\n\n# Task ${id}\n\n## Acceptance Criteria\n\n- [ ] It works\n`,
    )
  gitIn(repository, 'init', '--quiet', '--initial-branch=main')
  gitIn(repository, 'add', '--all')
  gitIn(repository, 'commit', '--quiet', '-m', 'A project')
  return { actionDir, repository, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** One round's own folders. Its path is in everything that the round starts, and so marks it. */
export interface Ground {
  readonly root: string
  readonly workspace: string
  readonly home: string
  readonly state: string
  readonly temp: string
}

export function makeGround(source: Source): Ground {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'chant-soak-')))
  const place = (name: string) => join(root, name)
  const ground = {
    root,
    workspace: place('workspace'),
    home: place('home'),
    state: place('state'),
    temp: place('temp'),
  }
  cpSync(source.repository, ground.workspace, { recursive: true })
  for (const folder of [ground.home, ground.state, ground.temp, place('said'), place('edited')]) mkdirSync(folder)
  writeFileSync(place('commits'), '')
  return ground
}

export const removeGround = (root: string): void => rmSync(root, { recursive: true, force: true, maxRetries: 5 })

/** Git with an author of its own and nobody's configuration. Throws with git's words where it fails. */
export const gitIn = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Author',
      GIT_AUTHOR_EMAIL: 'author@example.invalid',
      GIT_COMMITTER_NAME: 'Author',
      GIT_COMMITTER_EMAIL: 'author@example.invalid',
      ...NO_MAINTENANCE,
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
