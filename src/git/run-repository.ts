import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { messageOf } from '../message.ts'
import { gitMark } from '../process/left-git.ts'
import { err, ok, type Result } from '../result.ts'
import { isMissing, readTextIfAny } from '../shell/files.ts'
import type { Git, GitAnswer, GitError, GitOptions } from './git.ts'
import { makeSerially, type Serially } from './serially.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

/**
 * The run's own bare repository. Agents can write to any git directory they can reach, and checkout leaves a token in the
 * workspace's; so worktrees belong to this one, which holds the same objects and none of the configuration.
 */
export interface RunRepository {
  readonly gitDir: string
  /** Git on the repository itself. */
  readonly git: (args: readonly string[], options?: GitOptions) => Promise<Result<GitAnswer, GitError>>
  /** Git in one worktree, after putting back what an agent may have rewritten to make us run its code. */
  readonly gitIn: (
    worktree: Worktree,
    args: readonly string[],
    options?: GitOptions,
  ) => Promise<Result<GitAnswer, GitError>>
  /** For what makes a worktree or takes one away: git reads the others while it makes one, and parallel makings race on its own locks. */
  readonly serially: Serially
}

export interface Worktree {
  /** Absolute, links resolved. */
  readonly path: string
  /** The worktree's own git directory inside the run's repository. */
  readonly gitDir: string
  readonly branch: string
}

/** Makes `<state>/repo.git` from the workspace's objects: hard links, or copies across file systems. */
export async function createRunRepository(
  gitDir: string,
  workspace: WorkspaceRepository,
): Promise<Result<RunRepository, string>> {
  const made = await workspace.git(
    [
      'init',
      '--quiet',
      '--bare',
      '--template=',
      `--object-format=${workspace.objectFormat}`,
      '--initial-branch=chant-action',
      gitDir,
    ],
    {
      cwd: dirname(gitDir),
      env: gitMark(gitDir),
    },
  )
  if (!made.ok) return err(`${made.error.message} (making the run's own repository in ${gitDir})`)
  try {
    shareObjects(join(workspace.commonDir, 'objects'), join(gitDir, 'objects'))
    copyIfAny(join(workspace.commonDir, 'shallow'), join(gitDir, 'shallow'))
    mkdirSync(join(gitDir, 'info'), { recursive: true })
    copyIfAny(join(workspace.commonDir, 'info', 'exclude'), join(gitDir, 'info', 'exclude'))
  } catch (error) {
    return err(`The objects of ${workspace.commonDir} could not be linked into ${gitDir}: ${messageOf(error)}`)
  }
  writeFileSync(keptConfig(gitDir), configText(workspace), { mode: 0o600 })
  return ok(openRunRepository(gitDir, workspace.git))
}

/** Our copy of the configuration, beside the repository: the one inside is within an agent's reach by `git config`. */
const keptConfig = (gitDir: string): string => `${gitDir}.config`

/** The repository as an earlier process of this run made it. */
export function openRunRepository(gitDir: string, git: Git): RunRepository {
  const config = readTextIfAny(keptConfig(gitDir))
  const mark = gitMark(gitDir)
  const restore = (worktree?: Worktree) => {
    // Without our copy the run was settled as far as that, and there is nothing left to work in.
    if (config === undefined) return
    put(join(gitDir, 'config'), Buffer.from(config))
    for (const stray of ['config.worktree', 'info/attributes']) rmSync(join(gitDir, stray), { force: true })
    if (!worktree) return
    rmSync(join(worktree.gitDir, 'config.worktree'), { force: true })
    put(join(worktree.gitDir, 'commondir'), Buffer.from('../..\n'))
    put(join(worktree.gitDir, 'gitdir'), Buffer.from(`${worktree.path}/.git\n`))
  }
  return {
    gitDir,
    serially: makeSerially(),
    git: async (args, options) => {
      restore()
      return await git(args, { gitDir, ...options, env: { ...mark, ...options?.env } })
    },
    gitIn: async (worktree, args, options) => {
      restore(worktree)
      // Named by us: the worktree's own pointer to it is within the agent's reach.
      const env = { ...mark, GIT_COMMON_DIR: gitDir, ...options?.env }
      return await git(args, { gitDir: worktree.gitDir, workTree: worktree.path, ...options, env })
    },
  }
}

/** The git directory of a worktree is named after its folder; names of specs are safe and unique. */
export const worktreeAt = (repositoryDir: string, path: string, branch: string): Worktree => ({
  path,
  gitDir: join(repositoryDir, 'worktrees', path.slice(path.lastIndexOf('/') + 1)),
  branch,
})

function configText(workspace: WorkspaceRepository): string {
  const partial = workspace.carried.some(([key]) => key === 'extensions.partialclone')
  const version = partial || workspace.objectFormat !== 'sha1' ? 1 : 0
  const settings: (readonly [string, string])[] = [
    ['core.repositoryformatversion', String(version)],
    ['core.bare', 'true'],
    ...(workspace.objectFormat === 'sha1' ? [] : [['extensions.objectformat', workspace.objectFormat] as const]),
    ['core.logallrefupdates', 'true'],
    ['gc.auto', '0'],
    // From git 2.47 on each commit of an agent would leave one behind it, to be swept.
    ['maintenance.auto', 'false'],
    ['user.name', workspace.identity.name],
    ['user.email', workspace.identity.email],
    // Where `git lfs checkout` in a worktree finds what the checkout has.
    ['lfs.storage', join(workspace.commonDir, 'lfs')],
    ...workspace.carried.filter(([key]) => partial || !key.startsWith('remote.')),
  ]
  return settings.map(([key, value]) => configLine(key, value)).join('')
}

/** `section.sub.section.name` as git-config(1) writes it: everything between the first and last dot is quoted. */
function configLine(key: string, value: string): string {
  const first = key.indexOf('.')
  const last = key.lastIndexOf('.')
  const sub = last > first ? ` "${quoted(key.slice(first + 1, last))}"` : ''
  return `[${key.slice(0, first)}${sub}]\n\t${key.slice(last + 1)} = "${quoted(value)}"\n`
}

const quoted = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')

/** Packs and loose objects never change once written, so the same file can serve both repositories. */
function shareObjects(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) {
      if (entry.name === 'info') continue
      mkdirSync(target, { recursive: true })
      shareObjects(source, target)
    } else if (entry.isFile() && !entry.name.startsWith('tmp_') && !entry.name.endsWith('.lock')) {
      linkOrCopy(source, target)
    }
  }
  const alternates = readTextIfAny(join(from, 'info', 'alternates'))
  if (alternates === undefined) return
  const absolute = alternates.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  mkdirSync(join(to, 'info'), { recursive: true })
  writeFileSync(
    join(to, 'info', 'alternates'),
    `${absolute.map((line) => (isAbsolute(line) ? line : join(from, line))).join('\n')}\n`,
  )
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch (error) {
    // Another file system, or one without links (EXDEV, EPERM, EMLINK): a copy serves as well.
    if (isMissing(error)) return
    copyFileSync(source, target, constants.COPYFILE_FICLONE)
  }
}

function copyIfAny(source: string, target: string): void {
  try {
    copyFileSync(source, target)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** Writes only where the bytes differ: most calls find everything as it was. */
function put(path: string, bytes: Buffer): void {
  try {
    if (readFileSync(path).equals(bytes)) return
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  rmSync(path, { recursive: true, force: true })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
