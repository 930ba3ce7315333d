import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { slowness } from '../runner/slowness.ts'
import { agent, agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

/** Agents that do what no agent should: nothing is lost, nothing stays behind, and the others go on. */

const onLinux = test.skipIf(process.platform !== 'linux')

const [ONE, TWO, THREE, FOUR, FIVE] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]

describe('an agent that does not end', () => {
  onLinux('is stopped with everything it started, once its time is up', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    // Enough for the other one's commit.
    const minutes = Number((0.06 * slowness()).toFixed(3))
    const run = await scene.run({
      'timeout-minutes': String(minutes),
      command:
        scene.gate.words +
        agentBySpec({
          [ONE]: `trap '' TERM
            edit
            leave_daemon
            env -i PATH="$PATH" setsid bash -c "read -r _ < '${scene.gate.folder}/.never'" &
            wait_for_ever`,
        }),
    })
    const results = resultsOf(run.main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'timed-out', [TWO]: 'completed' })
    expect(workerIn(results, ONE).outcome).toMatchObject({ minutes })
    expect(run.main.lines.some((line) => /swept .*\(needed SIGKILL\)/.test(line))).toBe(true)
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([run.killed, scene.left()]).toEqual([[], []])
  })

  onLinux('but ends itself and leaves a daemon, has it swept away', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const run = await scene.run({ command: scene.gate.words + agent('leave_daemon; work') })
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed' })
    expect(run.main.lines.some((line) => line.includes('swept'))).toBe(true)
    expect([run.killed, scene.left()]).toEqual([[], []])
  })
})

describe('an agent in the main checkout', () => {
  const outside = (scene: Scene) =>
    `echo oops >> '${scene.workspace}/README.md'; echo new > '${scene.workspace}/stray.txt'`

  test('fails, where it was alone', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const run = await scene.run({
      'max-parallel': '1',
      command: agentBySpec({ [ONE]: `${outside(scene)}; work` }),
    })
    const results = resultsOf(run.main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'checkout-touched', [TWO]: 'completed' })
    expect(workerIn(results, ONE).outcome).toMatchObject({ files: ['README.md', 'stray.txt'] })
    expect(scene.git('status', '--porcelain')).toBe('M README.md\n?? stray.txt')
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([run.killed, scene.left()]).toEqual([[], []])
  })

  test('fails for a file that was changed before, too', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    scene.write({ 'README.md': '# Changed by a person\n' })
    const run = await scene.run({ command: agent(`echo oops >> '${scene.workspace}/README.md'; work`) })
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'checkout-touched' })
  })

  test('fails for moving its HEAD or its branch', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const run = await scene.run({
      command: agent(`git -C '${scene.workspace}' checkout --quiet -b elsewhere; work`),
    })
    expect(workerIn(resultsOf(run.main), ONE).outcome).toMatchObject({ type: 'checkout-touched', files: ['HEAD'] })
  })

  test('is named in a warning with the others, where several were alive', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await scene.start({
      command:
        scene.gate.words +
        agentBySpec(
          { [ONE]: `wait_here; ${outside(scene)}; came touched; work` },
          // It is there until that has happened, however fast it is.
          `wait_here; until [ -e '${scene.gate.folder}/touched' ]; do :; done; work`,
        ),
    })
    await scene.gate.arrived(2, action.done)
    scene.gate.pass(2)
    const main = await action.done
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    const warnings = main.annotations.filter(({ level }) => level === 'warning')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.message).toMatch(new RegExp(`README\\.md.*${ONE}.*${TWO}`))
  })

  test('is not blamed for what it was told to write there: logs and process files', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: { '.gitignore': '' } })
    const { main } = await scene.run({ command: agent('work') })
    expect(main.conclusion).toBe('success')
  })

  test('is named though it put a file in the place of a folder there', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: { 'src/a.txt': 'a\n' } })
    const { main } = await scene.run({ command: agent(`work; cd '${scene.workspace}'; rm -r src; echo x > src`) })
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'checkout-touched' })
  })
})

describe('an agent that does not leave its worktree as it was', () => {
  test('loses nothing by deleting specs, switching branches, rewinding or detaching', async () => {
    await using scene = new Scene({ specs: { ...plainSpecs(4), [FIVE]: specText({ criteria: [] }) } })
    const before = scene.commit('A second commit, to be rewound to its parent')
    const run = await scene.run({
      command: agentBySpec({
        [ONE]: 'edit; git rm --quiet -r .chant; save',
        [TWO]: 'edit; tick; save kept; git reset --quiet --hard HEAD~2',
        [THREE]: 'git checkout --quiet -b mine; work',
        [FOUR]: 'edit; tick; save first; git checkout --quiet --detach HEAD~2; echo other > other.txt; save second',
        [FIVE]: 'edit; save; rm -rf .git',
      }),
    })
    const results = resultsOf(run.main)
    expect(outcomesIn(results)).toEqual({
      [ONE]: 'criteria-unchecked',
      [TWO]: 'worktree-error',
      [THREE]: 'completed',
      [FOUR]: 'worktree-error',
      [FIVE]: 'completed',
    })
    const files = (branch: string) => scene.git('ls-tree', '-r', '--name-only', branch).split('\n')
    expect(files(`chant/${ONE}`)).toContain(`work-${ONE}.txt`)
    expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^status: failed$/m)
    // Rewound commits are kept, too, beside the branch if not on it.
    const kept = scene.branches().filter((name) => name.startsWith(`chant/${TWO}`))
    expect(kept.flatMap(files)).toContain(`work-${TWO}.txt`)
    expect(files(`chant/${THREE}`)).toContain(`work-${THREE}.txt`)
    expect(files(`chant/${FOUR}`)).toContain(`work-${FOUR}.txt`)
    expect(files(`chant/${FOUR}-stray`)).toContain('other.txt')
    expect(files(`chant/${FIVE}`)).toContain(`work-${FIVE}.txt`)
    expect(scene.git('rev-parse', 'HEAD')).toBe(before)
    expect(scene.branches()).not.toContain('mine')
    expect([run.killed, scene.left()]).toEqual([[], []])
  })

  test('does not make our git run its code', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const trap = join(scene.root, 'trap')
    const run = await scene.run({
      command: agent(`
        common=$(git rev-parse --git-common-dir); own=$(git rev-parse --git-dir)
        for dir in "$common" "$own"; do
          mkdir -p "$dir/hooks" "$dir/info"
          for hook in pre-commit post-commit post-checkout reference-transaction pre-push; do
            printf '#!/bin/sh\\n: > "${trap}-%s"\\n' $hook > "$dir/hooks/$hook"; chmod +x "$dir/hooks/$hook"
          done
          echo '* filter=evil diff=evil merge=evil' > "$dir/info/attributes"
        done
        edit; tick
        for key in core.fsmonitor filter.evil.clean filter.evil.smudge diff.evil.command diff.external merge.evil.driver; do
          git config "$key" ": > ${trap}-config; cat"
        done
        git config core.hooksPath "$common/hooks"
        rm -f "${trap}"*`),
    })
    expect(outcomesIn(resultsOf(run.main))).toEqual({ [ONE]: 'completed' })
    expect(
      ['-config', '-pre-commit', '-post-commit', '-reference-transaction'].filter((end) => existsSync(trap + end)),
    ).toEqual([])
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
  })
})
