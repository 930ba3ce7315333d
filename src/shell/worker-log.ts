import { closeSync, constants, fstatSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { copyThroughDescriptor, writeFully } from './files.ts'

/** The readable log of a worker stops growing here. Bytes. */
const LOG_CAP = 20 * 1024 * 1024
/** Lines kept for summaries and for the spec's `## Agent Output`. */
const KEPT_LINES = 400

/** A pipe in its place, which only an agent could have put there, is an error and never waited for. */
const LOG_FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The readable log of one worker: appended to the report's copy and to `.chant/logs`, secrets removed. */
export class WorkerLog implements Disposable {
  readonly #paths: readonly string[]
  readonly #files: number[]
  #written = 0
  #full = false
  #kept: string[] = []
  #count = 0
  #buffer = Buffer.alloc(0)

  /** A path that is a symbolic link is refused by the system call itself. */
  constructor(paths: readonly string[]) {
    this.#paths = paths
    this.#files = paths.map((path) => openSync(path, LOG_FLAGS, 0o644))
  }

  write(lines: readonly string[]): void {
    this.#count += lines.length
    this.#kept = [...this.#kept, ...lines].slice(-KEPT_LINES)
    if (this.#full || lines.length === 0) return
    let text = `${lines.join('\n')}\n`
    this.#written += Buffer.byteLength(text)
    if (this.#written > LOG_CAP) {
      this.#full = true
      text += `… the log ends here: more than ${LOG_CAP / 1024 / 1024} MiB of output …\n`
    }
    const bytes = this.#encode(text)
    for (const file of this.#files) writeFully(file, bytes)
  }

  /** In the same memory every time: what thousands of buffers leave is freed late on a busy machine. */
  #encode(text: string): Uint8Array {
    const length = Buffer.byteLength(text)
    if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(2 * length)
    return this.#buffer.subarray(0, this.#buffer.write(text))
  }

  /**
   * Somebody removed a copy: what it held, still readable through our descriptor, goes into a new file. Answers the paths
   * that were made anew.
   */
  heal(): readonly string[] {
    return this.#files.flatMap((file, index) => {
      const path = this.#paths[index]
      if (path === undefined || statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino) return []
      mkdirSync(dirname(path), { recursive: true })
      rmSync(path, { force: true })
      copyThroughDescriptor(file, path)
      this.#files[index] = openSync(path, LOG_FLAGS)
      closeSync(file)
      return [path]
    })
  }

  /** The newest lines, oldest first. */
  tail(count: number): readonly string[] {
    return this.#kept.slice(-count)
  }

  get lines(): number {
    return this.#count
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) closeSync(file)
  }
}
