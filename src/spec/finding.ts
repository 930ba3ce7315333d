import type { Diagnostic } from './diagnostic.ts'

/** A diagnostic that does not know its file yet: its place is an offset in the text (UTF-16 units). */
export interface Finding {
  readonly offset: number
  readonly code: string
  readonly severity: Diagnostic['severity']
  readonly message: string
}

/** Findings as diagnostics of one file, in the order of their places. */
export function locate(findings: readonly Finding[], file: string, text: string): Diagnostic[] {
  if (findings.length === 0) return []
  const placeOf = placesIn(text)
  return findings
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, code, severity, message }) => ({ file, ...placeOf(offset), code, severity, message }))
}

/** Turns offsets into 1-based line and column. The lines are counted once, however many offsets are asked for. */
export function placesIn(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}

/** The 1-based line of offsets that are asked for in ascending order: every line is passed once. */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1
  let end = text.indexOf('\n')
  return (offset) => {
    for (; end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) line++
    return line
  }
}

/** A value from a file as it may stand in a message: quoted, escaped, short. */
export const quoted = (value: string): string => JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
