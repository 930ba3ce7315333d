import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import { isMissing } from './files.ts'

/** Why a text of the project is not read. */
export type NoText =
  /** There is nothing of that name. */
  | 'missing'
  /** The name, or a link on its way, leads elsewhere; no link is followed. */
  | 'outside'
  /** A folder, a pipe, a device. */
  | 'no-file'
  | 'too-large'
  /** Not UTF-8. */
  | 'no-text'

/**
 * The text of a regular file inside `root`, reached through real folders only.
 *
 * @param relative with `/`; `..` and absolute paths are `outside`
 * @param limit bytes
 */
export function readTextInside(root: string, relative: string, limit: number): Result<string, NoText> {
  const parts = relative.split('/')
  if (relative.startsWith('/') || relative.includes('\0') || parts.includes('..')) return err('outside')
  for (const [index] of parts.slice(1).entries()) {
    const folder = lstatSync(join(root, ...parts.slice(0, index + 1)), { throwIfNoEntry: false })
    if (!folder?.isDirectory()) return err(folder?.isSymbolicLink() ? 'outside' : 'missing')
  }
  let file: number | undefined
  try {
    // Without blocking: a named pipe would wait for ever.
    file = openSync(join(root, relative), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (!stat.isFile()) return err('no-file')
    if (stat.size > limit) return err('too-large')
    const buffer = Buffer.alloc(stat.size)
    const read = readSync(file, buffer, 0, buffer.length, 0)
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, read)))
  } catch (error) {
    if (isMissing(error)) return err('missing')
    if (error instanceof TypeError) return err('no-text')
    return err(error instanceof Error && 'code' in error && error.code === 'ELOOP' ? 'outside' : 'no-file')
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
