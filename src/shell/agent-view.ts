import type { AgentEvent } from '../agent/event.ts'
import type { AgentStream } from '../agent/stream.ts'
import { toldLines } from '../agent/told.ts'
import { type LineView, readable } from './output-reader.ts'
import type { Cleaner } from './secrets.ts'

/** Agents put whole files into one line of their stream. Characters. */
const STREAM_LINE_LENGTH = 4 * 1024 * 1024

/**
 * An agent's output as lines for people. It is read as events first, whole, and cleaned of secrets after: inside the JSON of a stream an
 * escaped secret would not be found.
 */
export const agentView = (
  stream: AgentStream,
  from: 'stdout' | 'stderr',
  cleaner: Cleaner,
  hear: (event: AgentEvent, line: string) => void = () => undefined,
): LineView => ({
  length: STREAM_LINE_LENGTH,
  show: (line) => {
    if (line.trim() === '') return ['']
    const events = stream[from](`${line}\n`)
    for (const event of events) hear(event, line)
    return events.flatMap(toldLines).map((told) => readable(told, true, cleaner))
  },
})
