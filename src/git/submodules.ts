import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'
import { lookAt, readTextIfAny } from '../shell/files.ts'
import { freePath } from './nested.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/** A submodule with work in it that the commit of the repository around it does not hold. */
export interface ChangedSubmodule {
  /** Relative to the worktree. */
  readonly path: string
  readonly gitDir: string
  /** What changed since the commit that was recorded at the worker's start, one character a byte; undefined where git cannot tell. */
  readonly patch: string | undefined
}

/**
 * Submodules, and repositories that `setup` made (`ofSetup`: path → HEAD), that an agent edited or committed in: their repositories
 * go with the worktree. Each is looked at by itself, with what its configuration would run turned off.
 */
export async function changedSubmodules(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
  ofSetup: ReadonlyMap<string, string>,
): Promise<readonly ChangedSubmodule[]> {
  const listed = await repository.gitIn(worktree, ['ls-files', '--stage', '-z'])
  const links = listed.ok ? listed.value.stdout.split('\0').filter((entry) => entry.startsWith('160000 ')) : []
  const paths = new Set([...links.map((entry) => entry.slice(entry.indexOf('\t') + 1)), ...ofSetup.keys()])
  const changed: ChangedSubmodule[] = []
  for (const path of paths) {
    const gitDir = gitDirOf(worktree, path)
    if (gitDir === undefined) continue
    const tree = await repository.gitIn(worktree, ['rev-parse', '--verify', '--quiet', `${start}:${path}`], {
      answers: [1, 128],
    })
    const recorded = tree.ok && tree.value.code === 0 ? tree.value.stdout.trim() : ofSetup.get(path)
    const git = await inside(repository, gitDir, join(worktree.path, path))
    if (await isChanged(git, recorded)) changed.push({ path, gitDir, patch: await patchOf(git, recorded) })
  }
  return changed
}

/** Moves a submodule out of its worktree, its repository with it: afterwards it stands alone. Answers where. */
export async function setSubmoduleAside(
  repository: RunRepository,
  { path, gitDir }: ChangedSubmodule,
  worktree: Worktree,
  aside: string,
): Promise<Result<string, string>> {
  const [from, target] = [join(worktree.path, path), freePath(join(aside, path))]
  try {
    mkdirSync(dirname(target), { recursive: true })
    renameSync(from, target)
    mkdirSync(from)
    if (gitDir !== join(from, '.git')) {
      rmSync(join(target, '.git'))
      renameSync(gitDir, join(target, '.git'))
      // It points from where it was to where its files were.
      await repository.git(['config', '--file', join(target, '.git', 'config'), '--unset-all', 'core.worktree'])
    }
    return ok(target)
  } catch (error) {
    return err(messageOf(error))
  }
}

type SubmoduleGit = (args: readonly string[], latin1?: boolean) => Promise<string | undefined>

/** Git in a submodule. Its configuration may name programs as filters, under any name. */
async function inside(repository: RunRepository, gitDir: string, workTree: string): Promise<SubmoduleGit> {
  const names = await repository.git(['config', '--list', '--name-only', '-z'], { gitDir })
  const filters = (names.ok ? names.value.stdout.split('\0') : []).filter((name) => name.startsWith('filter.'))
  const settings = Object.fromEntries(
    filters.map((name) => [name, name.endsWith('.required') ? 'false' : '']).concat([['core.bare', 'false']]),
  )
  return async (args, latin1 = false) => {
    const answer = await repository.git(args, { gitDir, workTree, settings, latin1 })
    return answer.ok ? answer.value.stdout : undefined
  }
}

/** Not to be able to tell is no reason to let it go. */
async function isChanged(git: SubmoduleGit, recorded: string | undefined): Promise<boolean> {
  const files = await git(['ls-files', '--modified', '--deleted', '--others', '--exclude-standard', '-z'])
  if (files !== '') return true
  const known = recorded === undefined ? [] : [recorded]
  // What its origin has is not the agent's. `--all` has HEAD in it.
  return (await git(['rev-list', '--max-count=1', '--all', '--not', '--remotes', ...known])) !== ''
}

async function patchOf(git: SubmoduleGit, recorded: string | undefined): Promise<string | undefined> {
  if (recorded === undefined || (await git(['add', '--all'])) === undefined) return undefined
  const options = ['--binary', '--full-index', '--no-ext-diff', '--no-textconv', '--no-color']
  return await git(['diff', '--cached', ...options, recorded, '--'], true)
}

/** Only a repository that lies where git puts it, with the worktree's own or in the submodule itself. */
function gitDirOf(worktree: Worktree, path: string): string | undefined {
  const pointer = join(worktree.path, path, '.git')
  const there = lookAt(pointer)
  if (there?.isDirectory()) return pointer
  const named = there?.isFile() ? /^gitdir: (.+)$/m.exec(readTextIfAny(pointer) ?? '')?.[1] : undefined
  if (named === undefined) return undefined
  const gitDir = resolve(dirname(pointer), named)
  return gitDir.startsWith(`${worktree.gitDir}/modules/`) && existsSync(gitDir) ? gitDir : undefined
}
