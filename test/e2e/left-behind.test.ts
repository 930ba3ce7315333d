import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from './agent.ts'
import { outcomesIn, resultsOf } from './results-file.ts'
import { finish, gitIn, Scene } from './scene.ts'
import { plainSpecs } from './spec-text.ts'

const ONE = '2026-11-02-001-abc'
const commit = (file: string) => `echo x > ${file}; git add ${file}; git commit -qm "${file}"`

describe('what an agent leaves beside its branch is kept and named', () => {
  test.each([
    [
      'a branch of its own',
      `start=$(git branch --show-current); git checkout -q -b feature; ${commit('side')}; git checkout -q "$start"`,
      'side',
    ],
    ['commits that it reset', `${commit('gone')}; git reset -q --hard HEAD~1`, 'gone'],
    ['a stash', 'echo x > stashed; git add stashed; git stash -q', 'stashed'],
  ])('%s', async (_, command, file) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'no-commits' })
    expect(scene.fileOn(`chant/${ONE}-abandoned`, file)).toBe('x\n')
    expect(main.lines.join('\n')).toContain(`chant/${ONE}-abandoned`)
  })

  const linked = (path: string) =>
    `git worktree add -q ${path} -b helper; cd ${path}; ${commit('side')}; echo y > unsaved`

  test.each([
    ['inside its own', '.claude/worktrees/a', {}],
    ['inside its own, where git ignores it', '.claude/worktrees/a', { '.gitignore': '.claude/\n' }],
  ])('a worktree that it made %s', async (_, path, files) => {
    await using scene = new Scene({ specs: plainSpecs(1), files })
    const { main } = await scene.run({ command: linked(path) })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'no-commits' })
    const kept = `chant/${ONE}-abandoned`
    expect([scene.fileOn(kept, 'side'), scene.fileOn(kept, 'unsaved')]).toEqual(['x\n', 'y\n'])
    expect(main.lines.join('\n')).toContain(kept)
    expect(scene.left()).toEqual([])
  })

  test.each([
    ['a worktree that it made beside its own', linked('../side')],
    ['the same, with HEAD on no branch', `${linked('../helper')}; git checkout -q --detach; git branch -q -D helper`],
    [
      'a branch that HEAD never stood on',
      `git branch helper $(echo x > side; echo y > unsaved; git add side unsaved; git commit-tree -p HEAD -m side $(git write-tree)); git reset -q --hard`,
    ],
  ])('%s', async (_, command) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main, post } = await scene.run({ command })
    const [kept = '', ...more] = scene.branches().filter((name) => name.startsWith('chant/stray-'))
    expect([kept, more]).toEqual([expect.stringMatching(/helper$/), []])
    expect([scene.fileOn(kept, 'side'), scene.fileOn(kept, 'unsaved')]).toEqual(['x\n', 'y\n'])
    expect(main.lines.join('\n')).toContain(kept)
    expect([post.lines, scene.left()]).toEqual([[], []])
  })

  test('what it put among the worktrees', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { post } = await scene.run({ command: 'echo note > ../note.txt' })
    const kept = join(scene.stateDirs().at(-1) ?? '', 'kept', 'beside', 'note.txt')
    expect(readFileSync(kept, 'utf8')).toBe('note\n')
    expect([post.lines, scene.left()]).toEqual([[], ['state: kept']])
  })

  test.each(['--skip-worktree', '--assume-unchanged'])('edits that it hid by %s', async (option) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command: `git update-index ${option} README.md; echo hidden >> README.md` })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'criteria-unchecked' })
    expect(scene.fileOn(`chant/${ONE}`, 'README.md')).toContain('hidden')
  })

  test('a sparse checkout takes nothing off its branch', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: { 'a/b.txt': 'x\n' } })
    await scene.run({ command: agent('git sparse-checkout set --no-cone .chant "work*"; test ! -e a; work') })
    expect(scene.git('diff', '--name-only', 'main', `chant/${ONE}`).split('\n')).toEqual([
      `.chant/specs/${ONE}.md`,
      `work-${ONE}.txt`,
    ])
  })

  describe('in a submodule', () => {
    const setup = 'git -c protocol.file.allow=always submodule --quiet update --init'
    const scenes = (): { scene: Scene; library: Scene } => {
      const library = new Scene({ files: { 'lib.txt': 'a library\n' } })
      const scene = new Scene({ specs: plainSpecs(1) })
      scene.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.workspace, 'lib')
      scene.commit('A submodule')
      return { scene, library }
    }
    const me = 'git config user.name A; git config user.email a@example.invalid'

    test.each([
      ['edits', 'echo edited >> lib/lib.txt; echo new > lib/new.txt'],
      ['commits', `cd lib; ${me}; echo edited >> lib.txt; git commit -qam inside; echo new > new.txt`],
    ])('%s', async (_, command) => {
      const { scene, library } = scenes()
      await using _scene = scene
      await using _library = library
      // A filter of the submodule's own would be run by a git that compares its files.
      const trap = `git -C lib config filter.evil.clean 'touch ${scene.root}/trap; cat'; echo '* filter=evil' > lib/.gitattributes`
      const { main } = await scene.run({ setup, command: `${trap}; ${command}; rm -f '${scene.root}/trap'` })
      const kept = join(scene.stateDirs().at(-1) ?? '', 'kept', ONE, 'lib')
      expect(readFileSync(join(kept, 'lib.txt'), 'utf8')).toBe('a library\nedited\n')
      expect(gitIn(kept, 'rev-parse', '--show-toplevel')).toBe(kept)
      const patch = scene.report(`logs/${ONE}.lib.patch`)
      expect([patch.includes('+edited'), patch.includes('+new')]).toEqual([true, true])
      expect(main.lines.join('\n')).toContain(`logs/${ONE}.lib.patch`)
      expect([existsSync(join(scene.root, 'trap')), scene.left()]).toEqual([false, ['state: kept']])
    })

    test('nothing, and nothing is said', async () => {
      const { scene, library } = scenes()
      await using _scene = scene
      await using _library = library
      const { main } = await scene.run({ setup, command: agent('test -e lib/lib.txt; work') })
      expect([outcomesIn(resultsOf(main)), scene.left()]).toEqual([{ [ONE]: 'completed' }, []])
    })
  })

  test('an unfinished rebase is no success', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const command = `${commit('a')}; ${commit('b')}; GIT_SEQUENCE_EDITOR="sed -i 1s/pick/edit/" git rebase -q -i HEAD~2 || true`
    const { main } = await scene.run({ command })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'worktree-error' })
  })
})

describe('an agent that removes its own worktree loses nothing that is committed', () => {
  test.each([
    ['by git', 'cd /; git -C "$CHANT_WORKTREE_PATH" worktree remove --force "$CHANT_WORKTREE_PATH"'],
    ['by rm', 'rm -rf "$CHANT_WORKTREE_PATH"'],
  ])('%s', async (_, remove) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main, post } = await scene.run({ command: agent(`work; ${remove}`), verify: `test -e work-${ONE}.txt` })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(main.annotations.map(({ message }) => message)).toEqual([expect.stringContaining('removed its worktree')])
    expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^status: completed$/m)
    expect([post.lines, scene.left()]).toEqual([[], []])
  })

  test('and is killed with the action', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({
      command: agent(`work; rm -rf "$CHANT_WORKTREE_PATH"; ${scene.gate.words}wait_here`),
    })
    await scene.gate.arrived(1, action.done)
    action.kill('SIGKILL')
    await finish(action)
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect(scene.left()).toEqual([])
  })

  test.each([
    ['what git keeps of it', 'rm -rf "$(git rev-parse --git-dir)"'],
    ['the branch under its feet', 'git checkout -q --orphan fresh'],
  ])('or %s, nor what is not', async (_, remove) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const { main } = await scene.run({ command: agent(`edit; tick; ${remove}`) })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect(scene.left()).toEqual([])
  })
})

describe('what an agent removes or locks harms nobody else', () => {
  test.each([
    ['the lock folder', 'rm -rf "$GITHUB_WORKSPACE/.chant/.locks"'],
    [
      'all projections',
      'rm -rf "$GITHUB_WORKSPACE/.chant/pids" "$GITHUB_WORKSPACE/.chant/processes" "$GITHUB_WORKSPACE/.chant/logs"',
    ],
    ['the raw output', 'rm -rf "$CHANT_WORKTREE_PATH/../../raw"'],
  ])('%s', async (_, harm) => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const command = `W='${scene.workspace}'; ${harm.replaceAll('$GITHUB_WORKSPACE', '$W')}; echo x > x`
    const { main } = await scene.run({ command, 'max-parallel': '1', 'skip-criteria': 'true' })
    expect(new Set(Object.values(outcomesIn(resultsOf(main))))).toEqual(new Set(['completed']))
  })
})

test('a run that another one recovers keeps its secrets', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const secret = 'correct-horse-battery'
  const first = await scene.start(
    {
      command: `${scene.gate.words}echo "key $DEPLOY_VALUE"; echo "$DEPLOY_VALUE" > leak.txt; wait_here`,
      'pass-env': 'DEPLOY_VALUE',
    },
    { env: { DEPLOY_VALUE: secret } },
  )
  await scene.gate.arrived(1, first.done)
  first.kill('SIGKILL')
  await first.done
  const { main } = await scene.run({ command: 'echo x > x' })
  expect(main.lines.join('\n')).not.toContain(secret)
  const report = join(main.outputs['logs-dir'] ?? '', '..', 'recovered')
  expect(existsSync(report)).toBe(true)
  const found = execFileSync(
    'sh',
    [
      '-c',
      `grep -rl ${secret} "${scene.state}" --include=*.log --include=*.patch --include=*.html --include=*.md --include=*.json --include=*.ndjson || true`,
    ],
    { encoding: 'utf8' },
  )
  expect(found.split('\n').filter((path) => path !== '' && !path.includes('/raw/'))).toEqual([])
})
