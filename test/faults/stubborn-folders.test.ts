import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs } from '../e2e/spec-text.ts'
import type { RunningAction } from '../runner/runner.ts'
import { agentsOf, waitingRun } from './left-run.ts'
import { canLimit, nodeBy } from './machine.ts'

/** Folders in a worktree that do not go when they are told to: a runner is seldom root. */

const ONE = idOf(1)
const USER = 45_671

/** The action as a user without rights. */
async function startAsUser(scene: Scene, script: string): Promise<RunningAction> {
  execFileSync('chmod', ['755', scene.root])
  // What the runner hands to the step is made when it starts.
  const own = `case "$1" in *main.js) chown -R ${USER}:${USER} '${scene.root}' ;; *) chown -R ${USER}:${USER} '${scene.temp}' ;; esac`
  const node = nodeBy(scene, `${own}; exec setpriv --reuid=${USER} --regid=${USER} --clear-groups "$NODE" "$@"`)
  return await waitingRun(scene, [ONE], { [ONE]: script }, {}, { node })
}

describe.skipIf(!canLimit)('in a worktree of somebody who is not root', () => {
  test('folders that are read-only, as of a module cache, go all the same', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: { '.gitignore': 'cache/\n' } })
    const script = 'mkdir -p cache/m/n; echo x > cache/m/n/f; chmod -R a-w cache; wait_here; work'
    const action = await startAsUser(scene, script)
    scene.gate.pass()
    const { main, post } = await finish(action)
    expect([main.annotations, outcomesIn(resultsOf(main))]).toEqual([[], { [ONE]: 'completed' }])
    expect([post.lines, scene.left()]).toEqual([[], []])
  })

  test('files of another user, as containers leave them, are moved out of the way and named', async () => {
    await using scene = new Scene({ specs: plainSpecs(1), files: { '.gitignore': 'theirs/\n' } })
    const action = await startAsUser(scene, 'wait_here; work')
    const worktree = agentsOf(scene).get(ONE)?.environment['CHANT_WORKTREE_PATH'] ?? ''
    mkdirSync(join(worktree, 'theirs'))
    writeFileSync(join(worktree, 'theirs', 'file'), 'root was here\n')
    scene.gate.pass()
    const { main, post } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    const kept = join(scene.stateDirs().at(-1) ?? '', 'kept', ONE, 'remains', 'theirs', 'file')
    expect(existsSync(kept)).toBe(true)
    expect(main.annotations.map(({ message }) => message)).toEqual([expect.stringContaining('another user')])
    expect([post.lines, scene.left()]).toEqual([[], ['state: kept']])
  })
})
