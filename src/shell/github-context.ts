import { readFileSync } from 'node:fs'
import type { Environment } from '../inputs.ts'

export interface PullRequest {
  readonly number: number
  readonly headSha: string
  readonly headRef: string
  readonly baseSha: string
  /** The head lives in another repository. */
  readonly fork: boolean
}

/** What the runner says of this run. Off GitHub everything but `event` is absent. */
export interface GithubContext {
  readonly event: string
  /** `owner/name`. */
  readonly repository: string | undefined
  readonly serverUrl: string
  readonly apiUrl: string
  /** The commit of the run; on `pull_request` GitHub's merge of head and base. */
  readonly sha: string | undefined
  /** What tells this workflow from others, the same in every run: the path of its file, else its name. */
  readonly workflow: string
  readonly runId: string | undefined
  readonly attempt: string
  readonly actor: string
  /** `refs/heads/…`, `refs/tags/…`, `refs/pull/N/merge`. */
  readonly ref: string
  readonly pullRequest: PullRequest | undefined
}

/** Reads the `GITHUB_*` variables and the event's file. A missing or broken file is an event without details. */
export function readGithubContext(env: Environment): GithubContext {
  const repository = env['GITHUB_REPOSITORY'] || undefined
  return {
    event: env['GITHUB_EVENT_NAME'] ?? '',
    repository,
    serverUrl: env['GITHUB_SERVER_URL'] || 'https://github.com',
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    sha: env['GITHUB_SHA'] || undefined,
    workflow: env['GITHUB_WORKFLOW_REF']?.split('@')[0] || env['GITHUB_WORKFLOW'] || 'chant',
    runId: env['GITHUB_RUN_ID'] || undefined,
    attempt: env['GITHUB_RUN_ATTEMPT'] || '1',
    actor: env['GITHUB_ACTOR'] ?? '',
    ref: env['GITHUB_REF'] ?? '',
    pullRequest: pullRequestIn(readEvent(env['GITHUB_EVENT_PATH']), repository),
  }
}

/** The commit that people look at: of a pull request its head, not GitHub's merge of it. */
export const shownCommit = ({ pullRequest, sha }: GithubContext): string | undefined => pullRequest?.headSha ?? sha

/** Events whose text or code comes from people who may not write to the repository; agents are not run on them. */
export function untrusted(context: GithubContext): string | undefined {
  if (['pull_request_target', 'issue_comment', 'workflow_run'].includes(context.event))
    return `The event \`${context.event}\` can be caused by people who may not write to this repository.`
  if (context.event.startsWith('pull_request') && context.pullRequest?.fork)
    return 'This pull request comes from a fork.'
  if (context.actor === 'dependabot[bot]') return 'This run was caused by Dependabot, whose runs have no secrets.'
  return undefined
}

function readEvent(path: string | undefined): unknown {
  if (!path) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** The shape is GitHub's webhook payload `pull_request`: https://docs.github.com/webhooks/webhook-events-and-payloads */
function pullRequestIn(event: unknown, repository: string | undefined): PullRequest | undefined {
  const pull = at(event, 'pull_request')
  const headSha = at(pull, 'head', 'sha')
  const headRef = at(pull, 'head', 'ref')
  const baseSha = at(pull, 'base', 'sha')
  const number = at(pull, 'number')
  if (!isHash(headSha) || typeof headRef !== 'string' || !isHash(baseSha) || typeof number !== 'number')
    return undefined
  return { number, headSha, headRef, baseSha, fork: at(pull, 'head', 'repo', 'full_name') !== repository }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.entries(here).find(([name]) => name === key)?.[1]
  }
  return here
}

const isHash = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value)
