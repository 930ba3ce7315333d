import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** What the runner takes from an action.yml. */
export interface ActionManifest {
  /** Entry files, relative to the action's folder. */
  readonly main: string
  readonly post?: string
  /** An expression; `always()` where the file has none. */
  readonly postIf: string
  /** Every declared input with its default as written, empty where there is none. */
  readonly inputs: Readonly<Record<string, string>>
}

/** Throws on a file that the runner would refuse. */
export async function readActionManifest(actionDir: string): Promise<ActionManifest> {
  const root = record(parse(await readFile(join(actionDir, 'action.yml'), 'utf8')), 'action.yml')
  const runs = record(root['runs'], 'runs')
  if (!/^node\d+$/.test(text(runs['using']))) throw new Error(`action.yml: runs.using is ${text(runs['using'])}`)
  const main = text(runs['main'])
  if (main === '') throw new Error('action.yml: runs.main is missing')
  const post = text(runs['post'])
  const inputs = Object.entries(record(root['inputs'] ?? {}, 'inputs')).map(([name, declared]) => [
    name,
    text(record(declared ?? {}, `inputs.${name}`)['default']),
  ])
  return {
    main,
    ...(post ? { post } : {}),
    postIf: text(runs['post-if']) || 'always()',
    inputs: Object.fromEntries(inputs),
  }
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} is not a map`)
  return { ...value }
}

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
