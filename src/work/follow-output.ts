import type { AgentEvent, Usage } from '../agent/event.ts'
import { costOf } from '../agent/prices.ts'
import { activityOf, toldLines } from '../agent/told.ts'
import type { AgentUsage, EventBody } from '../board/event.ts'
import { type LineView, OutputReader, plainView, readable } from '../shell/output-reader.ts'
import type { WorkerLog } from '../shell/worker-log.ts'
import type { WorkerCommand } from './command.ts'
import type { Prepared, RunContext } from './context.ts'

/** Lines of stdout kept for the spec's `## Agent Output`, which holds 5,000 characters. */
const OUTPUT_LINES = 300
/** Agents put whole files into one line of their stream. Characters. */
const STREAM_LINE_LENGTH = 4 * 1024 * 1024
/** Characters of what an agent is doing now. */
const ACTIVITY_LENGTH = 200

export interface FollowedOutput extends Disposable {
  /** Reads what is left, once everybody who could write is gone. */
  readonly finish: () => void
  readonly stdout: () => readonly string[]
  /** Whether anything came since this was last asked. */
  readonly taken: () => boolean
}

/**
 * Carries a command's raw output into the readable log, the live log and the board, at every beat of the pulse. What an agent says is
 * read as events first, whole, and cleaned of secrets after: an escaped secret in JSON would not be found.
 */
export function followOutput(
  ctx: RunContext,
  worker: Prepared,
  command: WorkerCommand,
  paths: readonly [stdout: string, stderr: string],
  log: WorkerLog,
): FollowedOutput {
  const { specId } = worker
  const news = new AgentNews(ctx, worker, command)
  const readers = paths.map((path, index) => {
    const view = command.stream ? streamView(ctx, command.stream, index === 0, (event) => news.hear(event)) : undefined
    return new OutputReader(path, ctx.cleaner, view ?? plainView(ctx.cleaner))
  })
  let stdout: string[] = []
  let taken = 0
  const carry = (read: (reader: OutputReader) => readonly string[]) => {
    const lines = readers.flatMap((reader, index) => {
      const added = read(reader)
      if (index === 0) stdout = [...stdout, ...added].slice(-OUTPUT_LINES)
      return added
    })
    log.write(lines)
    if (lines.length > 0) ctx.onOutput(specId, lines)
    news.tell(lines, log.lines)
  }
  const stop = ctx.pulse.each(() => carry((reader) => reader.look()))
  return {
    finish: () => {
      stop()
      carry((reader) => reader.end())
    },
    stdout: () => stdout,
    taken: () => {
      const before = taken
      taken = readers.reduce((sum, reader) => sum + reader.bytes, 0)
      return taken > before
    },
    [Symbol.dispose]: () => {
      stop()
      for (const reader of readers) reader[Symbol.dispose]()
    },
  }
}

function streamView(
  { cleaner }: RunContext,
  stream: NonNullable<WorkerCommand['stream']>,
  isStdout: boolean,
  hear: (event: AgentEvent) => void,
): LineView {
  return {
    length: STREAM_LINE_LENGTH,
    show: (line) => {
      const events = isStdout ? stream.stdout(`${line}\n`) : stream.stderr(`${line}\n`)
      for (const event of events) hear(event)
      return events.flatMap(toldLines).map((told) => readable(told, true, cleaner))
    },
  }
}

/** What the board is told of an agent between two beats: the newest of each kind. */
class AgentNews {
  readonly #ctx: RunContext
  readonly #worker: Prepared
  readonly #command: WorkerCommand
  #tools = 0
  #model: string | undefined
  #text: string | undefined
  #session: Extract<EventBody, { type: 'agent-session' }> | undefined
  #usage: Extract<EventBody, { type: 'agent-usage' }> | undefined

  constructor(ctx: RunContext, worker: Prepared, command: WorkerCommand) {
    this.#ctx = ctx
    this.#worker = worker
    this.#command = command
    this.#model = command.model
  }

  hear(event: AgentEvent): void {
    const { specId } = this.#worker
    if (event.type === 'tool') this.#tools += 1
    this.#text = activityOf(event) ?? this.#text
    if (event.type === 'session') {
      const { clean } = this.#ctx.cleaner
      this.#model = event.model ?? this.#model
      const model = event.model === undefined ? {} : { model: clean(event.model) }
      this.#session = { type: 'agent-session', specId, session: clean(event.id), ...model }
    }
    if (event.type === 'usage')
      this.#usage = { type: 'agent-usage', specId, attempt: this.#command.attempt, usage: this.#priced(event) }
  }

  /** With the cost that the agent tells, else the one that the price list has for its model. */
  #priced({ input, cached, output, costUsd }: Usage): AgentUsage {
    const used = { input, cached, output }
    if (costUsd !== undefined) return { ...used, costUsd }
    const estimate = costOf(this.#ctx.prices, this.#model, { ...used, costUsd })
    return estimate === undefined ? used : { ...used, costUsd: estimate, estimated: true }
  }

  /** To the journal; `shown` are the lines that came for people. */
  tell(shown: readonly string[], lines: number): void {
    const { journal, cleaner } = this.#ctx
    const { specId } = this.#worker
    if (this.#session) journal.append(this.#session)
    if (this.#usage) journal.append(this.#usage)
    const said = this.#command.stream
      ? this.#text && readable(this.#text, true, cleaner)
      : shown.findLast((line) => line.trim() !== '')
    if (said !== undefined && said !== '')
      journal.append({
        type: 'agent-activity',
        specId,
        text: said.trim().slice(0, ACTIVITY_LENGTH),
        lines,
        ...(this.#tools > 0 ? { tools: this.#tools } : {}),
      })
    this.#session = undefined
    this.#usage = undefined
    this.#text = undefined
  }
}
