import { chmodSync, chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { type Finished, gitIn, Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

/** Repositories and machines as newcomers have them: each works as it is. */

const ONE = idOf(1)
const BRANCH = `chant/${ONE}`

function expectFine(scene: Scene, { main, post, killed }: Finished): void {
  expect(main.annotations).toEqual([])
  expect(main.conclusion).toBe('success')
  expect(new Set(Object.values(outcomesIn(resultsOf(main))))).toEqual(new Set(['completed']))
  expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
}

describe.concurrent('works', () => {
  test('where git knows no identity: the bot commits, also for the agent', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    expectFine(scene, await scene.run({ command: agent('work') }))
    const authors = scene.git('log', '--format=%an <%ae> %cn', `main..${BRANCH}`).split('\n')
    const bot = 'github-actions[bot]'
    expect(authors).toEqual(Array(2).fill(`${bot} <41898282+${bot}@users.noreply.github.com> ${bot}`))
  })

  test('with the identity that the repository has', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.git('config', 'user.name', 'Somebody')
    scene.git('config', 'user.email', 'somebody@example.invalid')
    expectFine(scene, await scene.run({ command: agent('work') }))
    expect(scene.git('log', '--format=%an', `main..${BRANCH}`).split('\n')).toEqual(['Somebody', 'Somebody'])
  })

  test('with the identity that the environment has', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const env = {
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.invalid',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.invalid',
    }
    expectFine(scene, await scene.run({ command: agent('work') }, { env }))
    expect(scene.git('log', '--format=%an', `main..${BRANCH}`).split('\n')).toEqual(['Ada', 'Ada'])
  })

  test('without XDG_STATE_HOME: state is kept in the home, readable by nobody else', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command: agent('work') }, { env: { XDG_STATE_HOME: undefined } })
    expect(main.outputs['results-file']).toMatch(
      new RegExp(`^${scene.home}/\\.local/state/chant-action/[0-9a-f]+/[\\w-]+/report/results\\.json$`),
    )
    expect(main.conclusion).toBe('success')
  })

  test('where `.chant` is in .gitignore: specs are never committed, the finalised copy is in the report', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: { '.gitignore': '/.chant\n' } })
    expectFine(scene, await scene.run({ command: agent('work') }))
    expect(scene.git('ls-tree', '-r', '--name-only', BRANCH).split('\n')).toEqual([
      '.gitignore',
      'README.md',
      `work-${ONE}.txt`,
    ])
    expect(scene.report(`specs/${ONE}.md`)).toMatch(/^status: completed\n[\s\S]*- \[x\] It works/m)
    expect(scene.git('status', '--porcelain')).toBe('')
  })

  test('where `.chant` is in .git/info/exclude, with criteria judged all the same', async () => {
    await using scene = new Scene({ specs: { [ONE]: specText(), [idOf(2)]: specText() }, git: 'empty' })
    scene.write({ '.git/info/exclude': '.chant/\n' })
    scene.commit('Without the specs')
    const run = await scene.run({ command: agent(`edit; if [ "$CHANT_SPEC_ID" = ${ONE} ]; then tick; fi; save`) })
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed', [idOf(2)]: 'criteria-unchecked' })
    for (const id of [ONE, idOf(2)])
      expect(scene.git('ls-tree', '-r', '--name-only', `chant/${id}`)).not.toContain('.chant')
    expect(scene.report(`specs/${idOf(2)}.md`)).toMatch(/^status: failed$/m)
    expect([run.killed, scene.left()]).toEqual([[], []])
  })

  test('with specs that are not committed yet: the worker commits them first', async () => {
    await using scene = new Scene({ specs: {} })
    scene.writeSpec(ONE, specText())
    expectFine(scene, await scene.run({ command: agent('work') }))
    const subjects = scene.git('log', '--reverse', '--format=%s', `main..${BRANCH}`).split('\n')
    expect(subjects).toEqual([expect.stringContaining('add the spec'), `work of ${ONE}`, `chant(${ONE}): completed`])
    expect(workerIn(resultsOf((await scene.run({ mode: 'run', command: agent('work') })).main), ONE).branch).toBe(
      `${BRANCH}-r4712`,
    )
    expect(scene.git('status', '--porcelain')).toBe('?? .chant/')
  })

  test('with a spec that was changed and not committed: the workspace has the last word', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.writeSpec(ONE, specText({ title: 'Changed', criteria: ['This one'] }))
    expectFine(scene, await scene.run({ command: agent('work') }))
    expect(scene.specOn(BRANCH, ONE)).toMatch(/# Changed\n[\s\S]*- \[x\] This one/)
    expect(scene.git('status', '--porcelain')).toBe(`M .chant/specs/${ONE}.md`)
  })

  test('in a checkout of depth 1', async () => {
    await using origin = new Scene({ specs: plainSpecs(1) })
    for (const message of ['second', 'third']) origin.commit(message)
    await using scene = new Scene({ git: 'none', name: 'unused' })
    const workspace = join(scene.root, 'clone')
    gitIn(scene.root, 'clone', '--quiet', '--depth=1', `file://${origin.workspace}`, workspace)
    const run = await scene.run({ command: agent('work') }, { workspace })
    expect(run.main.annotations).toEqual([])
    expect(run.main.outputs['conclusion']).toBe('success')
    expect(gitIn(workspace, 'log', '--format=%s', BRANCH).split('\n')).toEqual([
      `chant(${ONE}): completed`,
      `work of ${ONE}`,
      'third',
    ])
    expect(gitIn(workspace, 'rev-parse', '--is-shallow-repository')).toBe('true')
    expect(() => gitIn(workspace, 'fsck', '--strict')).not.toThrow()
  })

  test('on a detached HEAD', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.git('checkout', '--quiet', '--detach')
    expectFine(scene, await scene.run({ command: agent('work') }, { env: { GITHUB_REF: 'refs/tags/v1' } }))
    expect(() => scene.git('symbolic-ref', '-q', 'HEAD')).toThrow()
  })

  test('in a folder of a larger repository', async () => {
    await using scene = new Scene({
      specs: plainSpecs(1),
      project: 'apps/shop',
      files: { 'apps/shop/index.js': '', 'other/.keep': '' },
    })
    const run = await scene.run({
      'working-directory': './apps/shop/',
      command: agent('test -f index.js; test "$(basename "$PWD")" = shop; work'),
    })
    expectFine(scene, run)
    expect(scene.git('diff', '--name-only', 'main', BRANCH).split('\n')).toEqual([
      `apps/shop/.chant/specs/${ONE}.md`,
      `apps/shop/work-${ONE}.txt`,
    ])
    expect(readdirSync(join(scene.project, '.chant', 'logs'))).toContain(`${ONE}.log`)
  })

  test('in folders with blanks and letters of all kinds', async () => {
    await using scene = new Scene({ specs: plainSpecs(2), name: 'my wörk “space” 日本 $HOME & co' })
    const run = await scene.run({ setup: 'pwd', verify: `test -s "work-$CHANT_SPEC_ID.txt"`, command: agent('work') })
    expectFine(scene, run)
  })

  test('with a home that is read-only', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    chmodSync(scene.home, 0o500)
    expectFine(scene, await scene.run({ command: agent('work') }))
  })

  test('with nothing to do: neutral, and green', async () => {
    await using scene = new Scene({ specs: { [ONE]: specText({ front: 'depends_on: [2026-11-01-001-old]' }) } })
    const run = await scene.run({ command: agent('work') })
    expect(run.main).toMatchObject({ conclusion: 'success', code: 0, outputs: { conclusion: 'neutral', total: '0' } })
    expect(run.main.lines[0]).toContain('nothing to do')
    expect(run.main.summary).toContain('2026-11-01-001-old')
    expect(run.post.lines).toEqual([])
    expect([run.killed, scene.left()]).toEqual([[], []])
  })
})

/** A container often runs as root on a workspace that another user has checked out. */
test.skipIf(process.getuid?.() !== 0)('works in a workspace of another user (needs root to be tried)', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  for (const name of ['', ...readdirSync(scene.workspace, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(scene.workspace, name), 4321, 4321)
  }
  expectFine(scene, await scene.run({ command: agent('work; git status > /dev/null') }))
  expect(scene.branches()).toContain(BRANCH)
})
