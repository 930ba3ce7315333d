import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { visible } from '../report/visible.ts'
import { copyThroughDescriptor, writeFully } from './files.ts'
import type { Cleaner } from './secrets.ts'

/** Raw output beyond this is truncated in place. Bytes. */
export const RAW_CAP = 100 * 1024 * 1024
/** The readable log of a worker stops growing here. Bytes. */
const LOG_CAP = 20 * 1024 * 1024
/** One look reads at most this much; of a longer backlog only the end is read. Bytes. */
const LOOK_BYTES = 4 * 1024 * 1024
/** How often a fast writer is chased before its file is cut all the same. */
const CATCH_UP = 100
/** A longer line is cut, with a mark. Characters. */
const LINE_LENGTH = 10_000
/** Lines kept for summaries and for the spec's `## Agent Output`. */
const KEPT_LINES = 400

/** What an output brought since the last look: cleaned, visible lines. */
export type OnLines = (lines: readonly string[]) => void

const LOG_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW

/** The readable log of one worker: appended to the report's copy and to `.chant/logs`, secrets removed. */
export class WorkerLog implements Disposable {
  readonly #paths: readonly string[]
  readonly #files: number[]
  #written = 0
  #full = false
  #kept: string[] = []
  #count = 0

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
    for (const file of this.#files) writeFully(file, Buffer.from(text))
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

/**
 * Reads a raw output file as it grows, through a descriptor of its own, so that a removed folder loses nothing. Bytes
 * become text, text becomes lines, lines are cleaned of secrets and made visible.
 */
export class OutputReader implements Disposable {
  readonly #file: number
  readonly #cleaner: Cleaner
  #decoder = new StringDecoder('utf8')
  #bytes = 0
  #at = 0
  #partial = ''
  #truncated = false
  #skipping = false

  constructor(path: string, cleaner: Cleaner) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
    this.#cleaner = cleaner
  }

  /** Lines that were completed since the last look. */
  look(): readonly string[] {
    let lines = this.#read()
    if (this.#at <= RAW_CAP) return lines
    // What comes between the last byte read and the cut is lost, so the cut follows at once on a look that brought nothing.
    for (let turn = 0, before = -1; turn < CATCH_UP && this.#bytes > before; turn += 1) {
      before = this.#bytes
      lines = lines.concat(this.#read())
    }
    return lines.concat(this.#truncate())
  }

  #read(): readonly string[] {
    const { size } = fstatSync(this.#file)
    if (size < this.#at) this.#at = 0
    const gap = size - this.#at > LOOK_BYTES ? this.#skipTo(size - LOOK_BYTES / 4) : []
    const buffer = Buffer.allocUnsafe(Math.max(0, size - this.#at))
    let filled = 0
    while (filled < buffer.length) {
      const read = readSync(this.#file, buffer, filled, buffer.length - filled, this.#at + filled)
      if (read === 0) break
      filled += read
    }
    this.#at += filled
    this.#bytes += filled
    return gap.concat(this.#take(this.#decoder.write(buffer.subarray(0, filled))))
  }

  /** Bytes read so far, whether or not they made a line. */
  get bytes(): number {
    return this.#bytes
  }

  /** The rest, after the process has ended. */
  end(): readonly string[] {
    const lines = this.look().concat(this.look())
    const rest = this.#partial + this.#decoder.end()
    this.#partial = ''
    return rest === '' ? lines : lines.concat(this.#readable(rest))
  }

  /** A backlog that is too long: what lies between is not read. Half lines at both ends of the gap could hold half a secret. */
  #skipTo(position: number): readonly string[] {
    const skipped = position - this.#at
    this.#at = position
    this.#partial = ''
    this.#decoder = new StringDecoder('utf8')
    this.#skipping = true
    return [`… ${skipped} bytes of output are not shown …`]
  }

  #take(added: string): readonly string[] {
    const end = this.#skipping ? added.indexOf('\n') : -1
    if (this.#skipping && end < 0) return []
    this.#skipping = false
    const parts = (this.#partial + added.slice(end + 1)).split('\n')
    this.#partial = parts.pop() ?? ''
    // A line without an end is not kept for ever. What is dropped is marked when the line is shown.
    const most = LINE_LENGTH + 2 * Math.max(this.#cleaner.longest, 1_000)
    if (this.#partial.length > most) this.#partial = this.#partial.slice(0, most)
    return parts.map((line) => this.#readable(line))
  }

  /** Cleaned before it is made visible and again after: colours inside a secret would hide it from the first look. */
  #readable(line: string): string {
    const { clean, longest } = this.#cleaner
    const whole = line.length <= LINE_LENGTH
    const shown = clean(visible(clean(line.replace(/\r$/, ''))))
    if (whole && shown.length <= LINE_LENGTH) return shown
    // The end of a cut line may be the beginning of a secret: so much of it goes as the longest could be.
    return `${shown.slice(0, Math.max(0, Math.min(LINE_LENGTH, shown.length - longest)))}… (line cut)`
  }

  #truncate(): readonly string[] {
    // The writer's descriptor appends, so it goes on at the new end.
    ftruncateSync(this.#file, 0)
    this.#at = 0
    const first = !this.#truncated
    this.#truncated = true
    return first ? [`… raw output passed ${RAW_CAP / 1024 / 1024} MiB and was truncated …`] : []
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}
