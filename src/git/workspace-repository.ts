import { realpathSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { execa } from 'execa'
import type { Environment } from '../inputs.ts'
import { err, ok, type Result } from '../result.ts'
import { configEnvironment, type Git, makeGit } from './git.ts'

/** What we need to know of the repository that checkout made, read before any agent could have touched it. */
export interface WorkspaceRepository {
  /** Runs git with our settings and this repository's people's identity and ignore file. */
  readonly git: Git
  readonly gitDir: string
  /** Where objects and refs live; differs from `gitDir` in a linked worktree. */
  readonly commonDir: string
  readonly top: string
  /** The project directory relative to `top`, with `/` at its end; empty for `top` itself. */
  readonly prefix: string
  readonly head: string
  /** Short branch name; undefined when HEAD is detached. */
  readonly branch: string | undefined
  readonly objectFormat: string
  /** Local settings to carry into the run's own repository: `key`, `value`. */
  readonly carried: readonly (readonly [string, string])[]
  readonly identity: { readonly name: string; readonly email: string }
}

/** Used where git knows no identity; the address is the one GitHub shows for its own bot. */
const BOT = { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' }

/** How files look on disk, where missing objects come from, and what LFS needs. Everything else stays behind. */
const CARRIED =
  /^(core\.(autocrlf|eol|safecrlf|filemode|symlinks|ignorecase|precomposeunicode|longpaths)|extensions\.partialclone|remote\.[^.]+\.(promisor|partialclonefilter|url)|lfs\..*)$/

/** Looks at the repository around `project`. Errors are sentences for people. */
export async function openWorkspace(project: string, env: Environment): Promise<Result<WorkspaceRepository, string>> {
  // git answers paths a line each, and so do its own files.
  if (project.includes('\n'))
    return err(
      `The path of the workspace, ${JSON.stringify(project)}, holds a line break, which git cannot tell from the end of a path. Rename that folder.`,
    )
  const path = env['PATH']
  const plain = makeGit(path)
  const asked = await plain(
    ['rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-toplevel', '--show-object-format', '--show-prefix'],
    { cwd: project },
  )
  if (!asked.ok)
    return err(
      asked.error.code === undefined
        ? '`git` was not found on PATH. Install git in this job or container.'
        : `${project} is not in a git repository. Add a step before this one: uses: actions/checkout@v5`,
    )
  const [gitDir = '', common = '', top = '', objectFormat = 'sha1', prefix = ''] = asked.value.stdout.split('\n')
  const [head, branch, settings, config] = await Promise.all([
    plain(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { gitDir }),
    plain(['symbolic-ref', '--short', '--quiet', 'HEAD'], { gitDir, answers: [1] }),
    personalSettings(project, env),
    plain(['config', '--local', '--list', '-z'], { gitDir }),
  ])
  if (!head.ok)
    return err(`The repository in ${top} has no commit yet. Commit something first: workers start from a commit.`)
  return ok({
    git: makeGit(path, settings),
    gitDir,
    commonDir: realpathSync(isAbsolute(common) ? common : join(project, common)),
    top,
    prefix,
    head: head.value.stdout.trim(),
    branch: (branch.ok && branch.value.stdout.trim()) || undefined,
    objectFormat,
    carried: config.ok ? carriedFrom(config.value.stdout) : [],
    identity: { name: settings['user.name'], email: settings['user.email'] },
  })
}

function carriedFrom(list: string): readonly (readonly [string, string])[] {
  return list.split('\0').flatMap((entry) => {
    const at = entry.indexOf('\n')
    const key = at < 0 ? entry : entry.slice(0, at)
    return CARRIED.test(key) ? [[key, at < 0 ? 'true' : entry.slice(at + 1)] as const] : []
  })
}

/** Identity and ignore file as the person's own git has them: this one call reads user and system configuration. */
async function personalSettings(
  project: string,
  env: Environment,
): Promise<{ 'user.name': string; 'user.email': string; 'core.excludesFile'?: string }> {
  const { stdout } = await execa(
    'git',
    ['config', '-z', '--get-regexp', '^(user\\.(name|email)|core\\.excludesfile)$'],
    {
      cwd: project,
      env: { ...env, ...configEnvironment({ 'safe.directory': '*' }) },
      extendEnv: false,
      reject: false,
      stripFinalNewline: false,
    },
  )
  // The last value of a key is the one git uses.
  const found = new Map((stdout ?? '').split('\0').map((entry) => splitOnce(entry, '\n')))
  const home = env['HOME'] ?? ''
  const excludes = found.get('core.excludesfile')?.replace(/^~(?=\/)/, home)
  return {
    'user.name': env['GIT_AUTHOR_NAME'] || found.get('user.name') || BOT.name,
    'user.email': env['GIT_AUTHOR_EMAIL'] || found.get('user.email') || BOT.email,
    ...(excludes ? { 'core.excludesFile': excludes } : {}),
  }
}

const splitOnce = (text: string, separator: string): readonly [string, string] => {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
