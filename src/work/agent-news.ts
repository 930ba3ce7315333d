import type { AgentEvent, FailureReason } from '../agent/event.ts'
import { priced } from '../agent/prices.ts'
import { activityOf } from '../agent/told.ts'
import type { EventBody } from '../board/event.ts'
import { clip, oneLine } from '../report/visible.ts'
import { readable } from '../shell/output-reader.ts'
import type { WorkerCommand } from './command.ts'
import type { Prepared, RunContext } from './context.ts'

/** Characters of what an agent is doing now. */
const ACTIVITY_LENGTH = 200

/** Characters of a conversation's or model's name. */
const NAME_LENGTH = 200

/** What does not change by asking again: some CLIs do for minutes, with every key. */
export const IN_VAIN: ReadonlySet<FailureReason> = new Set(['auth', 'permission', 'model', 'quota'])

/** What the board is told of an agent between two beats: the newest of each kind. */
export class AgentNews {
  readonly #ctx: RunContext
  readonly #worker: Prepared
  readonly #command: WorkerCommand
  #tools = 0
  #limited = false
  #lines = { asksAgain: 0, others: 0 }
  #model: string | undefined
  #text: string | undefined
  #session: Extract<EventBody, { type: 'agent-session' }> | undefined
  #usage: Extract<EventBody, { type: 'agent-usage' }> | undefined

  constructor(ctx: RunContext, worker: Prepared, command: WorkerCommand) {
    this.#ctx = ctx
    this.#worker = worker
    this.#command = command
    this.#model = command.model?.name
  }

  /** What one line of it says. */
  hear(events: readonly AgentEvent[]): void {
    const asksAgain = events.length > 0 && events.every(({ type }) => type === 'retry')
    this.#lines[asksAgain ? 'asksAgain' : 'others'] += 1
    for (const event of events) this.#take(event)
  }

  /** Whether all it said since this was last asked is that it asks its provider again: no sign of life. */
  onlyAsksAgain(): boolean {
    const { asksAgain, others } = this.#lines
    this.#lines = { asksAgain: 0, others: 0 }
    return asksAgain > 0 && others === 0
  }

  /** Ends the attempt of an agent that got no answer for too long and still asks; answers false for one that does something else. */
  giveUpAsking(): boolean {
    const { vain, stream } = this.#command
    const reason = stream?.seen.retry?.reason
    if (!vain || reason === undefined) return false
    this.#stopTrying(reason)
    return true
  }

  #take(event: AgentEvent): void {
    const { specId } = this.#worker
    if (event.type === 'tool') this.#tools += 1
    if (event.type === 'retry' && event.reason === 'rate-limit') this.#meetLimit(event.delayMs)
    if (event.type === 'retry' && IN_VAIN.has(event.reason)) this.#stopTrying(event.reason)
    this.#text = activityOf(event, this.#worker.cwd) ?? this.#text
    if (event.type === 'session') {
      this.#model = event.model ?? this.#model
      const model = event.model === undefined ? {} : { model: this.#named(event.model) }
      this.#session = { type: 'agent-session', specId, session: this.#named(event.id), ...model }
    }
    if (event.type === 'usage')
      this.#usage = {
        type: 'agent-usage',
        specId,
        attempt: this.#command.attempt,
        usage: priced(this.#ctx.prices, this.#model, event),
      }
  }

  /** A name that an agent gives, for tables. */
  #named(name: string): string {
    const { clean } = this.#ctx.cleaner
    return clip(clean(oneLine(clean(name))), NAME_LENGTH)
  }

  #meetLimit(delayMs: number | undefined): void {
    const isFirst = !this.#limited
    this.#limited = true
    this.#command.limited?.({ isFirst, ...(delayMs === undefined ? {} : { waitMs: Math.max(0, delayMs) }) })
  }

  /** The cause is on record before anybody is signalled. */
  #stopTrying(reason: FailureReason): void {
    const { vain, attempt } = this.#command
    if (!vain || vain.signal.aborted) return
    this.#ctx.journal.append({ type: 'attempt-stopping', specId: this.#worker.specId, attempt, reason })
    vain.abort(reason)
  }

  /** To the journal; `shown` is the newest line for people that says anything. */
  tell(shown: string | undefined, lines: number): void {
    const { journal, cleaner } = this.#ctx
    const { specId } = this.#worker
    if (this.#session) journal.append(this.#session)
    if (this.#usage) journal.append(this.#usage)
    const said = this.#command.stream ? this.#text && readable(this.#text, true, cleaner) : shown
    if (said !== undefined && said !== '')
      journal.append({
        type: 'agent-activity',
        specId,
        text: clip(said.trim(), ACTIVITY_LENGTH),
        lines,
        ...(this.#tools > 0 ? { tools: this.#tools } : {}),
      })
    this.#session = undefined
    this.#usage = undefined
    this.#text = undefined
  }
}
