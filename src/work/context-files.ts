import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** All context files of one spec together. Bytes. */
const BUDGET = 200_000

/**
 * The files that a spec names as context, read from its worktree. Only regular files inside it, followed by their real
 * path; what does not fit the budget is cut, what is not there is left out, as chant does.
 */
export function readContextFiles(
  directory: string,
  names: readonly string[],
): readonly { path: string; text: string }[] {
  const files: { path: string; text: string }[] = []
  let left = BUDGET
  for (const name of names) {
    if (left <= 0) break
    const text = readPart(directory, name, left)
    if (text === undefined) continue
    left -= Buffer.byteLength(text)
    files.push({ path: name, text })
  }
  return files
}

function readPart(directory: string, name: string, limit: number): string | undefined {
  let file: number | undefined
  try {
    const path = realpathSync(join(directory, name))
    if (!path.startsWith(`${realpathSync(directory)}/`)) return undefined
    // Without blocking: a named pipe would wait for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (!stat.isFile()) return undefined
    const buffer = Buffer.alloc(Math.min(stat.size, limit))
    const read = readSync(file, buffer, 0, buffer.length, 0)
    const text = buffer.subarray(0, read).toString('utf8')
    return stat.size > limit ? `${text}\n… (cut: the context files are longer than ${BUDGET} bytes)` : text
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
