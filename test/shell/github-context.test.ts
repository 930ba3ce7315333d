import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readGithubContext, untrusted } from '../../src/shell/github-context.ts'
import { scratch } from '../scripts/scratch.ts'

const SHA = 'a'.repeat(40)
const pull = (over: Record<string, unknown> = {}) => ({
  pull_request: {
    number: 12,
    head: { sha: SHA, ref: 'feature', repo: { full_name: 'octo/repo' } },
    base: { sha: 'b'.repeat(40), ref: 'main' },
    ...over,
  },
})

function context(env: Record<string, string>, event?: unknown) {
  const text = typeof event === 'string' ? event : JSON.stringify(event ?? {})
  const path = join(scratch({ 'event.json': text }), 'event.json')
  return readGithubContext({ GITHUB_REPOSITORY: 'octo/repo', GITHUB_EVENT_PATH: path, ...env })
}

describe('readGithubContext', () => {
  it('has nothing to say off GitHub', () => {
    expect(readGithubContext({})).toEqual({
      event: '',
      repository: undefined,
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
      sha: undefined,
      workflow: 'chant',
      runId: undefined,
      attempt: '1',
      actor: '',
      ref: '',
      pullRequest: undefined,
    })
  })

  it('says what the runner says', () => {
    const env = {
      GITHUB_EVENT_NAME: 'push',
      GITHUB_SERVER_URL: 'https://ghe.example.com',
      GITHUB_RUN_ID: '77',
      GITHUB_RUN_ATTEMPT: '3',
      GITHUB_ACTOR: 'octocat',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_API_URL: 'https://ghe.example.com/api/v3',
      GITHUB_SHA: 'a'.repeat(40),
      GITHUB_WORKFLOW_REF: 'octo/repo/.github/workflows/chant.yml@refs/heads/main',
    }
    expect(context(env)).toEqual({
      event: 'push',
      repository: 'octo/repo',
      serverUrl: 'https://ghe.example.com',
      apiUrl: 'https://ghe.example.com/api/v3',
      sha: 'a'.repeat(40),
      workflow: 'octo/repo/.github/workflows/chant.yml',
      runId: '77',
      attempt: '3',
      actor: 'octocat',
      ref: 'refs/heads/main',
      pullRequest: undefined,
    })
  })

  it('reads a pull request', () => {
    expect(context({ GITHUB_EVENT_NAME: 'pull_request' }, pull()).pullRequest).toEqual({
      number: 12,
      headSha: SHA,
      headRef: 'feature',
      baseSha: 'b'.repeat(40),
      fork: false,
    })
  })

  it.each([
    ['another repository', { full_name: 'stranger/repo' }],
    ['a repository that is gone', null],
  ])('takes a head in %s for a fork', (_, repo) => {
    expect(context({}, pull({ head: { sha: SHA, ref: 'feature', repo } })).pullRequest?.fork).toBe(true)
  })

  it.each([
    ['no JSON', 'junk'],
    ['no object', 'null'],
    ['no hash', pull({ head: { sha: '--upload-pack=x', ref: 'feature' } })],
    ['no base', pull({ base: null })],
    ['no number', pull({ number: '12' })],
  ])('is an event without details where the file holds %s', (_, event) => {
    expect(context({}, event).pullRequest).toBeUndefined()
  })

  it('is an event without details where there is no file', () => {
    expect(readGithubContext({ GITHUB_EVENT_PATH: '/nowhere/event.json' }).pullRequest).toBeUndefined()
  })
})

describe('untrusted', () => {
  it.each(['pull_request_target', 'issue_comment', 'workflow_run'])('distrusts the event %s', (name) => {
    expect(untrusted(context({ GITHUB_EVENT_NAME: name }))).toContain(name)
  })

  it('distrusts forks and Dependabot', () => {
    const fork = pull({ head: { sha: SHA, ref: 'feature', repo: { full_name: 'stranger/repo' } } })
    expect(untrusted(context({ GITHUB_EVENT_NAME: 'pull_request' }, fork))).toContain('fork')
    expect(untrusted(context({ GITHUB_EVENT_NAME: 'push', GITHUB_ACTOR: 'dependabot[bot]' }))).toContain('Dependabot')
  })

  it('trusts what people with the right to write caused', () => {
    expect(untrusted(context({ GITHUB_EVENT_NAME: 'pull_request', GITHUB_ACTOR: 'octocat' }, pull()))).toBeUndefined()
    for (const event of ['push', 'schedule', 'workflow_dispatch', ''])
      expect(untrusted(context({ GITHUB_EVENT_NAME: event }))).toBeUndefined()
  })

  it('trusts no name by its end', () => {
    expect(
      untrusted(context({ GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_ACTOR: 'mine[bot]' }, pull())),
    ).toBeDefined()
  })
})
