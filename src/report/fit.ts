const encoder = new TextEncoder()

/** GitHub shows nothing at all of a job summary above 1 MiB, and post needs room for its own part. Bytes. */
export const SUMMARY_LIMIT = 900_000

/** Bytes in UTF-8: what GitHub counts in some places, and never less than the characters that it counts in others. */
export const bytes = (s: string): number => encoder.encode(s).length

/** How many of `parts`, from the first on, fit into `limit` bytes when each ends in a line break. */
export function fitting(parts: Iterable<string>, limit: number): number {
  let room = limit
  let n = 0
  for (const part of parts) {
    room -= bytes(part) + 1
    if (room < 0) return n
    n++
  }
  return n
}

/** The first of `choices`, which are ordered by falling detail, that has at most `limit` bytes; the last one whatever it has. */
export function firstThatFits<T>(choices: readonly T[], limit: number, write: (choice: T) => string): string {
  let written = ''
  for (const choice of choices) {
    written = write(choice)
    if (bytes(written) <= limit) break
  }
  return written
}
