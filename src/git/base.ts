import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import type { GithubContext } from '../shell/github-context.ts'
import type { RunRepository } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

export interface Base {
  readonly sha: string
  /** As a person would name it: a branch, a tag, or a short hash. */
  readonly name: string
}

/** Where missing commits may be fetched from, and with what. */
export interface Origin {
  readonly url: string
  readonly token: string
}

/** A fetch over the network may hang; nothing waits longer. */
const FETCH_MS = 10 * 60_000

export const originOf = (github: GithubContext, token: string): Origin | undefined =>
  github.repository && token ? { url: `${github.serverUrl}/${github.repository}`, token } : undefined

/**
 * The commit that workers start from: the input, else the head of the pull request (never its merge ref), else HEAD.
 * Commits that checkout did not bring are fetched into the run's repository; the workspace stays as it is.
 */
export async function resolveBase(
  wanted: string,
  github: GithubContext,
  workspace: WorkspaceRepository,
  repository: RunRepository,
  origin: Origin | undefined,
): Promise<Result<Base, string>> {
  if (wanted !== '') return await resolveNamed(wanted, workspace, repository, origin)
  const pull = github.event.startsWith('pull_request') ? github.pullRequest : undefined
  if (!pull)
    return ok({ sha: workspace.head, name: workspace.branch ?? tagOf(github.ref) ?? workspace.head.slice(0, 7) })
  const brought = await bring(pull.headSha, workspace, repository, origin)
  if (!brought.ok)
    return err(
      `The head of pull request #${pull.number} (${pull.headSha.slice(0, 7)}) is not in this checkout and could not be fetched: ${brought.error} Give actions/checkout \`ref: \${{ github.event.pull_request.head.sha }}\`, or this action a \`token\`.`,
    )
  return ok({ sha: pull.headSha, name: pull.headRef })
}

async function resolveNamed(
  wanted: string,
  workspace: WorkspaceRepository,
  repository: RunRepository,
  origin: Origin | undefined,
): Promise<Result<Base, string>> {
  for (const name of [wanted, `refs/remotes/origin/${wanted}`]) {
    const found = await workspace.git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
      gitDir: workspace.gitDir,
    })
    if (found.ok) return ok({ sha: found.value.stdout.trim(), name: wanted })
  }
  const help =
    'Use a branch, tag or commit that exists, and give actions/checkout `fetch-depth: 0` where it is not the checked-out one.'
  if (!origin)
    return err(
      `Input \`base\` is ${JSON.stringify(wanted)}: this repository has no such branch, tag or commit. ${help}`,
    )
  const fetched = await fetchFrom(origin, wanted, workspace, repository)
  if (!fetched.ok)
    return err(
      `Input \`base\` is ${JSON.stringify(wanted)}: not in this checkout, and fetching it failed: ${fetched.error} ${help}`,
    )
  return ok({ sha: fetched.value, name: wanted })
}

/** Makes sure that the run's repository has this commit. */
export async function bring(
  sha: string,
  workspace: WorkspaceRepository,
  repository: RunRepository,
  origin: Origin | undefined,
): Promise<Result<void, string>> {
  const there = await repository.git(['cat-file', '-e', `${sha}^{tree}`], { answers: [1, 128] })
  if (there.ok && there.value.code === 0) return ok(undefined)
  if (!origin) return err('there is no token to fetch it with.')
  const fetched = await fetchFrom(origin, sha, workspace, repository)
  return fetched.ok ? ok(undefined) : fetched
}

async function fetchFrom(
  origin: Origin,
  what: string,
  workspace: WorkspaceRepository,
  repository: RunRepository,
): Promise<Result<string, string>> {
  // A shallow checkout stays shallow: its owner chose not to have the history.
  const depth = existsSync(join(workspace.commonDir, 'shallow')) ? ['--depth=1'] : []
  const basic = Buffer.from(`x-access-token:${origin.token}`).toString('base64')
  const fetched = await repository.git(
    [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-auto-maintenance',
      '--no-recurse-submodules',
      ...depth,
      '--end-of-options',
      origin.url,
      what,
    ],
    {
      settings: { [`http.${origin.url}.extraheader`]: `AUTHORIZATION: basic ${basic}` },
      env: { GIT_ALLOW_PROTOCOL: 'https:http:file' },
      timeout: FETCH_MS,
    },
  )
  if (!fetched.ok) return err(`${fetched.error.message}.`)
  const head = await repository.git(['rev-parse', '--verify', '--quiet', 'FETCH_HEAD^{commit}'])
  return head.ok ? ok(head.value.stdout.trim()) : err('git fetched nothing.')
}

const tagOf = (ref: string): string | undefined =>
  ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined

/**
 * Files that a pull request adds or changes below `folder` (relative to the repository's top), as paths relative to it.
 * Compared with the merge base where the history is there, else with the base's tip.
 */
export async function changedFiles(
  github: GithubContext,
  folder: string,
  workspace: WorkspaceRepository,
  repository: RunRepository,
  origin: Origin | undefined,
): Promise<Result<ReadonlySet<string> | undefined, string>> {
  const pull = github.event.startsWith('pull_request') ? github.pullRequest : undefined
  if (!pull) return ok(undefined)
  const brought = await bring(pull.baseSha, workspace, repository, origin)
  if (!brought.ok)
    return err(
      `The base of pull request #${pull.number} (${pull.baseSha.slice(0, 7)}) is not in this checkout: ${brought.error}`,
    )
  const merge = await repository.git(['merge-base', pull.baseSha, workspace.head], { answers: [1] })
  const from = (merge.ok && merge.value.stdout.trim()) || pull.baseSha
  const diff = await repository.git([
    'diff',
    '--name-only',
    '-z',
    '--no-renames',
    '--diff-filter=AMT',
    '--no-ext-diff',
    from,
    workspace.head,
    '--',
    `:(literal)${folder}`,
  ])
  if (!diff.ok) return err(diff.error.message)
  return ok(
    new Set(
      diff.value.stdout
        .split('\0')
        .filter((path) => path !== '')
        .map((path) => path.slice(folder.length + 1)),
    ),
  )
}
