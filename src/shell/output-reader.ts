import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { visible } from '../report/visible.ts'
import type { Cleaner } from './secrets.ts'

/** Raw output beyond this is truncated in place. Bytes. */
export const RAW_CAP = 100 * 1024 * 1024
/** One look shows at most this much; of a longer backlog only the end. Bytes. */
const LOOK_BYTES = 4 * 1024 * 1024
/** So much of it is read all the same where lines say more than what is shown of them. No provider takes a longer conversation. Bytes. */
const SKIMMED_BYTES = 32 * 1024 * 1024
/** So much of it is made lines of at a time. Bytes. */
const PART_BYTES = 32 * 1024
/** How often a fast writer is chased before its file is cut all the same. */
const CATCH_UP = 100
/** A longer line is cut, with a mark. Characters. */
const LINE_LENGTH = 10_000

/** A line of which `visible` would change nothing, as most are. */
const PLAIN = /^[\x20-\x7e]*$/

/** How lines are told to people. */
export interface LineView {
  /** Characters of a line that are read; the rest is dropped. */
  readonly length: number
  /** One line as it came, without its end; `whole` says that nothing of it was dropped. Answers cleaned, visible lines. */
  readonly show: (line: string, whole: boolean) => readonly string[]
  /** A line that is not shown, of a backlog that is too long for it; absent where such lines need not be read. */
  readonly skim?: (line: string) => void
}

/** Text for people: cleaned of secrets, everything visible, of at most 10,000 characters a line. */
export const plainView = (cleaner: Cleaner): LineView => ({
  length: LINE_LENGTH,
  show: (line, whole) => [readable(line, whole, cleaner)],
})

/** Cleaned before it is made visible and again after: colours inside a secret would hide it from the first look. */
export function readable(line: string, whole: boolean, { clean, longest }: Cleaner): string {
  const shown = PLAIN.test(line) ? clean(line) : clean(visible(clean(line.replace(/\r$/, ''))))
  if (whole && shown.length <= LINE_LENGTH) return shown
  // The end of a cut line may be the beginning of a secret: so much of it goes as the longest could be.
  return `${shown.slice(0, Math.max(0, Math.min(LINE_LENGTH, shown.length - longest)))}… (line cut)`
}

/**
 * Reads a raw output file as it grows, through a descriptor of its own, so that a removed folder loses nothing. Bytes
 * become text, text becomes lines, and lines are shown as the view has it.
 */
export class OutputReader implements Disposable {
  readonly #file: number
  readonly #view: LineView
  readonly #longest: number
  readonly #buffer = Buffer.allocUnsafeSlow(PART_BYTES)
  #decoder = new StringDecoder('utf8')
  #bytes = 0
  #at = 0
  #partial = ''
  #truncated = false
  #skipping = false
  /** Lines that end before are skimmed. */
  #shownFrom = 0

  constructor(path: string, cleaner: Cleaner, view: LineView = plainView(cleaner)) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
    this.#view = view
    this.#longest = Math.max(cleaner.longest, 1_000)
  }

  /** Lines that were completed since the last look. */
  look(): readonly string[] {
    return [...this.looking()].flat()
  }

  /** The same in parts, so that millions of short lines are never there all at once. */
  *looking(): Generator<readonly string[]> {
    yield* this.#read()
    if (this.#at <= RAW_CAP) return
    // Said before the chase, after which a readable log may have no room for it.
    yield this.#tellOfCut()
    // What comes between the last byte read and the cut is lost, so the cut follows at once on a look that brought nothing.
    for (let turn = 0, before = -1; turn < CATCH_UP && this.#bytes > before; turn += 1) {
      before = this.#bytes
      yield* this.#read()
    }
    // The writer's descriptor appends, so it goes on at the new end.
    ftruncateSync(this.#file, 0)
    this.#at = 0
    this.#shownFrom = 0
  }

  *#read(): Generator<readonly string[]> {
    const { size } = fstatSync(this.#file)
    if (size < this.#at) this.#at = this.#shownFrom = 0
    if (size - this.#at > LOOK_BYTES) yield this.#passOver(size, size - LOOK_BYTES / 4)
    const buffer = this.#buffer
    while (this.#at < size) {
      const read = readSync(this.#file, buffer, 0, Math.min(PART_BYTES, size - this.#at), this.#at)
      if (read === 0) return
      this.#at += read
      this.#bytes += read
      yield this.#take(this.#decoder.write(buffer.subarray(0, read)))
    }
  }

  /** Bytes read so far, whether or not they made a line. */
  get bytes(): number {
    return this.#bytes
  }

  /** The rest, after the process has ended. */
  end(): readonly string[] {
    return [...this.ending()].flat()
  }

  /** The same in parts. */
  *ending(): Generator<readonly string[]> {
    yield* this.looking()
    yield* this.looking()
    const rest = this.#partial + this.#decoder.end()
    this.#partial = ''
    if (rest !== '') yield this.#show(rest)
  }

  /** A backlog that is too long: the lines up to `position` are not shown. */
  #passOver(size: number, position: number): readonly string[] {
    const passed = position - this.#at
    const start = this.#view.skim ? size - SKIMMED_BYTES : position
    if (start > this.#at) this.#skipTo(start)
    this.#shownFrom = position
    return [`… ${passed} bytes of output are not shown …`]
  }

  /** What lies between is not read. Half lines at both ends of the gap could hold half a secret. */
  #skipTo(position: number): void {
    this.#at = position
    this.#partial = ''
    this.#decoder = new StringDecoder('utf8')
    this.#skipping = true
  }

  #take(added: string): readonly string[] {
    const end = this.#skipping ? added.indexOf('\n') : -1
    if (this.#skipping && end < 0) return []
    this.#skipping = false
    const [first = '', ...rest] = added.slice(end + 1).split('\n')
    // A line without an end is not kept for ever. What is dropped is marked when the line is shown.
    const most = this.#view.length + 2 * this.#longest
    // Put together only: a line that grows by small parts is not looked through again with each of them.
    const parts = [this.#partial.length < most ? this.#partial + first : this.#partial, ...rest]
    this.#partial = parts.pop() ?? ''
    if (this.#partial.length > most) this.#partial = this.#partial.slice(0, most)
    return parts.flatMap((line) => this.#show(line))
  }

  #show(line: string): readonly string[] {
    const { length, show, skim } = this.#view
    if (skim === undefined || this.#at >= this.#shownFrom) return show(line, line.length <= length)
    skim(line)
    return []
  }

  #tellOfCut(): readonly string[] {
    const first = !this.#truncated
    this.#truncated = true
    return first ? [`… raw output passed ${RAW_CAP / 1024 / 1024} MiB and was truncated …`] : []
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}
