import type { Exit } from '../board/event.ts'
import type { AgentAdapter, Judgement, LineReader, Seen } from './adapter.ts'
import type { AgentEvent } from './event.ts'
import { NOTHING_SEEN, see } from './seen.ts'

/** Kept of stderr for the judgement. Characters. */
const TAIL = 8 * 1024
/** A longer line is no event of any CLI: agents put whole files into one, so it is long. Characters. */
const LONGEST = 4 * 1024 * 1024
/** So much of a line that is too long is still shown. Characters. */
const SHOWN = 1_000

/** The output of one agent process, line by line, read as events and judged at the end. */
export class AgentStream {
  readonly #adapter: AgentAdapter
  readonly #reader: LineReader
  #seen = NOTHING_SEEN
  #tail = ''

  constructor(adapter: AgentAdapter) {
    this.#adapter = adapter
    this.#reader = adapter.reader()
  }

  /** What one line says. It comes without its line feed: whoever reads the output has made lines of it already. */
  line(from: 'stdout' | 'stderr', line: string): readonly AgentEvent[] {
    if (from === 'stderr') this.#tail = `${this.#tail}${line}\n`.slice(-TAIL)
    const events = this.#reader[from](readableLine(line))
    for (const event of events) this.#seen = see(this.#seen, event)
    return events
  }

  get seen(): Seen {
    return this.#seen
  }

  judge(exit: Exit): Judgement {
    return this.#adapter.judge(this.#seen, exit, this.#tail)
  }
}

/** Without a carriage return at its end, cut where it is too long. */
function readableLine(line: string): string {
  if (line.length > LONGEST) return `${line.slice(0, SHOWN)}… (a line of ${line.length} characters, cut)`
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
