import type { AgentEvent } from './event.ts'
import { fields, parseJson } from './json.ts'

/** A line that is no event of a CLI's; a blank one says nothing. */
export const logLine = (line: string): readonly AgentEvent[] =>
  line.trim() === '' ? [] : [{ type: 'log', text: line }]

/** Reads each line as a JSON object by itself, in whatever order its keys stand; any other line is log text. */
export const jsonLines =
  (read: (event: Readonly<Record<string, unknown>>, line: string) => readonly AgentEvent[]) =>
  (line: string): readonly AgentEvent[] => {
    const value = line.trimStart().startsWith('{') ? parseJson(line) : undefined
    return value === undefined ? logLine(line) : read(fields(value), line)
  }
