import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentBySpec } from '../e2e/agent.ts'
import type { Scene, Start } from '../e2e/scene.ts'
import { processesOf, type SceneProcess } from '../e2e/traces.ts'
import type { RunningAction } from '../runner/runner.ts'
import { lives, until } from './machine.ts'

/** The processes that run the agents' commands, by spec id. */
export function agentsOf(scene: Scene): ReadonlyMap<string, SceneProcess> {
  const carriers = processesOf(scene.root).filter(({ environment }) => 'CHANT_SPEC_ID' in environment)
  const pids = new Set(carriers.map(({ pid }) => pid))
  // The first of each tree: its parent carries nothing.
  const leaders = carriers.filter(({ parent }) => !pids.has(parent))
  return new Map(leaders.map((leader) => [leader.environment['CHANT_SPEC_ID'] ?? '', leader]))
}

/** Starts a run whose agents, one for each spec, have changed something and wait. */
export async function waitingRun(
  scene: Scene,
  ids: readonly string[],
  scripts: Readonly<Record<string, string>> = {},
  inputs: Readonly<Record<string, string>> = {},
  more: Start = {},
): Promise<RunningAction> {
  const command = scene.gate.words + agentBySpec(scripts, 'edit; came "$CHANT_SPEC_ID"; wait_for_ever')
  const action = await scene.start({ command, ...inputs }, more)
  await scene.gate.cameAll(ids, action.done)
  return action
}

/** The same with its main process killed: what a machine is left with when nothing of ours got a word in. */
export async function leftRun(...args: Parameters<typeof waitingRun>): Promise<RunningAction> {
  const action = await waitingRun(...args)
  action.kill('SIGKILL')
  await action.done
  return action
}

/** What lives of a scene, in short. */
export const livingIn = (scene: Scene): readonly string[] =>
  scene
    .processes()
    .map(({ pid, command, environment }) => `${pid} ${environment['CHANT_SPEC_ID']} ${command.slice(0, 60)}`)

/** Kills a process that is not our child, and waits until it is gone. */
export async function killed(pid: number | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no such process')
  process.kill(pid, 'SIGKILL')
  await until(() => !lives(pid), `the end of ${pid}`)
}

/** Changes the newest run's journal, as if it had been written in another world. */
export function editJournal(scene: Scene, edit: (text: string) => string): void {
  const path = join(scene.stateDirs().at(-1) ?? '', 'journal.ndjson')
  writeFileSync(path, edit(readFileSync(path, 'utf8')))
}

/** Every line of the newest run's journal that is no event: a torn one would be here. */
export function tornLines(scene: Scene): readonly string[] {
  const text = readFileSync(join(scene.stateDirs().at(-1) ?? '', 'journal.ndjson'), 'utf8')
  return text.split('\n').filter((line) => line !== '' && !(line.startsWith('{"at":') && line.endsWith('}')))
}
