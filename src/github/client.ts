import { randomUUID } from 'node:crypto'
import { messageOf } from '../message.ts'
import type { CheckPayload } from '../report/check-run.ts'
import { err, ok, type Result } from '../result.ts'
import { type IsAuthor, isActionsBot, whoWrites } from './author.ts'
import { isRefusal } from './refusal.ts'
import { GITHUB_LIMITS } from './write-pace.ts'

/** Why GitHub did not do what was asked. */
export interface GithubProblem {
  /** HTTP status; undefined when there was no answer (reset, time-out, no network). */
  readonly status: number | undefined
  readonly message: string
  /** Nothing may be written before this many milliseconds are over (`retry-after`, a primary or secondary limit). */
  readonly retryAfterMs?: number
}

export interface Written {
  readonly id: number
  readonly url?: string
}

/** A check run as it stands on GitHub. */
export interface FoundCheckRun extends Written {
  /** How many annotations it has. GitHub adds up what it gets. */
  readonly annotations: number
}

/** What is written over a check run: all of it, or its end alone. */
export type CheckChange = CheckPayload | Pick<CheckPayload, 'status' | 'conclusion' | 'completed_at'>

type Answer<T> = Promise<Result<T, GithubProblem>>

/** The few things we ask of GitHub. Nothing throws; no call lasts longer than its time. */
export interface GithubClient {
  readonly createCheckRun: (sha: string, check: CheckPayload) => Answer<Written>
  /**
   * The check run of this name and id on a commit: one whose making nobody lived to hear of. `since` (epoch ms): older ones belong
   * to other runs.
   */
  readonly findCheckRun: (sha: string, check: CheckPayload, since: number) => Answer<FoundCheckRun | undefined>
  readonly readCheckRun: (id: number) => Answer<FoundCheckRun>
  readonly updateCheckRun: (id: number, check: CheckChange) => Answer<Written>
  /**
   * The newest comment on an issue or pull request that starts with `marker` and was written with this token: anybody may write the
   * marker.
   */
  readonly findComment: (issue: number, marker: string) => Answer<number | undefined>
  readonly createComment: (issue: number, body: string) => Answer<Written>
  readonly updateComment: (id: number, body: string) => Answer<Written>
}

export interface ClientOptions {
  readonly token: string
  /** `owner/name`. */
  readonly repository: string
  /** `https://api.github.com`, or a server's own. */
  readonly apiUrl: string
  /** For one call with all its retries. Milliseconds. */
  readonly timeoutMs?: number
}

const CALL_MS = 20_000
/** What GitHub wants to be left alone for after a secondary limit without `retry-after`. Seconds. */
const SECONDARY_SECONDS = 60
/** No limit of GitHub's lasts longer than an hour. What says that it lasts for years is no time that anybody could write down. */
const LONGEST_SECONDS = 24 * 60 * 60

/** One client for everything: throttled as GitHub asks, reads retried on 5xx and broken connections. Loaded only when it is needed. */
export async function openClient(options: ClientOptions): Promise<GithubClient> {
  const [{ getOctokit }, { retry }, { throttling }, { default: Bottleneck }] = await Promise.all([
    import('@actions/github'),
    import('@octokit/plugin-retry'),
    import('@octokit/plugin-throttling'),
    // The one that the throttling brings.
    import('bottleneck/light.js'),
  ])
  // The queue waits, not the plugin: while it waits, writes are merged.
  let limitedFor: number | undefined
  const remember = (seconds: number) => {
    limitedFor = seconds
    return false
  }
  const octokit = getOctokit(
    options.token,
    {
      baseUrl: options.apiUrl,
      // 401, 403, 404 and 422 stay what they are; 429 is the queue's business.
      retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 429], retries: 2 },
      throttle: {
        // Without a name of its own a client waits for every other one of the process, three seconds for each comment.
        id: randomUUID(),
        // Its own group would let one write a second through.
        write: new Bottleneck.Group({ maxConcurrent: 1, minTime: GITHUB_LIMITS.apart }),
        fallbackSecondaryRateRetryAfter: SECONDARY_SECONDS,
        onRateLimit: remember,
        onSecondaryRateLimit: remember,
      },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
    retry,
    throttling,
  )
  const [owner = '', repo = ''] = options.repository.split('/')
  const call = async <T>(ask: (signal: AbortSignal) => Promise<T>): Answer<T> => {
    limitedFor = undefined
    const milliseconds = options.timeoutMs ?? CALL_MS
    const signal = AbortSignal.timeout(milliseconds)
    // The client goes on to repeat what was aborted; nobody waits for that.
    const late = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => late.reject(new Error(`no answer within ${milliseconds / 1000} s`)))
    try {
      return ok(await Promise.race([ask(signal), late.promise]))
    } catch (error) {
      return err(problemOf(error, limitedFor))
    }
  }
  const { checks, issues } = octokit.rest
  /** Asked once. */
  let author: IsAuthor | undefined
  return {
    createCheckRun: (sha, check) =>
      call(async (signal) =>
        writtenOf(
          (await checks.create({ owner, repo, head_sha: sha, ...mutable(check), request: { signal, ...ONCE } })).data,
        ),
      ),
    findCheckRun: (sha, { name, external_id }, since) =>
      call(async (signal) => {
        const { data } = await checks.listForRef({
          owner,
          repo,
          ref: sha,
          check_name: name,
          filter: 'all',
          per_page: 100,
          request: { signal },
        })
        const ours = data.check_runs.filter(
          (run) => run.external_id === external_id && Date.parse(run.started_at ?? '') >= since,
        )
        const found = ours.find(({ status }) => status !== 'completed') ?? ours[0]
        return found && foundOf(found)
      }),
    readCheckRun: (id) =>
      call(async (signal) => foundOf((await checks.get({ owner, repo, check_run_id: id, request: { signal } })).data)),
    updateCheckRun: (id, check) =>
      call(async (signal) =>
        writtenOf(
          (await checks.update({ owner, repo, check_run_id: id, ...changed(check), request: { signal, ...ONCE } }))
            .data,
        ),
      ),
    findComment: async (issue, marker) => {
      const asked = author ? ok(author) : await call((signal) => whoWrites(octokit, signal))
      if (!asked.ok && (!isRefusal(asked.error) || asked.error.retryAfterMs !== undefined)) return asked
      const isOurs = asked.ok ? asked.value : isActionsBot
      author = isOurs
      return await call(async (signal) => {
        const comments = await octokit.paginate(issues.listComments, {
          owner,
          repo,
          issue_number: issue,
          per_page: 100,
          request: { signal },
        })
        return comments.findLast(({ user, body }) => isOurs(user) && body?.startsWith(marker))?.id
      })
    },
    createComment: (issue, body) =>
      call(async (signal) =>
        writtenOf(
          (await issues.createComment({ owner, repo, issue_number: issue, body, request: { signal, ...ONCE } })).data,
        ),
      ),
    updateComment: (id, body) =>
      call(async (signal) =>
        writtenOf(
          (await issues.updateComment({ owner, repo, comment_id: id, body, request: { signal, ...ONCE } })).data,
        ),
      ),
  }
}

/**
 * A write is never repeated here. The queue does that: it counts each request, and has newer words by then. What was to be made may
 * be there although the answer was lost, so the next try looks first.
 */
const ONCE = { retries: 0 }

const quiet = () => undefined

/** The client's types want arrays they could change; nobody does. */
function mutable(check: CheckPayload) {
  const { output, ...rest } = check
  const { annotations, ...texts } = output
  return { ...rest, output: { ...texts, ...(annotations ? { annotations: [...annotations] } : {}) } }
}

const changed = (check: CheckChange) => ('output' in check ? mutable(check) : check)

/** An answer that broke off comes as an empty text, whatever the client's types say. */
function writtenOf(data: { readonly id: number; readonly html_url?: string | null }): Written {
  if (!Number.isSafeInteger(data.id)) throw new Error('GitHub broke off in the middle of its answer')
  return { id: data.id, ...(data.html_url ? { url: data.html_url } : {}) }
}

const foundOf = (data: Parameters<typeof writtenOf>[0] & { readonly output: { annotations_count: number } }) => ({
  ...writtenOf(data),
  annotations: data.output.annotations_count,
})

function problemOf(error: unknown, limitedForSeconds: number | undefined): GithubProblem {
  const status = field(error, 'status')
  const headers = field(field(error, 'response'), 'headers')
  const lines = messageOf(error)
    .split('\n')
    .filter((line) => line.trim() !== '')
  // What is wrong with a request stands below; a page of a broken server is of no use.
  const said = status === 422 ? lines.join(' ') : (lines[0] ?? '')
  // The client adds the address of a page that says no more.
  const message = said.replace(/ - https:\/\/docs\.github\.com\/\S*$/, '')
  const seconds = Number(field(headers, 'retry-after') ?? limitedForSeconds)
  return {
    // A time-out of ours carries status 500 in some versions of the client; without a response there was no answer.
    status: typeof status === 'number' && headers !== undefined ? status : undefined,
    message,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, LONGEST_SECONDS) * 1000 } : {}),
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined
