import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/** A result is looked for in so much of an agent's output, counted from its end. Bytes. */
const END = 1024 * 1024

/**
 * The end of what an agent printed, without colours: raw, because the readable log cuts long lines. Not cleaned of secrets, so
 * nothing of it may be shown as it is.
 *
 * @param path of the raw stdout
 * @param kept its last readable lines, for when the file was removed
 */
export function agentText(path: string, kept: readonly string[]): string {
  return stripVTControlCharacters(endOf(path) ?? kept.join('\n'))
}

function endOf(path: string): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (!stat.isFile()) return undefined
    const buffer = Buffer.alloc(Math.min(stat.size, END))
    const read = readSync(file, buffer, 0, buffer.length, stat.size - buffer.length)
    return buffer.subarray(0, read).toString('utf8')
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
