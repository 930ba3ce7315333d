import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** The end of a file that is looked at for its last lines. Bytes. */
const END = 64 * 1024

/** The last lines of a text file, oldest first; none where there is no file. */
export function lastLines(path: string, count: number): readonly string[] {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    // For people to look at: what cannot be read is not shown.
    return []
  }
  try {
    const { size } = fstatSync(file)
    const buffer = Buffer.alloc(Math.min(size, END))
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length)
    const lines = buffer.subarray(0, read).toString('utf8').split('\n')
    if (lines.at(-1) === '') lines.pop()
    // The first line of a part is not whole.
    return (size > END ? lines.slice(1) : lines).slice(-count)
  } finally {
    closeSync(file)
  }
}
