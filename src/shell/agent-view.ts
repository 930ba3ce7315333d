import type { AgentEvent } from '../agent/event.ts'
import type { AgentStream } from '../agent/stream.ts'
import { toldLines } from '../agent/told.ts'
import { type LineView, readable } from './output-reader.ts'
import type { Cleaner } from './secrets.ts'

/** Agents put whole files into one line of their stream. Characters. */
const STREAM_LINE_LENGTH = 4 * 1024 * 1024

export interface AgentViewOptions {
  /** Told what each line says before it is shown. */
  readonly hear?: (events: readonly AgentEvent[]) => void
  /** Where the agent works: absolute, as the agent was started. */
  readonly directory?: string
}

/**
 * An agent's output as lines for people. It is read as events first, whole, and cleaned of secrets after: inside the JSON of a stream an
 * escaped secret would not be found.
 */
export function agentView(
  stream: AgentStream,
  from: 'stdout' | 'stderr',
  cleaner: Cleaner,
  { hear, directory }: AgentViewOptions = {},
): LineView {
  let session: string | undefined
  const told = (event: AgentEvent): readonly string[] => {
    // Some CLIs name their conversation again with the first answer.
    if (event.type === 'session' && event.id === session) return []
    if (event.type === 'session') session = event.id
    return toldLines(event, directory)
  }
  const read = (line: string): readonly AgentEvent[] => {
    const events = stream.line(from, line)
    hear?.(events)
    return events
  }
  return {
    length: STREAM_LINE_LENGTH,
    // What was spent and that the work is done must not be missed: pi says its whole conversation again, in one line, behind that.
    skim: (line) => void (line.trim() === '' || read(line)),
    show: (line) => {
      if (line.trim() === '') return ['']
      return read(line)
        .flatMap(told)
        .map((text) => readable(text, true, cleaner))
    },
  }
}
