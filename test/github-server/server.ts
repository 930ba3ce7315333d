import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { CheckRuns, type StoredCheckRun, shownAnnotation, shownCheckRun } from './check-runs.ts'
import { Comments, shownComment } from './comments.ts'
import { findOperation, type Matched } from './contract.ts'
import { BAD_CREDENTIALS, type Forced, NOT_FOUND, noCommit, type Refusal, trickle } from './forced.ts'
import { fields, wrongCheckRun, wrongComment } from './limits.ts'
import { ACTIONS_BOT, type Account } from './people.ts'

/**
 * A small GitHub on loopback: check runs and comments of one repository, with their state. Every request is held against
 * GitHub's own description and its documented limits, and so is every answer.
 */

const REPOSITORY = '/repos/{owner}/{repo}'
export const CREATE_CHECK = `POST ${REPOSITORY}/check-runs`
export const UPDATE_CHECK = `PATCH ${REPOSITORY}/check-runs/{check_run_id}`
export const LIST_COMMENTS = `GET ${REPOSITORY}/issues/{issue_number}/comments`
export const CREATE_COMMENT = `POST ${REPOSITORY}/issues/{issue_number}/comments`
export const UPDATE_COMMENT = `PATCH ${REPOSITORY}/issues/comments/{comment_id}`
const GRAPHQL = '/graphql'
export const WHO_ASKS = `POST ${GRAPHQL}`

/** One request as it came. */
export interface Received {
  readonly route: string
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** By `performance.now()`. */
  readonly at: number
  /** Of the answer; 0 while there is none. */
  readonly status: number
}

export interface GithubServerOptions {
  /** Asked at each request, with how many of its route came before. */
  readonly force?: (route: string, before: number, request: Received) => Forced | undefined
  /** Any other is refused; absent: every one is good. */
  readonly token?: string
  /** Whose token it is; the job's own account if absent. */
  readonly writer?: Account
  /** Commits that the repository has; absent: all. */
  readonly commits?: readonly string[]
}

export interface GithubServer extends AsyncDisposable {
  readonly url: string
  /** What the runner hands an action so that it finds this GitHub. */
  readonly env: Readonly<Record<string, string>>
  readonly requests: readonly Received[]
  /** What the real one would have refused, and answers of ours that it would not give. Should be empty. */
  readonly problems: readonly string[]
  readonly checkRuns: readonly StoredCheckRun[]
  readonly comments: Comments
  /** Resolves as soon as it is so, looked at after each request; rejects when `ended` settles before. */
  until(isSo: () => boolean, ended?: Promise<unknown>): Promise<void>
}

interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts on a free port. It never keeps the process alive by itself; `await using` closes it. */
export async function startGithubServer(options: GithubServerOptions = {}): Promise<GithubServer> {
  const checks = new CheckRuns()
  const comments = new Comments()
  const requests: Received[] = []
  const problems: string[] = []
  const waiting = new Set<() => void>()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now()
    const target = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const matched = findOperation(request.method ?? '', target.pathname)
    const route = matched?.operation.route ?? `${request.method} ${target.pathname}`
    const sent = await text(request)
    const body = fields(sent === '' ? {} : JSON.parse(sent))
    const received: Received = { route, path: target.pathname, body, at, status: 0 }
    const before = requests.filter((one) => one.route === route).length
    const index = requests.push(received) - 1

    const forced = options.force?.(route, before, received)
    setImmediate(lookAgain)
    if (forced === 'silence') return
    if (forced === 'trickle') return trickle(response)
    if (forced === 'reset') return void request.socket.destroy()
    const reply =
      typeof forced === 'object' ? refusal(forced) : answer(matched, body, target, request.headers.authorization)
    if (forced === 'reset-after') return void request.socket.destroy()
    requests[index] = { ...received, status: reply.status }
    response.writeHead(reply.status, { 'content-type': 'application/json; charset=utf-8', ...reply.headers })
    response.end(JSON.stringify(reply.body))
  }

  function lookAgain(): void {
    for (const look of waiting) look()
  }

  async function until(isSo: () => boolean, ended: Promise<unknown> = new Promise(() => {})): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = () => void (isSo() && resolve())
    waiting.add(look)
    look()
    const over = () => {
      look()
      reject(
        new Error(`it was over before that, after these requests: ${requests.map(({ route }) => route).join(', ')}`),
      )
    }
    ended.then(over, over)
    await promise.finally(() => waiting.delete(look))
  }

  function answer(
    matched: Matched | undefined,
    body: Received['body'],
    target: URL,
    authorization: string | undefined,
  ): Reply {
    const writer = options.writer ?? ACTIONS_BOT
    if (!matched && target.pathname !== GRAPHQL)
      return refused(`${target.pathname} is no request of the action's`, NOT_FOUND)
    if (!new RegExp(`^(token|Bearer) ${options.token ?? '\\S+'}$`, 'i').test(authorization ?? ''))
      return refusal(BAD_CREDENTIALS)
    if (!matched) return whoAsks(writer, body)
    const { operation } = matched
    const queries = [...target.searchParams.keys()].filter((name) => !operation.queries.has(name))
    const limits = operation.route.includes('comments') ? wrongComment : wrongCheckRun
    const write = /^(POST|PATCH) /.test(operation.route)
    const wrong = [
      ...operation.wrongBody(body),
      ...(write ? limits(body) : []),
      ...queries.map((name) => `there is no query ${name}`),
    ]
    if (wrong.length > 0) {
      const message = `Invalid request.\n\n${wrong.join('\n')}`
      return refused(`${operation.route}: ${wrong.join('; ')}`, { status: 422, message })
    }
    const reply = act(matched, body, target)
    const bad = reply.status < 300 ? operation.wrongAnswer(reply.body) : []
    problems.push(...bad.map((what) => `our answer to ${operation.route}: ${what}`))
    return reply
  }

  function act({ operation: { route, status }, params }: Matched, body: Received['body'], target: URL): Reply {
    const { owner, repo, check_run_id: checkId, issue_number: issue, comment_id: commentId, ref } = params
    const api = `${target.origin}/repos/${owner}/${repo}`
    const found = <T>(value: T | undefined, show: (value: T) => unknown): Reply =>
      value === undefined ? refusal(NOT_FOUND) : { status, body: show(value) }
    const shown = (run: StoredCheckRun) => shownCheckRun(run, api)
    switch (route) {
      case CREATE_CHECK: {
        const sha = String(body['head_sha'])
        if (options.commits && !options.commits.includes(sha)) return refusal(noCommit(sha))
        return { status, body: shown(checks.create(body)) }
      }
      case UPDATE_CHECK:
        return found(checks.update(Number(checkId), body), shown)
      case `GET ${REPOSITORY}/check-runs/{check_run_id}`:
        return found(checks.get(Number(checkId)), shown)
      case `GET ${REPOSITORY}/check-runs/{check_run_id}/annotations`: {
        const run = checks.get(Number(checkId))
        return run ? page(run.annotations.map(shownAnnotation), target, status) : refusal(NOT_FOUND)
      }
      case `GET ${REPOSITORY}/commits/{ref}/check-runs`: {
        const wanted = target.searchParams.get('check_name')
        const runs = checks.all.filter((run) => run.headSha === ref && (wanted === null || run.name === wanted))
        const { body: onPage, ...reply } = page(runs.map(shown), target, status)
        return { ...reply, body: { total_count: runs.length, check_runs: onPage } }
      }
      case LIST_COMMENTS:
        return page(
          comments.on(Number(issue)).map((comment) => shownComment(comment, api)),
          target,
          status,
        )
      case CREATE_COMMENT:
        return { status, body: shownComment(comments.create(Number(issue), String(body['body']), options.writer), api) }
      case UPDATE_COMMENT:
        return found(comments.update(Number(commentId), String(body['body'])), (one) => shownComment(one, api))
      case `GET ${REPOSITORY}/issues/comments/{comment_id}`:
        return found(comments.get(Number(commentId)), (one) => shownComment(one, api))
      default:
        throw new Error(`${route} is described and not done`)
    }
  }

  /** The one GraphQL question of the action, in its exact words; the OpenAPI description does not know GraphQL. */
  function whoAsks({ id }: Account, body: Received['body']): Reply {
    if (body['query'] !== 'query { viewer { databaseId } }')
      return refused(`${GRAPHQL}: an unknown query`, { status: 400, message: 'Problems parsing JSON' })
    return { status: 200, body: { data: { viewer: { databaseId: id } } } }
  }

  function refused(problem: string, forced: Refusal): Reply {
    problems.push(problem)
    return refusal(forced)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      problems.push(`a defect of this server: ${error}`)
      request.socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const url = `http://127.0.0.1:${address.port}`
  return {
    url,
    // Through a proxy, if one were set, nobody would find this machine.
    env: { GITHUB_API_URL: url, NO_PROXY: '127.0.0.1' },
    requests,
    problems,
    get checkRuns() {
      return checks.all
    },
    comments,
    until,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const refusal = ({ status, message, headers = {} }: Refusal): Reply => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  headers,
})

const MOST_ON_A_PAGE = 100
const ON_A_PAGE = 30

/** A part of a list, and where the next one is. */
function page(all: readonly unknown[], target: URL, status: number): Reply {
  const size = Math.min(MOST_ON_A_PAGE, Number(target.searchParams.get('per_page') ?? ON_A_PAGE))
  const number = Number(target.searchParams.get('page') ?? 1)
  const next = new URL(target)
  next.searchParams.set('page', String(number + 1))
  const more = all.length > number * size
  return {
    status,
    body: all.slice((number - 1) * size, number * size),
    headers: more ? { link: `<${next}>; rel="next"` } : {},
  }
}
