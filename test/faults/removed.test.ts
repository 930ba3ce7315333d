import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs, specText } from '../e2e/spec-text.ts'
import { agentsOf, editJournal, leftRun, waitingRun } from './left-run.ts'
import { onLinux } from './machine.ts'

/** Rows 26 and 27: what a run writes and reads is removed or changed under it. */

const [ONE, TWO, THREE, FOUR] = [idOf(1), idOf(2), idOf(3), idOf(4)]
const TALK = 'echo before; came "$CHANT_SPEC_ID"; wait_here; echo after; work'

const warningsOf = ({ annotations }: { annotations: readonly { level: string; message: string }[] }) =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

describe.skipIf(!onLinux)('removed in mid-run,', () => {
  test('logs, raw output and journal are read on, written anew and said', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await waitingRun(scene, [ONE, TWO], { [ONE]: TALK, [TWO]: TALK }, { 'log-stream': 'full' })
    for (const id of ['001', '002']) await action.waitForLine(new RegExp(`${id}-abc │ before`))
    const state = scene.stateDirs()[0] ?? ''
    rmSync(join(scene.project, '.chant', 'logs'), { recursive: true })
    for (const name of ['report', 'raw', 'journal.ndjson']) rmSync(join(state, name), { recursive: true })
    await action.waitForLine(/journal was removed/)
    scene.gate.pass(2)
    const { main, post, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    for (const id of [ONE, TWO]) expect(scene.report(`logs/${id}.log`)).toBe('before\nafter\n')
    expect(warningsOf(main)).toHaveLength(3)
    expect(warningsOf(main).filter((message) => /log was removed.*written anew/.test(message))).toHaveLength(2)
    expect(scene.report('events.ndjson').split('\n')[0]).toContain('"type":"run-started"')
    expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
  })

  test('the whole state directory is an error that says so; no agent stays, and no step hangs', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const quiet = 'echo before; came "$CHANT_SPEC_ID"; wait_here; echo after'
    const action = await waitingRun(scene, [ONE], { [ONE]: quiet })
    // main may be writing there.
    rmSync(scene.stateDirs()[0] ?? '', { recursive: true, maxRetries: 5 })
    scene.gate.pass()
    const main = await action.done
    const post = await action.post()
    expect(main.code).toBe(1)
    expect(main.annotations.map(({ message }) => message).join('\n')).not.toMatch(/Internal error/)
    expect(resultsOf(main).workers).toMatchObject([{ spec_id: ONE, outcome: { type: 'worktree-error' } }])
    expect(scene.report(`logs/${ONE}.log`)).toBe('before\nafter\n')
    expect(post.annotations.map(({ message }) => message).join('\n')).not.toMatch(/Internal error/)
    expect([await action.endJob(), scene.processes()]).toEqual([[], []])
  })

  test("its own worktree, an agent loses nobody else's, and is told", async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await waitingRun(scene, [ONE, TWO], { [ONE]: 'rm -rf "$PWD"; wait_here', [TWO]: 'wait_here; work' })
    scene.gate.pass(2)
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'no-commits', [TWO]: 'completed' })
    expect(warningsOf(main).join()).toContain('The agent removed its worktree')
    expect([killed, scene.left()]).toEqual([[], []])
  })
})

describe.skipIf(!onLinux)('a spec that a person', () => {
  test('edits or deletes while it is worked keeps its text from the start; that is said, and nobody is blamed', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await waitingRun(scene, [ONE, TWO], { [ONE]: 'wait_here; work', [TWO]: 'wait_here; work' })
    scene.writeSpec(ONE, specText({ title: 'Another title', criteria: ['Another criterion'] }))
    rmSync(join(scene.project, '.chant', 'specs', `${TWO}.md`))
    scene.gate.pass(2)
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
    expect(warningsOf(main).sort()).toEqual([
      expect.stringMatching(
        /001-abc.md was edited in the workspace while it was worked.*criteria were changed, too: it is judged by those from the start/,
      ),
      expect.stringMatching(/002-abc.md was deleted in the workspace while it was worked/),
    ])
    expect(scene.specOn(`chant/${ONE}`, ONE)).toMatch(/^status: completed[\s\S]*# Task 1\n[\s\S]*- \[x\] It works/m)
    expect(scene.specOn(`chant/${TWO}`, TWO)).toContain('# Task 2\n')
    expect(scene.git('status', '--porcelain')).toBe(`M .chant/specs/${ONE}.md\n D .chant/specs/${TWO}.md`)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('breaks or deletes before it is its turn is worked as it was planned', async () => {
    await using scene = new Scene({ specs: plainSpecs(4) })
    const action = await waitingRun(
      scene,
      [ONE],
      { [ONE]: 'wait_here; work', [TWO]: 'work', [THREE]: 'work', [FOUR]: 'work' },
      { 'max-parallel': '1' },
    )
    const file = (id: string) => join(scene.project, '.chant', 'specs', `${id}.md`)
    scene.writeSpec(TWO, '---\nstatus: a\nstatus: b\n---\nbroken\n')
    rmSync(file(THREE))
    writeFileSync(file(FOUR), Buffer.from('caf\xe9', 'latin1'))
    scene.gate.pass()
    const { main, killed } = await finish(action)
    const ids = [ONE, TWO, THREE, FOUR]
    expect(outcomesIn(resultsOf(main))).toEqual(Object.fromEntries(ids.map((id) => [id, 'completed'])))
    for (const id of ids)
      expect(scene.specOn(`chant/${id}`, id)).toMatch(/^---\n[\s\S]*status: completed\n[\s\S]*\n# Task /)
    expect(
      warningsOf(main)
        .map((message) => /(\d+)-abc.md was (\w+)/.exec(message)?.slice(1).join(' '))
        .sort(),
    ).toEqual(['002 edited', '003 deleted', '004 edited'])
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test("edits while it is worked alone is not taken for the agent's doing", async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await waitingRun(scene, [ONE], { [ONE]: 'wait_here; work' })
    scene.writeSpec(ONE, specText({ title: 'Another title' }))
    scene.gate.pass()
    const { main } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    expect(warningsOf(main)).toEqual([expect.stringMatching(/was edited.*has the text from the start$/)])
  })
})

describe.skipIf(!onLinux)('when main was killed and', () => {
  // Whoever cleans a workspace must not keep post from the one thing nobody else does.
  test.each(['.git', ''])('the workspace/%s is gone, post still ends every agent', async (folder) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await waitingRun(scene, [ONE])
    action.kill('SIGKILL')
    await action.done
    rmSync(join(scene.workspace, folder), { recursive: true })
    // The runner starts post in the workspace's folder, as it is then.
    mkdirSync(scene.workspace, { recursive: true })
    const post = await action.post()
    expect([...agentsOf(scene).keys()]).toEqual([])
    expect(await action.endJob()).toEqual([])
    expect(post.annotations.map(({ message }) => message).join()).not.toMatch(/Internal error/)
  })
})

test.skipIf(!onLinux)(
  'a journal that somebody emptied hides no process from post, and no work is removed',
  async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await leftRun(scene, [ONE], { [ONE]: 'edit; leave_daemon; came "$CHANT_SPEC_ID"; wait_for_ever' })
    editJournal(scene, () => '')
    const post = await action.post()
    expect([[...agentsOf(scene).keys()], await action.endJob()]).toEqual([[], []])
    const worktree = join(scene.stateDirs()[0] ?? '', 'wt', ONE)
    expect(readFileSync(join(worktree, `work-${ONE}.txt`), 'utf8')).toBe(`${ONE}\n`)
    expect(post.annotations.map(({ message }) => message)).toEqual([
      expect.stringMatching(/emptied the journal.*was ended \(pid \d+, .*kept in .*\/wt/),
    ])
    // Nor by a run that comes later.
    await scene.run({ command: 'echo x > x' })
    expect(existsSync(worktree)).toBe(true)
  },
)
