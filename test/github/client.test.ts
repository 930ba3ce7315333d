import { describe, expect, test } from 'vitest'
import { type GithubClient, openClient } from '../../src/github/client.ts'
import { GITHUB_LIMITS } from '../../src/github/write-pace.ts'
import type { CheckPayload } from '../../src/report/check-run.ts'
import { commentMarker } from '../../src/report/comment.ts'
import {
  BAD_CREDENTIALS,
  BROKEN,
  FORBIDDEN,
  type Forced,
  NOT_FOUND,
  noCommit,
  secondaryLimit,
  tooMany,
} from '../github-server/forced.ts'
import { ACTIONS_BOT, type Account, MALLORY, OCTOCAT, OTHER_BOT } from '../github-server/people.ts'
import {
  CREATE_CHECK,
  CREATE_COMMENT,
  type GithubServer,
  type GithubServerOptions,
  LIST_COMMENTS,
  startGithubServer,
  UPDATE_CHECK,
  WHO_ASKS,
} from '../github-server/server.ts'
import { sooner } from './sooner.ts'

const SHA = 'a'.repeat(40)
const TOKEN = 'ghs_of_this_job'
const MARKER = commentMarker('octocat/hello/.github/workflows/chant.yml')

const QUEUED: CheckPayload = {
  name: 'chant / A task',
  external_id: '2026-11-02-001-abc',
  status: 'queued',
  output: { title: 'Queued', summary: 'Nothing yet.' },
}

async function connect(
  options: GithubServerOptions = {},
  timeoutMs = 100_000,
): Promise<AsyncDisposable & { readonly server: GithubServer; readonly client: GithubClient }> {
  const server = await startGithubServer({ token: TOKEN, ...options })
  const client = await openClient({
    token: TOKEN,
    repository: 'octocat/hello',
    apiUrl: server.url,
    timeoutMs,
  })
  return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const idOf = async (answer: ReturnType<GithubClient['createCheckRun']>): Promise<number> => {
  const written = await answer
  if (!written.ok) throw new Error(written.error.message)
  return written.value.id
}

describe.concurrent('check runs', () => {
  test('are created and go on', async () => {
    await using github = await connect()
    const { server, client } = github
    const id = await idOf(client.createCheckRun(SHA, QUEUED))
    await client.updateCheckRun(id, { ...QUEUED, status: 'in_progress', started_at: '2026-11-02T08:00:00Z' })
    const last = await client.updateCheckRun(id, {
      ...QUEUED,
      status: 'completed',
      conclusion: 'timed_out',
      output: {
        ...QUEUED.output,
        annotations: [{ path: 'a.md', start_line: 3, end_line: 3, annotation_level: 'failure', message: 'Not ticked' }],
      },
    })
    expect(last).toEqual({ ok: true, value: { id, url: `https://github.com/octocat/hello/runs/${id}` } })
    expect(server.checkRuns).toMatchObject([
      {
        headSha: SHA,
        externalId: QUEUED.external_id,
        history: ['queued', 'in_progress', 'completed timed_out'],
        annotations: [{ path: 'a.md', start_line: 3 }],
      },
    ])
    expect(server.problems).toEqual([])
  })

  const refusals: readonly (readonly [string, Forced, number, RegExp])[] = [
    ['401', BAD_CREDENTIALS, 401, /Bad credentials/],
    ['403', FORBIDDEN, 403, /Resource not accessible/],
    ['404', NOT_FOUND, 404, /Not Found/],
    ['422', noCommit(SHA), 422, /No commit found/],
  ]
  test.each(refusals)('a %s is an answer, and is not asked for again', async (_, forced, status, message) => {
    await using github = await connect({ force: () => forced })
    const answer = await github.client.createCheckRun(SHA, QUEUED)
    expect(answer).toMatchObject({ ok: false, error: { status, message: expect.stringMatching(message) } })
    expect(answer).not.toHaveProperty('error.retryAfterMs')
    expect(github.server.requests).toHaveLength(1)
  })

  const limits: readonly (readonly [string, Forced, number])[] = [
    ['a 429', tooMany(70), 70_000],
    ['a secondary limit', secondaryLimit(110), 110_000],
    ['a secondary limit without a time', secondaryLimit(), 60_000],
  ]
  test.each(limits)(
    '%s says when to come back, and the client does not wait itself',
    async (_, forced, retryAfterMs) => {
      await using github = await connect({ force: () => forced })
      // Less than the shortest of these limits.
      const answer = await sooner(github.client.createCheckRun(SHA, QUEUED), 50_000)
      expect(answer).toMatchObject({ ok: false, error: { retryAfterMs } })
      expect(github.server.requests).toHaveLength(1)
    },
  )

  test('a primary limit says when it ends', async () => {
    const reset = Math.floor(Date.now() / 1000) + 900
    const message = 'API rate limit exceeded for installation.'
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }
    await using github = await connect({ force: () => ({ status: 403, message, headers }) })
    const answer = await github.client.createCheckRun(SHA, QUEUED)
    if (answer.ok) throw new Error('it was refused')
    expect(answer.error.retryAfterMs).toBeGreaterThan(800_000)
    expect(answer.error.retryAfterMs).toBeLessThan(910_000)
  })

  test('a limit that another request met does not become a missing permission', async () => {
    await using github = await connect({
      force: (route) => (route === UPDATE_CHECK ? secondaryLimit() : undefined),
    })
    const id = await idOf(github.client.createCheckRun(SHA, QUEUED))
    const answers = await Promise.all([1, 2, 3].map(() => github.client.updateCheckRun(id, QUEUED)))
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { retryAfterMs: 60_000 } })
  })

  const passing: readonly (readonly [string, Forced])[] = [
    ['502', BROKEN],
    ['connection that is cut', 'reset'],
  ]
  test.each(passing)('what is written is not repeated blindly after a %s: the queue does that', async (_, forced) => {
    await using github = await connect({ force: () => forced })
    expect((await github.client.createCheckRun(SHA, QUEUED)).ok).toBe(false)
    expect((await github.client.updateCheckRun(1, QUEUED)).ok).toBe(false)
    expect(github.server.requests).toHaveLength(2)
  })

  test.each(passing)('what is read is asked for again after a %s', async (_, forced) => {
    await using github = await connect({
      force: (route, before) => (route === LIST_COMMENTS && before < 1 ? forced : undefined),
    })
    expect(await github.client.findComment(7, MARKER)).toEqual({ ok: true, value: undefined })
    expect(github.server.requests.filter(({ route }) => route === LIST_COMMENTS)).toHaveLength(2)
  })

  test('three bad answers in a row are given up', async () => {
    await using github = await connect({ force: (route) => (route === LIST_COMMENTS ? BROKEN : undefined) })
    expect(await github.client.findComment(7, MARKER)).toMatchObject({ ok: false, error: { status: 502 } })
    expect(github.server.requests.filter(({ route }) => route === LIST_COMMENTS)).toHaveLength(3)
  })

  test('writes begin as far apart as the queue expects, however many are asked for at once', {
    concurrent: false,
  }, async () => {
    await using github = await connect()
    const asked = performance.now()
    await Promise.all(Array.from({ length: 5 }, () => github.client.createCheckRun(SHA, QUEUED)))
    const times = github.server.requests.map(({ at }) => at)
    // From when they were asked for: a machine that is busy may hold up the first one, and that one alone.
    expect((times.at(-1) ?? 0) - asked).toBeGreaterThan(4 * GITHUB_LIMITS.apart - 20)
    // The plugin's own second would stand between any two of them, and a machine that is busy stands between some.
    const gaps = times.slice(1).map((at, before) => at - (times[before] ?? 0))
    expect(Math.min(...gaps)).toBeLessThan(2 * GITHUB_LIMITS.apart - 20)
  })

  test.each(['silence', 'trickle'] as const)('%s ends with the time for the call', async (forced) => {
    await using github = await connect({ force: () => forced }, 1_000)
    const answer = await sooner(github.client.createCheckRun(SHA, QUEUED), 2_000)
    expect(answer).toMatchObject({ ok: false })
    expect(answer).not.toHaveProperty('error.status', expect.any(Number))
  })

  test('two requests without an answer end together', async () => {
    await using github = await connect({ force: () => 'silence' }, 3_000)
    // One after the other would be 6 s.
    await sooner(Promise.all([1, 2].map(() => github.client.createCheckRun(SHA, QUEUED))), 5_500)
  })

  test('nobody there is an answer, too', async () => {
    const github = await connect()
    await github[Symbol.asyncDispose]()
    const answer = await github.client.createCheckRun(SHA, QUEUED)
    expect(answer).toMatchObject({ ok: false, error: { status: undefined } })
  })
})

describe.concurrent('the comment', () => {
  const writers: readonly (readonly [string, Account])[] = [
    ['a job’s own token', ACTIONS_BOT],
    ['a personal token', OCTOCAT],
    ['the token of an app', { id: 1234, login: 'our-app[bot]', type: 'Bot' }],
  ]
  test.each(writers)('is found among many with %s, by its marker and its author', async (_, writer) => {
    await using github = await connect({ writer })
    const { server, client } = github
    for (let i = 0; i < 130; i++)
      server.comments.create(7, `Words ${i}`, { id: i + 1, login: `user${i}`, type: 'User' })
    const ours = server.comments.create(7, `${MARKER}\nfirst`, writer)
    server.comments.create(8, `${MARKER}\nof another pull request`, writer)
    server.comments.create(7, `${commentMarker('another')}\nof another workflow`, writer)
    for (const somebody of [MALLORY, OTHER_BOT]) server.comments.create(7, `${MARKER}\nnot ours`, somebody)
    expect(await client.findComment(7, MARKER)).toEqual({ ok: true, value: ours.id })
    expect(server.requests.map(({ route }) => route)).toEqual([WHO_ASKS, LIST_COMMENTS, LIST_COMMENTS])
    // Who writes does not change.
    await client.findComment(7, MARKER)
    expect(server.requests.filter(({ route }) => route === WHO_ASKS)).toHaveLength(1)
    expect(server.problems).toEqual([])
  })

  const silent: readonly (readonly [string, Forced])[] = [
    ['refuses', FORBIDDEN],
    ['does not know the question', NOT_FOUND],
  ]
  test.each(silent)('is only that of the job’s own account where GitHub %s to say who writes', async (_, forced) => {
    await using github = await connect({ force: (route) => (route === WHO_ASKS ? forced : undefined) })
    const { server, client } = github
    const ours = server.comments.create(7, `${MARKER}\nfirst`)
    for (const somebody of [MALLORY, OTHER_BOT, OCTOCAT]) server.comments.create(7, `${MARKER}\nnot ours`, somebody)
    expect(await client.findComment(7, MARKER)).toEqual({ ok: true, value: ours.id })
  })

  test('is not looked for before it is known who writes: a limit is waited for', async () => {
    await using github = await connect({ force: (route) => (route === WHO_ASKS ? secondaryLimit(3) : undefined) })
    expect(await github.client.findComment(7, MARKER)).toMatchObject({ ok: false, error: { retryAfterMs: 3_000 } })
    expect(github.server.requests.map(({ route }) => route)).toEqual([WHO_ASKS])
  })

  test('is made, then changed', async () => {
    await using github = await connect()
    const { server, client } = github
    expect(await client.findComment(7, MARKER)).toEqual({ ok: true, value: undefined })
    const made = await client.createComment(7, `${MARKER}\none`)
    if (!made.ok) throw new Error(made.error.message)
    expect(await client.updateComment(made.value.id, `${MARKER}\ntwo`)).toMatchObject({ ok: true })
    expect(server.comments.all).toMatchObject([{ issue: 7, edits: 1, body: `${MARKER}\ntwo` }])
    expect(server.problems).toEqual([])
  })

  test('too long is refused', async () => {
    await using github = await connect()
    expect(await github.client.createComment(7, 'x'.repeat(65_537))).toMatchObject({
      ok: false,
      error: { status: 422 },
    })
    expect(github.server.problems).toMatchObject([expect.stringContaining(`${CREATE_COMMENT}: body is longer`)])
  })
})

describe.concurrent('the server itself', () => {
  const bad: readonly (readonly [string, CheckPayload, RegExp])[] = [
    ['no conclusion', { ...QUEUED, status: 'completed' }, /conclusion is required/],
    ['a conclusion too early', { ...QUEUED, conclusion: 'success' }, /only for the status completed/],
    ['a long name', { ...QUEUED, name: 'x'.repeat(256) }, /name is longer than 255/],
    ['a long summary', { ...QUEUED, output: { title: 't', summary: 'ä'.repeat(40_000) } }, /65535 bytes/],
    [
      'many annotations',
      {
        ...QUEUED,
        output: {
          title: 't',
          summary: 's',
          annotations: Array.from({ length: 51 }, (_, i) => ({
            path: 'a',
            start_line: i + 1,
            end_line: i + 1,
            annotation_level: 'notice' as const,
            message: 'm',
          })),
        },
      },
      /51 annotations/,
    ],
    ['a wrong time', { ...QUEUED, started_at: 'yesterday' }, /date-time/],
  ]
  test.each(bad)('refuses %s', async (_, payload, words) => {
    await using github = await connect()
    expect(await github.client.createCheckRun(SHA, payload)).toMatchObject({ ok: false, error: { status: 422 } })
    expect(github.server.problems.join('\n')).toMatch(words)
  })

  test('knows its commits and its token', async () => {
    await using github = await connect({ commits: [SHA] })
    expect(await github.client.createCheckRun('b'.repeat(40), QUEUED)).toMatchObject({
      ok: false,
      error: { status: 422, message: expect.stringContaining('No commit found') },
    })
    const stranger = await openClient({ token: 'ghs_other', repository: 'octocat/hello', apiUrl: github.server.url })
    expect(await stranger.createCheckRun(SHA, QUEUED)).toMatchObject({ ok: false, error: { status: 401 } })
    expect(github.server.requests.map(({ route, status }) => [route, status])).toEqual([
      [CREATE_CHECK, 422],
      [CREATE_CHECK, 401],
    ])
  })
})
