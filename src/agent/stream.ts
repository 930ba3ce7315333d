import type { Exit } from '../board/event.ts'
import type { AgentAdapter, Judgement, LineReader, Seen } from './adapter.ts'
import type { AgentEvent } from './event.ts'
import { Lines, whole } from './lines.ts'
import { NOTHING_SEEN, see } from './seen.ts'

/** Kept of stderr for the judgement. Characters. */
const TAIL = 8 * 1024

/** The output of one agent process, in pieces as they come, read as events and judged at the end. */
export class AgentStream {
  readonly #adapter: AgentAdapter
  readonly #reader: LineReader
  readonly #stdout = new Lines()
  readonly #stderr = new Lines()
  #seen = NOTHING_SEEN
  #tail = ''

  constructor(adapter: AgentAdapter) {
    this.#adapter = adapter
    this.#reader = adapter.reader()
  }

  stdout(piece: string): readonly AgentEvent[] {
    return this.#read(this.#stdout.push(piece), this.#reader.stdout)
  }

  stderr(piece: string): readonly AgentEvent[] {
    this.#keep(piece)
    return this.#read(this.#stderr.push(piece), this.#reader.stderr)
  }

  /** One line that somebody else found whole, without its end: millions of them may come. */
  line(from: 'stdout' | 'stderr', line: string): readonly AgentEvent[] {
    if (from === 'stderr') this.#keep(`${line}\n`)
    return this.#take(this.#reader[from](whole(line)))
  }

  /** Lines without an end, once nobody can write any more. */
  end(): readonly AgentEvent[] {
    return [
      ...this.#read(this.#stdout.end(), this.#reader.stdout),
      ...this.#read(this.#stderr.end(), this.#reader.stderr),
    ]
  }

  get seen(): Seen {
    return this.#seen
  }

  judge(exit: Exit): Judgement {
    return this.#adapter.judge(this.#seen, exit, this.#tail)
  }

  #read(lines: readonly string[], read: LineReader['stdout']): readonly AgentEvent[] {
    return this.#take(lines.flatMap((line) => read(line)))
  }

  #take(events: readonly AgentEvent[]): readonly AgentEvent[] {
    for (const event of events) this.#seen = see(this.#seen, event)
    return events
  }

  #keep(piece: string): void {
    this.#tail = (this.#tail + piece).slice(-TAIL)
  }
}
