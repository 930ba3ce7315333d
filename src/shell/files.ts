import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The names of half-written files. */
const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/

/**
 * Replaces a file as a whole or not at all: a new file beside it, written, flushed, renamed over it, the folder flushed.
 * Libraries for this ignore short writes on a full disk or do not flush the folder. A link in its place is replaced, not
 * followed.
 */
export function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o644): void {
  replaceFile(path, mode, (file) => writeFully(file, typeof data === 'string' ? Buffer.from(data) : data))
}

function replaceFile(path: string, mode: number, write: (file: number) => void): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = openSync(temporary, 'wx', mode)
    try {
      write(file)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/**
 * Removes what a writer that was killed left between writing and renaming. Only for a run whose main process is gone.
 *
 * @param of name of the file that was to be replaced; any, if absent
 */
export function sweepTemporary(folder: string, of = ''): void {
  if (!isRealDirectory(folder)) return
  for (const name of readdirSync(folder))
    if (name.startsWith(of) && TEMPORARY.test(name)) rmSync(join(folder, name), { force: true })
}

/** A write may be short; the rest is written until it is all there or the disk says no. */
export function writeFully(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at, data.length - at)
}

/** What is there, links not followed; undefined for nothing. Below a file there is nothing, which Node throws for. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** A folder by itself, not a link to one. */
export const isRealDirectory = (path: string): boolean => lookAt(path)?.isDirectory() ?? false

/** The text of a file, or undefined where there is none. */
export function readTextIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')

/** A path stays inside `root` only if none of its folders is a link; an agent may have made one. Missing ones are made. */
export function writeInside(root: string, relative: string, data: string | Uint8Array): void {
  let folder = root
  for (const part of relative.split('/').slice(0, -1)) {
    folder = join(folder, part)
    if (!isRealDirectory(folder)) {
      if (lstatSync(folder, { throwIfNoEntry: false })) throw new Error(`${folder} is not a folder of its own`)
      mkdirSync(folder)
    }
  }
  writeFileAtomic(join(root, relative), data)
}

/** No text that anybody reads is longer, and none that a string can hold is much longer. Bytes. */
const LONGEST_TEXT = 64 * 1024 * 1024

/**
 * The text of a regular file inside `root`, reached through real folders only; undefined where there is none, or one that is too
 * large to be a text.
 */
export function readInside(root: string, relative: string): string | undefined {
  if (folderInside(root, relative) === undefined) return undefined
  const file = join(root, relative)
  const there = lookAt(file)
  return there?.isFile() && there.size <= LONGEST_TEXT ? readFileSync(file, 'utf8') : undefined
}

/** The folder of a file inside `root`; undefined where it is not reached through real folders only. */
export function folderInside(root: string, relative: string): string | undefined {
  let path = root
  for (const part of relative.split('/').slice(0, -1)) {
    path = join(path, part)
    if (!isRealDirectory(path)) return undefined
  }
  return path
}

/** Copies a file that may have lost its name, through a descriptor that can read it, to `path`: as a whole or not at all. */
export function copyThroughDescriptor(from: number, path: string): void {
  replaceFile(path, 0o600, (to) => {
    const buffer = Buffer.alloc(64 * 1024)
    for (let at = 0; ; ) {
      const read = readSync(from, buffer, 0, buffer.length, at)
      if (read === 0) return
      writeFully(to, buffer.subarray(0, read))
      at += read
    }
  })
}

/**
 * Removes a folder with everything in it, read-only folders too (Go's module cache makes such). False where something stays, as what
 * another user owns.
 */
export function removeTree(path: string): boolean {
  if (removed(path)) return true
  makeFoldersWritable(path)
  return removed(path)
}

/** The same for what may be large: nobody has to wait for it. */
export async function removeLargeTree(path: string): Promise<boolean> {
  const gone = await rm(path, REMOVAL).then(
    () => true,
    () => false,
  )
  return gone || removeTree(path)
}

const REMOVAL = { recursive: true, force: true, maxRetries: 3 }

function removed(path: string): boolean {
  try {
    rmSync(path, REMOVAL)
    return true
  } catch {
    return false
  }
}

/** Links are not followed. */
function makeFoldersWritable(path: string): void {
  try {
    if (!isRealDirectory(path)) return
    chmodSync(path, 0o700)
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) makeFoldersWritable(join(path, entry.name))
  } catch {
    // Another user's.
    return
  }
}
