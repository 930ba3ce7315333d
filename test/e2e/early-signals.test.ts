import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodeBy } from '../faults/machine.ts'
import { agent } from './agent.ts'
import { blockingGit } from './blocking-git.ts'
import { outcomesIn } from './results-file.ts'
import { finish, Scene } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'

/** Signals that come before the first agent has started. */

const [ONE, TWO] = [idOf(1), idOf(2)]

describe('a signal', () => {
  test.each(['SIGINT', 'SIGKILL'] as const)('%s while the run is being opened leaves nothing', async (signal) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({ command: agent('work') }, { env: { PATH: blockingGit(scene, 'init') } })
    await scene.gate.cameAll(['git'], action.done)
    action.kill(signal)
    if (signal === 'SIGKILL') await action.done
    scene.gate.pass(10)
    const { main, post, killed } = await finish(action)
    expect(main.code).not.toBe(0)
    expect([post.code, killed, scene.left()]).toEqual([0, [], []])
    const next = await scene.run({ command: agent('work') })
    expect(next.main.outputs['conclusion']).toBe('success')
    expect([next.killed, scene.left()]).toEqual([[], []])
  })

  test.each([
    ['while the run is being opened', 'init'],
    ['while worktrees are made', 'worktree add'],
  ])('SIGKILL %s leaves nobody, a git that hangs neither', async (_, command) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({ command: agent('work') }, { env: { PATH: blockingGit(scene, command) } })
    await scene.gate.cameAll(['git'], action.done)
    action.kill('SIGKILL')
    const { post, killed } = await finish(action)
    expect([post.code, killed, scene.left()]).toEqual([0, [], []])
  })

  test('SIGINT while worktrees are made starts no agent, and post puts it in order', async () => {
    await using scene = new Scene({ specs: plainSpecs(2) })
    const action = await scene.start(
      { command: agent(`: > '${scene.root}/started'; work`) },
      { env: { PATH: blockingGit(scene, 'worktree add') } },
    )
    await scene.gate.cameAll(['git'], action.done)
    action.kill('SIGINT')
    await action.waitForLine(/stopping: the run was cancelled/)
    scene.gate.pass(10)
    const { main, post, killed } = await finish(action)
    expect(main).toMatchObject({ code: 1, signal: null, outputs: { conclusion: 'cancelled' } })
    expect(post.code).toBe(0)
    expect(outcomesIn(scene.results())).toEqual({ [ONE]: 'cancelled', [TWO]: 'cancelled' })
    expect(() => scene.readRoot('started')).toThrow()
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('%s while an agent is asked its version leaves nobody', async (signal) => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const bin = join(scene.root, 'bin')
    mkdirSync(bin)
    // A wrapper, as npm and others make them, whose child does not answer.
    const script = `#!/bin/bash\n${scene.gate.words}came claude\nsleep 600 & wait\n`
    writeFileSync(join(bin, 'claude'), script, { mode: 0o755 })
    const env = { PATH: `${bin}:${process.env['PATH']}`, ANTHROPIC_API_KEY: 'a-key' }
    const action = await scene.start({ agent: 'claude' }, { env })
    await scene.gate.cameAll(['claude'], action.done)
    action.kill(signal)
    await action.done
    expect(scene.processes()).not.toEqual([])
    const { post, killed } = await finish(action)
    expect([post.code, post.lines, killed, scene.left(), scene.stateDirs()]).toEqual([0, [], [], [], []])
  })

  test('SIGKILL between the lock of the workspace and the place of the run leaves no lock', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const [workspace, identity] = [
      join(scene.state, 'chant-action', 'w'),
      { pid: 4, start: '5', boot: '6', namespace: '7' },
    ]
    mkdirSync(workspace, { recursive: true })
    const stateDir = join(workspace, '4711-1-chant-__self')
    const owner = JSON.stringify({
      identity,
      runKey: '4711-1-chant-__self',
      stateDir,
      since: '2026-11-02T00:00:00.000Z',
    })
    writeFileSync(join(workspace, 'owner.json'), owner)
    const killed = `echo 'state-dir=${stateDir}' >> "$GITHUB_STATE"; exit 137`
    const node = nodeBy(scene, `case "$1" in *main.js) ${killed} ;; esac; exec "$NODE" "$@"`)
    const { post } = await scene.run({ command: agent('work') }, { node })
    expect([post.code, post.lines, scene.left(), scene.stateDirs()]).toEqual([0, [], [], []])
  })

  test('before anything was done leaves post nothing to do', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({ command: agent('work') }, { env: { PATH: blockingGit(scene, 'rev-parse') } })
    await scene.gate.cameAll(['git'], action.done)
    action.kill('SIGKILL')
    await action.done
    scene.gate.pass(10)
    const { post, killed } = await finish(action)
    expect([post.code, post.lines, killed, scene.left(), scene.stateDirs()]).toEqual([0, [], [], [], []])
  })
})
