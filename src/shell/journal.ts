import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { apply, type Board, fold } from '../board/board.ts'
import { type Event, type EventBody, isEventType } from '../board/event.ts'
import { messageOf } from '../message.ts'
import { copyThroughDescriptor, isMissing, writeFully } from './files.ts'

export type Listener = (event: Event, before: Board, after: Board) => void

/**
 * The append-only file of everything that happened, and the board folded from it. A fact is on disk before `append`
 * returns and before any listener hears of it. One process writes it: main, then post.
 */
export class Journal implements Disposable {
  readonly path: string
  #file: number
  readonly #listeners: Listener[] = []
  #board: Board

  private constructor(path: string, file: number, board: Board) {
    this.path = path
    this.#file = file
    this.#board = board
  }

  /** Opens or creates the journal and folds what it holds. A torn last line is closed by a line end and stays ignored. */
  static open(path: string): Journal {
    const events = readJournal(path) ?? []
    const file = openJournal(path)
    if (isTorn(file)) writeFully(file, Buffer.from('\n'))
    return new Journal(path, file, fold(events))
  }

  get board(): Board {
    return this.#board
  }

  /** Listeners hear every event after it is on disk, in order of registration. */
  listen(listener: Listener): void {
    this.#listeners.push(listener)
  }

  append(body: EventBody): Event {
    const event: Event = { at: new Date().toISOString(), ...body }
    const size = fstatSync(this.#file).size
    try {
      writeFully(this.#file, Buffer.from(`${JSON.stringify(event)}\n`))
    } catch (error) {
      // A full disk may have taken half a line: without it the journal stays whole.
      ftruncateSync(this.#file, size)
      throw error
    }
    const before = this.#board
    this.#board = apply(before, event)
    for (const listener of this.#listeners) this.#tell(listener, event, before)
    return event
  }

  /** A reporter that fails changes nothing but what is seen. */
  #tell(listener: Listener, event: Event, before: Board): void {
    try {
      listener(event, before, this.#board)
    } catch (error) {
      process.stderr.write(`chant-action: a reporter failed: ${messageOf(error)}\n`)
    }
  }

  /**
   * Somebody removed the file: its content, still readable through our descriptor, goes into a new one. Answers whether
   * that was needed.
   */
  heal(): boolean {
    if (statSync(this.path, { throwIfNoEntry: false })?.ino === fstatSync(this.#file).ino) return false
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
    rmSync(this.path, { force: true })
    copyThroughDescriptor(this.#file, this.path)
    const old = this.#file
    this.#file = openJournal(this.path)
    closeSync(old)
    return true
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }
}

const openJournal = (path: string): number =>
  openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600)

/** The events of a journal file; undefined where there is none. Lines that are no JSON (torn by a crash) are passed over. */
export function readJournal(path: string): readonly Event[] | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  return text.split('\n').flatMap(parseLine)
}

function parseLine(line: string): readonly Event[] {
  if (!line.startsWith('{')) return []
  try {
    const value: unknown = JSON.parse(line)
    return isEvent(value) ? [value] : []
  } catch {
    return []
  }
}

/** An event of a later version says nothing to this one. */
const isEvent = (value: unknown): value is Event =>
  typeof value === 'object' &&
  value !== null &&
  'at' in value &&
  'type' in value &&
  typeof value.type === 'string' &&
  isEventType(value.type)

function isTorn(file: number): boolean {
  const { size } = fstatSync(file)
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== 0x0a
}
