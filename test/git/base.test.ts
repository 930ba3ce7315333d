import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bring, changedFiles, originOf, resolveBase } from '../../src/git/base.ts'
import { readGithubContext } from '../../src/shell/github-context.ts'
import { scratch } from '../scripts/scratch.ts'
import { aRepository, commitHere, git, ground, place, value } from './ground.ts'

const nowhere = readGithubContext({})
/** The context of a pull request, as the runner tells it. */
function pullRequest(headSha: string, baseSha: string, over: Record<string, string> = {}) {
  const event = {
    pull_request: {
      number: 12,
      head: { sha: headSha, ref: 'feature', repo: { full_name: 'o/r' } },
      base: { sha: baseSha },
    },
  }
  const path = join(scratch({ 'event.json': JSON.stringify(event) }), 'event.json')
  return readGithubContext({
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: path,
    GITHUB_REPOSITORY: 'o/r',
    ...over,
  })
}

describe('resolveBase', () => {
  it('is HEAD by the name that a person would say', async () => {
    const { folder, workspace, repository } = await ground()
    expect(await resolveBase('', nowhere, workspace, repository, undefined)).toEqual({
      ok: true,
      value: { sha: workspace.head, name: 'main' },
    })
    git(folder, 'checkout', '--quiet', '--detach')
    const detached = await ground(folder)
    const base = async (ref: string) =>
      value(await resolveBase('', { ...nowhere, ref }, detached.workspace, detached.repository, undefined)).name
    expect(await base('refs/tags/v1')).toBe('v1')
    expect(await base('')).toBe(workspace.head.slice(0, 7))
  })

  it('is what was named: branch, tag, commit, remote branch', async () => {
    const origin = aRepository()
    const first = git(origin, 'rev-parse', 'HEAD')
    git(origin, 'tag', '-a', 'v1', '-m', 'v1')
    git(origin, 'checkout', '--quiet', '-b', 'side')
    const side = commitHere(origin, { s: 's' })
    git(origin, 'checkout', '--quiet', 'main')
    const folder = join(place(), 'clone')
    git(origin, 'clone', '--quiet', origin, folder)
    const { workspace, repository } = await ground(folder)
    for (const [name, sha] of [
      ['main', first],
      ['v1', first],
      ['side', side],
      [first.slice(0, 10), first],
    ] as const)
      expect(await resolveBase(name, nowhere, workspace, repository, undefined)).toEqual({
        ok: true,
        value: { sha, name },
      })
  })

  it('says what to do about a name that is not there', async () => {
    const { workspace, repository } = await ground()
    for (const name of ['none', 'HEAD:README.md', ':/first^{tree}', 'a b']) {
      const base = await resolveBase(name, nowhere, workspace, repository, undefined)
      expect(base.ok ? name : base.error).toContain(`Input \`base\` is ${JSON.stringify(name)}`)
    }
  })

  it('is the head of a pull request, never its merge', async () => {
    const folder = aRepository()
    const base = git(folder, 'rev-parse', 'HEAD')
    git(folder, 'checkout', '--quiet', '-b', 'feature')
    const head = commitHere(folder, { f: 'f' })
    git(folder, 'checkout', '--quiet', '--detach', 'main')
    git(folder, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'feature')
    const { workspace, repository } = await ground(folder)
    const found = await resolveBase('', pullRequest(head, base), workspace, repository, undefined)
    expect(found).toEqual({ ok: true, value: { sha: head, name: 'feature' } })
  })

  it('fetches a head that checkout did not bring, and leaves the workspace as it is', async () => {
    const origin = aRepository()
    const base = git(origin, 'rev-parse', 'HEAD')
    const folder = join(place(), 'clone')
    git(origin, 'clone', '--quiet', '--depth=1', `file://${origin}`, folder)
    git(origin, 'checkout', '--quiet', '-b', 'feature')
    commitHere(origin, { f1: '1' })
    const head = commitHere(origin, { f2: '2' })
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    const { workspace, repository, worktree } = await ground(folder)
    const github = pullRequest(head, base)
    const without = await resolveBase('', github, workspace, repository, undefined)
    expect(without.ok ? '' : without.error).toContain('The head of pull request #12')
    const found = await resolveBase('', github, workspace, repository, { url: `file://${origin}`, token: 'the-token' })
    expect(found).toEqual({ ok: true, value: { sha: head, name: 'feature' } })
    expect(existsSync(join((await worktree('pr', head)).path, 'f2'))).toBe(true)
    expect(() => git(folder, 'cat-file', '-e', head)).toThrow()
    expect(existsSync(join(folder, '.git/FETCH_HEAD'))).toBe(false)
    expect((await bring(head, workspace, repository, undefined)).ok).toBe(true)
  })
})

describe('changedFiles', () => {
  it('are those that the pull request adds or changes in the folder', async () => {
    const folder = aRepository()
    const base = commitHere(folder, { '.chant/specs/a.md': 'a', '.chant/specs/b.md': 'b', '.chant/specs/c.md': 'c' })
    git(folder, 'checkout', '--quiet', '-b', 'feature')
    git(folder, 'rm', '--quiet', '.chant/specs/c.md')
    const head = commitHere(folder, {
      '.chant/specs/a.md': 'A',
      '.chant/specs/sub/ü.md': 'n',
      '.chant/specs2/x.md': 'x',
    })
    const { workspace, repository } = await ground(folder)
    const files = await changedFiles(pullRequest(head, base), '.chant/specs', workspace, repository, undefined)
    expect(files).toEqual({ ok: true, value: new Set(['a.md', 'sub/ü.md']) })
    expect(await changedFiles(nowhere, '.chant/specs', workspace, repository, undefined)).toEqual({
      ok: true,
      value: undefined,
    })
    const lost = await changedFiles(pullRequest(head, 'f'.repeat(40)), '.chant/specs', workspace, repository, undefined)
    expect(lost.ok ? '' : lost.error).toContain('The base of pull request #12')
  })
})

describe('originOf', () => {
  it('needs a repository and a token', () => {
    const github = { ...nowhere, repository: 'o/r', serverUrl: 'https://ghe.example.com' }
    expect(originOf(github, 'token')).toEqual({ url: 'https://ghe.example.com/o/r', token: 'token' })
    expect(originOf(github, '')).toBeUndefined()
    expect(originOf(nowhere, 'token')).toBeUndefined()
  })
})
