import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { type Finished, finish, gitIn, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import { agentsOf, leftRun, waitingRun } from './left-run.ts'
import { onLinux } from './machine.ts'

/** Rows 36, 45 and 51: checkouts and machines that lack something. */

const ONE = idOf(1)

const warnings = ({ main }: Finished): readonly string[] =>
  main.annotations.map(({ level, message }) => `${level}: ${message}`)

/** Programs of this machine that these tests' agents need, and git; nothing else. */
function bareBin(scene: Scene, programs: readonly string[]): string {
  const folder = join(scene.root, 'bin')
  mkdirSync(folder)
  for (const name of programs)
    symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(folder, name))
  return folder
}

describe('a checkout', () => {
  test('with submodules works, and a warning says how to fill them', async () => {
    await using library = new Scene({ files: { 'lib.txt': 'a library\n' } })
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.workspace, 'lib')
    scene.commit('A submodule')
    const run = await scene.run({ command: agent('test -d lib; work') })
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed' })
    expect(warnings(run)).toEqual([
      expect.stringMatching(/^warning: .*submodules.*`setup: git submodule update --init`/),
    ])
    expect(scene.git('ls-tree', `chant/${ONE}`, 'lib')).toBe(scene.git('ls-tree', 'main', 'lib'))
    expect(scene.left()).toEqual([])
  })

  test('with Git LFS files works on their pointers, and a warning says how to fill them', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`
    await using scene = new Scene({
      specs: plainSpecs(1),
      files: { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'large.bin': pointer },
    })
    for (const [key, value] of [
      ['filter.lfs.clean', 'false'],
      ['filter.lfs.smudge', 'false'],
      ['filter.lfs.required', 'true'],
    ])
      scene.git('config', key ?? '', value ?? '')
    const run = await scene.run({ command: agent(`cp large.bin '${scene.root}/seen'; work`) })
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed' })
    expect(warnings(run)).toEqual([expect.stringMatching(/^warning: .*Git LFS.*`setup: git lfs checkout`/)])
    expect([scene.readRoot('seen'), scene.fileOn(`chant/${ONE}`, 'large.bin')]).toEqual([pointer, pointer])
  })

  test('that is partial is a clear error before any start where it lacks files, and works where it does not', async () => {
    await using origin = new Scene({ specs: plainSpecs(1), files: { 'src/a.txt': 'x\n', 'src/b.txt': 'y\n' } })
    origin.git('config', 'uploadpack.allowFilter', 'true')
    const workspace = join(origin.root, 'partial')
    const url = `file://${origin.workspace}`
    execFileSync('git', ['clone', '--quiet', '--filter=blob:none', '--no-checkout', url, workspace])
    gitIn(workspace, 'sparse-checkout', 'set', '--no-cone', '.chant')
    gitIn(workspace, 'checkout', '--quiet', 'main')
    const lacking = await origin.run({ command: agent('work') }, { workspace })
    expect(lacking.main.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^This checkout is partial: 3 files.*neither `filter` nor `sparse-checkout`\.$/),
    ])
    expect([lacking.main.code, lacking.post.lines, origin.left()]).toEqual([1, [], []])
    gitIn(workspace, 'sparse-checkout', 'disable')
    const whole = await origin.run({ command: agent('work') }, { workspace })
    expect(outcomesIn(resultsOf(whole.main))).toEqual({ [ONE]: 'completed' })
  })

  test('that is a worktree of another one works', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const workspace = join(scene.root, 'linked')
    scene.git('worktree', 'add', '--quiet', '-b', 'elsewhere', workspace)
    const { main, killed } = await scene.run({ command: agent('work') }, { workspace })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(gitIn(workspace, 'show', `chant/${ONE}:work-${ONE}.txt`)).toBe(ONE)
    expect(killed).toEqual([])
  })
})

describe.skipIf(!onLinux)('a bare container', () => {
  test('works: no home, no language, no identity, a workspace of somebody else, hardly a program', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const PATH = bareBin(scene, ['bash', 'git', 'sed', 'cat', 'rm'])
    if (process.getuid?.() === 0)
      for (const name of ['', ...readdirSync(scene.workspace, { recursive: true, encoding: 'utf8' })])
        chownSync(join(scene.workspace, name), 4321, 4321)
    const env = { PATH, HOME: undefined, LANG: undefined, RUNNER_TRACKING_ID: undefined }
    const { main, post } = await scene.run({ command: agent('work') }, { env })
    expect(main.annotations).toEqual([])
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(scene.git('log', '-1', '--format=%an', `chant/${ONE}`)).toBe('github-actions[bot]')
    expect([post.lines, scene.left()]).toEqual([[], []])
  })

  test('with an empty HOME keeps its state in the home of the user, or says why not', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command: agent('work') }, { env: { HOME: '' } })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
  })
})

describe.skipIf(!onLinux)('programs that are missing', () => {
  test('make nobody look dead: mode list needs none of them', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await waitingRun(scene, [ONE], { [ONE]: 'wait_here; work' })
    const list = await scene.run({ mode: 'list' }, { env: { PATH: '/nowhere' } })
    expect(list.main).toMatchObject({ code: 0, annotations: [] })
    expect(JSON.parse(list.main.outputs['results'] ?? '')).toMatchObject({ processes: [{ state: 'running' }] })
    scene.gate.pass()
    expect((await finish(action)).main.conclusion).toBe('success')
  })

  test('keep post from saving, never from ending the agents', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    // git is there for main, and gone for post.
    const PATH = bareBin(scene, ['bash', 'git', 'sed', 'cat', 'rm'])
    const action = await leftRun(scene, [ONE], {}, {}, { env: { PATH } })
    execFileSync('mv', [PATH, `${PATH}-gone`])
    const post = await action.post()
    expect(post.annotations.map(({ message }) => message).join()).toMatch(/`git` was not found/)
    expect([...agentsOf(scene).keys()]).toEqual([])
    expect(await action.endJob()).toEqual([])
    // And once it is back, the work is saved.
    execFileSync('mv', [`${PATH}-gone`, PATH])
    const clean = await scene.run({ mode: 'clean' })
    expect(clean.main.code).toBe(0)
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect(scene.left()).toEqual([])
  })
})
