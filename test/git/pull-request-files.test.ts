import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullRequestFiles } from '../../src/git/pull-request-files.ts'
import type { GithubContext } from '../../src/shell/github-context.ts'
import { aRepository, commitHere, git, place } from './ground.ts'

const env = { PATH: process.env['PATH'], HOME: '/nowhere' }
const context = (headSha: string, baseSha: string, event = 'pull_request'): GithubContext => ({
  event,
  repository: 'o/r',
  serverUrl: 'https://github.com',
  apiUrl: 'https://api.github.com',
  sha: headSha,
  workflow: 'lint',
  runId: '1',
  attempt: '1',
  actor: 'somebody',
  ref: 'refs/pull/7/merge',
  pullRequest: { number: 7, headSha, headRef: 'feature', baseSha, fork: true },
})

/** A base that went on, a feature that left it before, and GitHub's merge of both, checked out. */
function aPullRequest(prefix = '') {
  const origin = aRepository()
  const spec = (name: string) => `${prefix}.chant/specs/${name}.md`
  commitHere(origin, { [spec('old')]: 'a', [spec('gone')]: 'a' })
  git(origin, 'checkout', '--quiet', '-b', 'feature')
  git(origin, 'rm', '--quiet', spec('gone'))
  const head = commitHere(origin, { [spec('old')]: 'b', [spec('new')]: 'a', 'src/b.txt': 'x' })
  git(origin, 'checkout', '--quiet', 'main')
  const base = commitHere(origin, { [spec('of-the-base')]: 'a' })
  git(origin, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'feature')
  return { origin, head, base }
}

const clone = (origin: string, ...options: readonly string[]): string => {
  const folder = join(place(), 'clone')
  git(place(), 'clone', '--quiet', ...options, `file://${origin}`, folder)
  return folder
}
const EXPECTED = ['.chant/specs/new.md', '.chant/specs/old.md']
const sorted = (files: ReadonlySet<string> | undefined) => files && [...files].sort()

test('on the merge of a pull request two commits are enough to tell what it changes', async () => {
  const { origin, head, base } = aPullRequest()
  const two = clone(origin, '--depth=2')
  expect(sorted(await pullRequestFiles(context(head, base), two, env))).toEqual(EXPECTED)
})

test('on its head the history is needed', async () => {
  const { origin, head, base } = aPullRequest()
  git(origin, 'checkout', '--quiet', 'feature')
  expect(sorted(await pullRequestFiles(context(head, base), origin, env))).toEqual(EXPECTED)
  const shallow = clone(origin, '--depth=1', '--branch=feature')
  expect(await pullRequestFiles(context(head, base), shallow, env)).toBeUndefined()
})

test('paths begin at the project', async () => {
  const { origin, head, base } = aPullRequest('apps/web/')
  expect(sorted(await pullRequestFiles(context(head, base), join(origin, 'apps/web'), env))).toEqual(EXPECTED)
})

test('nobody knows in a checkout of one commit, without a repository, and on other events', async () => {
  const { origin, head, base } = aPullRequest()
  const one = clone(origin, '--depth=1')
  expect(await pullRequestFiles(context(head, base), one, env)).toBeUndefined()
  expect(await pullRequestFiles(context(head, base), place(), env)).toBeUndefined()
  expect(await pullRequestFiles(context(head, base, 'push'), origin, env)).toBeUndefined()
})
