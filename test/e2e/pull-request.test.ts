import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agent } from './agent.ts'
import { startGitServer } from './git-server.ts'
import { outcomesIn, resultsOf } from './results-file.ts'
import { finish, gitIn, Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

const [OLD, CHANGED, ADDED] = [idOf(1), idOf(2), idOf(3)]
const TOKEN = 'ghs_a_token_of_this_job_only'

/** A pull request as actions/checkout leaves it: the merge commit alone, detached, and neither head nor base is there. */
async function aPullRequest() {
  const host = new Scene({ specs: { [OLD]: specText(), [CHANGED]: specText() } })
  host.git('checkout', '--quiet', '-b', 'feature')
  host.writeSpec(CHANGED, specText({ title: 'Changed by the pull request' }))
  host.writeSpec(ADDED, specText({ title: 'Added by the pull request' }))
  const head = host.commit('More work')
  host.git('checkout', '--quiet', 'main')
  host.write({ 'moved.txt': 'main went on\n' })
  const base = host.commit('Main went on')
  host.git('merge', '--quiet', '--no-ff', '-m', 'Merge the pull request', 'feature')
  host.git('update-ref', 'refs/pull/7/merge', 'HEAD')
  host.git('reset', '--quiet', '--hard', base)

  const served = join(host.root, 'served')
  mkdirSync(join(served, 'octocat'), { recursive: true })
  gitIn(host.root, 'clone', '--quiet', '--mirror', host.workspace, join(served, 'octocat', 'hello'))
  const server = await startGitServer(served, TOKEN)

  const workspace = join(host.root, 'checkout')
  gitIn(host.root, 'init', '--quiet', workspace)
  gitIn(workspace, 'fetch', '--quiet', '--depth=1', `file://${join(served, 'octocat', 'hello')}`, 'refs/pull/7/merge')
  gitIn(workspace, 'checkout', '--quiet', '--detach', 'FETCH_HEAD')

  const event = (repository: string) => ({
    pull_request: {
      number: 7,
      head: { sha: head, ref: 'feature', repo: { full_name: repository } },
      base: { sha: base, ref: 'main', repo: { full_name: 'octocat/hello' } },
    },
  })
  const start = (repository = 'octocat/hello', token = TOKEN) =>
    host.start(
      { command: agent('work') },
      {
        workspace,
        token,
        event: event(repository),
        env: {
          XDG_STATE_HOME: host.state,
          GITHUB_EVENT_NAME: 'pull_request',
          GITHUB_REF: 'refs/pull/7/merge',
          GITHUB_SERVER_URL: server.url,
        },
      },
    )
  return {
    host,
    head,
    workspace,
    server,
    start,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
    },
  }
}

test('on a pull request, the specs that it adds or changes are worked from its head', async () => {
  await using pull = await aPullRequest()
  const { workspace } = pull
  const merge = gitIn(workspace, 'rev-parse', 'HEAD')
  const config = readFileSync(join(workspace, '.git', 'config'), 'utf8')
  const { main, post, killed } = await finish(await pull.start())
  expect(main.annotations).toEqual([])
  expect(outcomesIn(resultsOf(main))).toEqual({ [CHANGED]: 'completed', [ADDED]: 'completed' })
  expect(resultsOf(main).run.base_sha).toBe(pull.head)
  for (const id of [CHANGED, ADDED]) {
    expect(gitIn(workspace, 'rev-parse', `chant/${id}~2`)).toBe(pull.head)
    expect(gitIn(workspace, 'ls-tree', '-r', '--name-only', `chant/${id}`)).not.toContain('moved.txt')
  }
  expect(gitIn(workspace, 'rev-parse', 'HEAD')).toBe(merge)
  expect(gitIn(workspace, 'status', '--porcelain')).toBe('')
  expect(() => gitIn(workspace, 'fsck')).not.toThrow()
  expect(readFileSync(join(workspace, '.git', 'config'), 'utf8')).toBe(config)
  expect(pull.server.seen.welcome.length).toBeGreaterThan(0)
  expect(pull.server.seen.refused).toEqual([])
  expect([post.lines, killed, pull.host.left()]).toEqual([[], [], []])
})

test('where the head cannot be fetched, one error says what to do', async () => {
  await using pull = await aPullRequest()
  const { main, killed } = await finish(await pull.start('octocat/hello', 'ghs_wrong_token'))
  expect(main.code).toBe(1)
  expect(main.annotations).toMatchObject([{ level: 'error' }])
  expect(main.annotations[0]?.message).toMatch(/head of pull request #7 .*could not be fetched.*actions\/checkout/)
  expect([killed, pull.host.left(), pull.host.stateDirs()]).toEqual([[], [], []])
})

test("a fork's pull request starts nothing, and is no error", async () => {
  await using pull = await aPullRequest()
  const { main, post, killed } = await finish(await pull.start('stranger/hello'))
  expect(main).toMatchObject({ code: 0, conclusion: 'success', annotations: [], outputs: { conclusion: 'neutral' } })
  expect(main.lines.join('\n')).toContain('fork')
  expect([post.lines, killed, pull.host.left(), pull.host.stateDirs()]).toEqual([[], [], [], []])
  expect(gitIn(pull.workspace, 'branch', '--list', 'chant/*')).toBe('')
})
