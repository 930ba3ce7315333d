import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { ContextFile, LeftOut } from '../prompt/context.ts'
import { isMissing } from '../shell/files.ts'
import { type NamedFrom, namedFile } from '../shell/named-file.ts'

/** One context file. Bytes. */
const FILE_LIMIT = 64 * 1024
/** All context files of one spec together. Bytes. */
const BUDGET = 192 * 1024

/**
 * The files that a spec names as context, read from its worktree. Only regular files of the repository, followed by their
 * real path, and nothing of git's own; what does not fit is cut. Nothing is passed over in silence, as chant does with what it cannot read.
 */
export function readContextFiles(from: NamedFrom, names: readonly string[]): readonly ContextFile[] {
  let left = BUDGET
  return names.map((path) => {
    const read = left > 0 ? readPart(from, path, Math.min(left, FILE_LIMIT)) : 'no-room'
    if (typeof read === 'string') return { type: 'left-out', path, why: read }
    left -= read.bytes.length
    const text = decode(read.bytes)
    if (text === undefined) return { type: 'left-out', path, why: 'no-text' }
    return { type: 'text', path, text, size: read.size, cut: read.size > read.bytes.length }
  })
}

function readPart(from: NamedFrom, name: string, limit: number): { bytes: Buffer; size: number } | LeftOut {
  const path = namedFile(name, from)
  if (!path.ok) return path.error
  let file: number | undefined
  try {
    // Without blocking: a named pipe would wait for ever.
    file = openSync(path.value, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (!stat.isFile()) return 'no-file'
    const buffer = Buffer.alloc(Math.min(stat.size, limit))
    const read = readSync(file, buffer, 0, buffer.length, 0)
    return { bytes: buffer.subarray(0, read), size: stat.size }
  } catch (error) {
    return isMissing(error) ? 'missing' : 'no-file'
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Text, even where the cut went through its last character; undefined for what is none. */
function decode(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}
