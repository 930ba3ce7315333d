import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRunRepository, type RunRepository, type Worktree } from '../../src/git/run-repository.ts'
import { openWorkspace, type WorkspaceRepository } from '../../src/git/workspace-repository.ts'
import { addWorktree } from '../../src/git/worktree.ts'
import type { Result } from '../../src/result.ts'
import { NO_MAINTENANCE } from '../git-env.ts'
import { scratch } from '../scripts/scratch.ts'

const PERSON = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nowhere',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Person',
  GIT_AUTHOR_EMAIL: 'person@example.com',
  GIT_COMMITTER_NAME: 'Person',
  GIT_COMMITTER_EMAIL: 'person@example.com',
  ...NO_MAINTENANCE,
}

/** Git as a person or an agent calls it, in a folder; answers what it printed, without the last line end. */
export function git(cwd: string, ...args: readonly string[]): string {
  const text = execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd,
    env: PERSON,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return text.replace(/\n$/, '')
}

export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

/** Commits everything that a folder holds. */
export function commitHere(cwd: string, files: Readonly<Record<string, string | Uint8Array>>, message = 'x'): string {
  write(cwd, files)
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '--allow-empty', '-m', message)
  return git(cwd, 'rev-parse', 'HEAD')
}

/** A real path for repositories and folders of one test. */
export const place = (): string => realpathSync(scratch({}))

/** A repository with one commit, `README.md` and `src/a.txt`, on the branch `main`. */
export function aRepository(folder = join(place(), 'workspace'), ...init: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  git(folder, 'init', '--quiet', '--initial-branch=main', ...init)
  commitHere(folder, { 'README.md': '# Read me\n', 'src/a.txt': 'one\ntwo\nthree\n' }, 'first')
  return folder
}

export function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

export const open = async (folder: string): Promise<WorkspaceRepository> =>
  value(await openWorkspace(folder, { PATH: PERSON.PATH, HOME: '/nowhere' }))

/** Everything that the git part of a run works on. */
export interface Ground {
  readonly folder: string
  readonly workspace: WorkspaceRepository
  readonly repository: RunRepository
  /** A new worktree on `chant/<name>`, from the workspace's head where nothing else is said. */
  readonly worktree: (name?: string, from?: string) => Promise<Worktree>
}

export async function ground(folder = aRepository()): Promise<Ground> {
  const state = place()
  const workspace = await open(folder)
  const repository = value(await createRunRepository(join(state, 'repo.git'), workspace))
  return {
    folder,
    workspace,
    repository,
    worktree: async (name = 'spec', from = workspace.head) =>
      value(await addWorktree(repository, join(state, 'wt', name), `chant/${name}`, from)),
  }
}

/** A program that leaves a mark when anybody runs it, with who that was, and then does what `body` says. */
export function trap(body = 'cat'): { readonly command: string; readonly sprung: () => readonly string[] } {
  const folder = place()
  const [command, mark] = [join(folder, 'trap'), join(folder, 'sprung')]
  const says = 'echo "trap $* run by $(ps -o args= -p $PPID)"'
  writeFileSync(command, `#!/bin/sh\n${says} >> ${mark}\n${body}\n`, { mode: 0o755 })
  return { command, sprung: () => (existsSync(mark) ? readFileSync(mark, 'utf8').trimEnd().split('\n') : []) }
}
