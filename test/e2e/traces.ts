import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A live process of a scene, as the kernel shows it. */
export interface SceneProcess {
  readonly pid: number
  readonly parent: number
  readonly command: string
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Live processes that have the scene's path in their command line or environment: the action, agents, and whatever came
 * from them. Linux only; elsewhere it finds none.
 */
export function processesOf(root: string): readonly SceneProcess[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((name) => {
      const [command, environment, stat] = ['cmdline', 'environ', 'stat'].map((file) => read(`/proc/${name}/${file}`))
      if (!command?.includes(root) && !environment?.includes(root)) return []
      const [state, parent] = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ')
      if (state === undefined || state === 'Z' || state === 'X' || state === '') return []
      return [
        {
          pid: Number(name),
          parent: Number(parent),
          command: (command ?? '').replaceAll('\0', ' ').trim(),
          environment: variablesIn(environment ?? ''),
        },
      ]
    })
}

/** Empty for a process that is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const variablesIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\0').flatMap((entry) => {
      const at = entry.indexOf('=')
      return at < 0 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]]
    }),
  )

/** Names in a folder; none where there is no folder, and never the `.gitignore` that keeps it out of git. */
export const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.gitignore') : []

/** Files and folders that a run which is over must not leave: projections, worktrees, its repository, raw output, its lock. */
export function filesLeft(project: string, stateHome: string): readonly string[] {
  const projections = ['pids', 'processes', '.locks'].flatMap((folder) =>
    namesIn(join(project, '.chant', folder)).map((name) => `.chant/${folder}/${name}`),
  )
  const ofRuns = statesIn(stateHome).flatMap((workspace) =>
    namesIn(workspace).flatMap((name) =>
      name.startsWith('owner.json') ? [name] : unwanted(name, namesIn(join(workspace, name))),
    ),
  )
  return [...projections, ...ofRuns.map((name) => `state: ${name}`)]
}

/** An empty folder of a run tells of nothing, so it is left behind itself. */
const unwanted = (run: string, parts: readonly string[]): readonly string[] =>
  parts.length === 0 ? [run] : parts.filter((part) => !['journal.ndjson', 'report', 'settled'].includes(part))

/** Folders of workspaces in a state home. */
export const statesIn = (stateHome: string): readonly string[] =>
  namesIn(join(stateHome, 'chant-action')).map((name) => join(stateHome, 'chant-action', name))
