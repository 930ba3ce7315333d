import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentAdapter, Judgement } from '../../src/agent/adapter.ts'
import { type AgentName, agents, isAgentName } from '../../src/agent/agents.ts'
import type { AgentEvent, Usage } from '../../src/agent/event.ts'
import { fields } from '../../src/agent/json.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import type { Exit } from '../../src/board/event.ts'

/** What a real CLI printed in one case, as `test/agents/record.ts` wrote it down. */
export interface Recording {
  readonly agent: AgentName
  readonly version: string
  readonly name: string
  readonly folder: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: Exit
  /** What the CLI wrote to the usage file, if anything. */
  readonly usage: string | undefined
}

const ROOT = join(import.meta.dirname, '../fixtures/agents')

export const recordings: readonly Recording[] = readdirSync(ROOT)
  .filter(isAgentName)
  .flatMap((agent) =>
    readdirSync(join(ROOT, agent)).flatMap((version) =>
      readdirSync(join(ROOT, agent, version)).map((name) => load(agent, version, name)),
    ),
  )

function load(agent: AgentName, version: string, name: string): Recording {
  const folder = join(ROOT, agent, version, name)
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  return {
    agent,
    version,
    name,
    folder,
    stdout: read('stdout.ndjson'),
    stderr: read('stderr.txt'),
    exit: exitOf(JSON.parse(read('run.json'))),
    usage: existsSync(join(folder, 'usage.json')) ? read('usage.json') : undefined,
  }
}

function exitOf(about: unknown): Exit {
  const { type, code, signal } = fields(fields(about)['exit'])
  if (type === 'code' && typeof code === 'number') return { type, code }
  return type === 'signal' && typeof signal === 'string' ? { type, signal } : { type: 'unknown' }
}

export interface Played {
  readonly events: readonly AgentEvent[]
  readonly judgement: Judgement
}

/** What each line of an output says; the last one may have no end. */
export function hear(stream: AgentStream, from: 'stdout' | 'stderr', output: string): readonly AgentEvent[] {
  return output
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => stream.line(from, line))
}

/** Plays a recording to its adapter. */
export function play(recording: Recording, stdout = recording.stdout): Played {
  const adapter: AgentAdapter = agents[recording.agent]
  const stream = new AgentStream(adapter)
  const events = [...hear(stream, 'stdout', stdout), ...hear(stream, 'stderr', recording.stderr)]
  const used = recording.usage === undefined ? undefined : adapter.usageFile?.(recording.usage)
  return {
    events: used ? [...events, { type: 'usage', ...used }] : events,
    judgement: stream.judge(recording.exit),
  }
}

/** One line for an event, as short as it can be read. */
export function inWords(event: AgentEvent): string {
  switch (event.type) {
    case 'session':
      return `session ${event.id} ${event.model ?? ''}`.trimEnd()
    case 'text':
      return `text ${JSON.stringify(event.text)}`
    case 'tool':
      return `tool ${event.name}: ${event.summary}`
    case 'retry':
      return `retry: ${event.reason} ${event.status ?? ''}`.trimEnd()
    case 'rate-limit':
      return `rate-limit until ${new Date(event.resetsAt).toISOString()}`
    case 'usage':
      return `usage ${usageInWords(event)}`
    case 'result':
      return `result ${event.ok ? 'ok' : event.reason}: ${JSON.stringify(event.message)}`
    case 'log':
      return `log ${JSON.stringify(event.text.slice(0, 160))}`
  }
}

const usageInWords = ({ input, cached, output, costUsd }: Usage): string =>
  `${input} in (${cached} cached), ${output} out${costUsd === undefined ? '' : `, $${costUsd.toFixed(5)}`}`

export function judgementInWords(judgement: Judgement): string {
  if (judgement.type === 'success') return `=> success: ${JSON.stringify(judgement.message)}`
  const { reason, message, retryAfterMs, resetsAt } = judgement
  return [
    `=> ${reason}: ${JSON.stringify(message)}`,
    ...(retryAfterMs === undefined ? [] : [`   retry after ${retryAfterMs} ms`]),
    ...(resetsAt === undefined ? [] : [`   resets at ${new Date(resetsAt).toISOString()}`]),
  ].join('\n')
}
