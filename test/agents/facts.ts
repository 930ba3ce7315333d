import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CliName, packageOf } from './clis.ts'

/** What a run of these tests found out about a CLI, for the table at its end. */
export interface Facts {
  /** Kinds of events that its stream was understood to say while it worked. */
  readonly understood: readonly string[]
  /** Whether it also says that it tries again. */
  readonly retries: boolean
  /** The CLI alone, stopped by SIGTERM to its group while a command of its ran. */
  readonly term: string
  /** The rest through the action: three specs at the same time, from the start of the main step to its end. */
  readonly threeSpecs: string
  readonly cancelled: string
  readonly orphaned: string
  readonly limited: string
  readonly moved: string
  readonly refused: string
  readonly stalled: string
  readonly unknownModel: string
  readonly overloaded: string
}

/** Where `npm run test:agents` looks for them. */
export const FACTS_VARIABLE = 'CHANT_TEST_AGENTS_FACTS'

/** Adds to what is known; nothing where nobody asked. */
export function note(cli: CliName, facts: Partial<Facts>): void {
  const folder = process.env[FACTS_VARIABLE]
  if (folder) appendFileSync(join(folder, cli), `${JSON.stringify(facts)}\n`)
}

/** Everything that was noted in a folder, as a table in Markdown. */
export function factsTable(folder: string, clis: readonly CliName[]): string {
  const rows = clis.map((cli) => {
    const { understood = [], retries, ...facts } = factsOf(folder, cli)
    const events = [...understood, ...(retries === true ? ['retry'] : [])].join(', ')
    const { threeSpecs, limited, moved, overloaded, refused, unknownModel, stalled, cancelled, orphaned, term } = facts
    return [
      `${cli} ${packageOf(cli).version}`,
      events,
      ...[threeSpecs, limited, moved, overloaded, refused, unknownModel].map((fact) => fact ?? '–'),
      ...[stalled, cancelled, orphaned, term].map((fact) => fact ?? '–'),
    ]
  })
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const HEAD: readonly string[] = [
  ...[
    'CLI',
    'events understood',
    'three specs',
    '429, then again',
    '429 for ever on one of two accounts',
    '529',
    '401',
  ],
  ...['no such model', 'hung model', 'cancel in a command', 'the action killed', 'TERM without the action'],
]

function factsOf(folder: string, cli: CliName): Partial<Facts> {
  const file = join(folder, cli)
  if (!existsSync(file)) return {}
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return Object.assign({}, ...lines.map((line): unknown => JSON.parse(line)))
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
