import type { Exit } from '../board/event.ts'
import type { AgentAdapter, Judgement, LineReader, Seen } from './adapter.ts'
import type { AgentEvent } from './event.ts'
import { Lines } from './lines.ts'
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
    this.#tail = (this.#tail + piece).slice(-TAIL)
    return this.#read(this.#stderr.push(piece), this.#reader.stderr)
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
    const events = lines.flatMap((line) => read(line))
    this.#seen = events.reduce(see, this.#seen)
    return events
  }
}
