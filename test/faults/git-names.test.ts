import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent, agentBySpec } from '../e2e/agent.ts'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { leftRun, waitingRun } from './left-run.ts'
import { bystander, lives, onLinux } from './machine.ts'

/** Rows 30, 31 and 32: locks, branches and folders that are there already. */

const [ONE, TWO] = [idOf(1), idOf(2)]

const touch = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
}

/** A PATH on which git, once it has been refused by a lock, finds it given back: no clock says when. */
function untilRefused(scene: Scene, lock: string): { readonly PATH: string; readonly refused: () => boolean } {
  const folder = join(scene.root, 'bin')
  const said = join(folder, 'said')
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/bash
'${git}' "$@" 2> '${said}'.$$
code=$?
cat '${said}'.$$ >&2
if grep -q "$(basename '${lock}').*File exists" '${said}'.$$; then : > '${folder}/refused'; rm -f '${lock}'; fi
exit $code
`,
    { mode: 0o755 },
  )
  return { PATH: `${folder}:${process.env['PATH']}`, refused: () => existsSync(join(folder, 'refused')) }
}

describe.concurrent('a lock in the repository of the workspace', () => {
  test('that is held for ever stops nothing but what needs it', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const git = join(scene.workspace, '.git')
    for (const name of ['index.lock', 'config.lock', `refs/heads/chant/${TWO}.lock`]) touch(join(git, name))
    const { main, post, killed } = await scene.run({ command: agent('work') })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'publish-error' })
    expect(workerIn(results, TWO).outcome?.message).toMatch(new RegExp(`chant/${TWO}.*lock.*File exists`))
    // The work is not on a branch of the workspace, so it is with the logs.
    expect(scene.report(`logs/${TWO}.patch`)).toContain(`+++ b/work-${TWO}.txt`)
    expect(post.annotations.map(({ message }) => message).join()).toMatch(/could not be saved and is kept in/)
    expect(killed).toEqual([])
    rmSync(join(git, `refs/heads/chant/${TWO}.lock`))
    const clean = await scene.run({ mode: 'clean' })
    expect(clean.main.code).toBe(0)
    expect(scene.fileOn(`chant/${TWO}`, `work-${TWO}.txt`)).toBe(`${TWO}\n`)
    expect(scene.left()).toEqual([])
  })

  test('that is given back in time is waited for', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const lock = join(scene.workspace, '.git', 'refs', 'heads', 'chant', `${ONE}.lock`)
    touch(lock)
    const { PATH, refused } = untilRefused(scene, lock)
    const { main, post } = await scene.run({ command: agent('work') }, { env: { PATH } })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect([refused(), post.lines, scene.left()]).toEqual([true, [], []])
  })
})

test.concurrent('a lock that an agent leaves in its own repository is a clear error, and post saves the work', async () => {
  await using scene = new Scene({ specs: plainSpecs(2) })
  const { main, post, killed } = await scene.run({
    command: agentBySpec({ [ONE]: 'edit; tick; : > "$(git rev-parse --git-dir)/index.lock"' }),
  })
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [ONE]: 'worktree-error', [TWO]: 'completed' })
  expect(workerIn(results, ONE).outcome?.message).toMatch(/index\.lock.*File exists/)
  expect(post.code).toBe(0)
  expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
  expect([killed, scene.left()]).toEqual([[], []])
})

describe.concurrent('a branch', () => {
  test('that somebody makes while its spec is worked is kept, and the work is beside it', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await waitingRun(scene, [ONE], { [ONE]: 'wait_here; work' })
    scene.git('branch', `chant/${ONE}`)
    scene.gate.pass()
    const main = await action.done
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(scene.git('rev-parse', `chant/${ONE}`)).toBe(scene.git('rev-parse', 'main'))
    const beside = `chant/${ONE}-r4711`
    expect(workerIn(resultsOf(main), ONE).branch).toBe(beside)
    expect(scene.specOn(beside, ONE)).toMatch(new RegExp(`^branch: ${beside}$`, 'm'))
    expect(main.annotations.map(({ message }) => message).join()).toContain(beside)
    expect([(await action.post()).lines, await action.endJob(), scene.left()]).toEqual([[], [], []])
  })

  test('that somebody makes is kept by post, too', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await leftRun(scene, [ONE])
    scene.git('branch', `chant/${ONE}`)
    await action.post()
    expect(scene.git('rev-parse', `chant/${ONE}`)).toBe(scene.git('rev-parse', 'main'))
    expect(scene.fileOn(`chant/${ONE}-r4711`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([await action.endJob(), scene.left()]).toEqual([[], []])
  })

  test('that is there is kept, and the work is beside it', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const old = scene.git('rev-parse', 'HEAD')
    scene.git('branch', `chant/${ONE}`)
    const { main } = await scene.run({ command: agent('work') })
    expect(workerIn(resultsOf(main), ONE).branch).toBe(`chant/${ONE}-r4711`)
    expect([scene.git('rev-parse', `chant/${ONE}`), main.conclusion]).toEqual([old, 'success'])
  })

  test('below the name that is wanted is kept, and the work is beside it', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.git('branch', `chant/${ONE}/part`)
    const { main, killed } = await scene.run({ command: agent('work') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(scene.branches()).toEqual([`chant/${ONE}-r4711`, `chant/${ONE}/part`, 'main'])
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('with the name of the prefix is a clear error before any start', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.git('branch', 'chant')
    const { main } = await scene.run({ command: agent(`: > '${scene.root}/started'; work`) })
    expect(main.annotations.map(({ message }) => message).join('\n')).toMatch(
      /branch chant exists.*`branch-prefix`.*No agent was started/,
    )
    expect(main.summary).toContain('worktree could not be made')
    expect([existsSync(join(scene.root, 'started')), scene.left()]).toEqual([false, []])
  })
})

describe.skipIf(!onLinux).concurrent('a folder in the place of a worktree', () => {
  /** As a run of the same key would have left it that never came to its first record. */
  const leaveFolder = (scene: Scene): string => {
    const name = execFileSync('sh', ['-c', `printf %s '${scene.workspace}' | sha256sum | cut -c 1-16`])
    const folder = join(scene.state, 'chant-action', String(name).trim(), '4711-1-chant-__self', 'wt', ONE)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'precious.txt'), 'precious\n')
    return folder
  }

  test("is in nobody's way", async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    leaveFolder(scene)
    const { main, post } = await scene.run({ command: agent('work') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(scene.git('ls-tree', '-r', '--name-only', `chant/${ONE}`)).not.toContain('precious')
    expect(post.lines).toEqual([])
  })

  test('in which somebody works is not removed, and that one is not signalled', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const folder = leaveFolder(scene)
    await using somebody = await bystander('sleep', ['600'], folder)
    const { main } = await scene.run({ command: agent('work') })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect([lives(somebody.pid), readdirSync(folder)]).toEqual([true, ['precious.txt']])
  })

  test('of a live run is left alone by another run of the same key', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const first = await waitingRun(scene, [ONE], { [ONE]: 'wait_here; work' }, {}, { env: { GITHUB_RUN_ID: '7' } })
    const again = await scene.run({ command: agent('work') }, { env: { GITHUB_RUN_ID: '7' } })
    expect(again.main.annotations).toMatchObject([{ message: expect.stringContaining('works in this workspace') }])
    scene.gate.pass()
    expect(outcomesIn(resultsOf(await first.done))).toEqual({ [ONE]: 'completed' })
    await first.post()
    expect(scene.left()).toEqual([])
  })
})
