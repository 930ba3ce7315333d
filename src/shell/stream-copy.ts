import { closeSync, constants, openSync } from 'node:fs'
import { writeFully } from './files.ts'
import { type Cleaner, cleaned } from './secrets.ts'

/** The copy stops growing here. Bytes. */
const CAP = 20 * 1024 * 1024

/**
 * An agent's stream of JSON beside its readable log, for whoever wants every detail: the lines that are JSON, secrets removed value by
 * value. Made with the first of them, so that an agent of plain text has none.
 */
export class StreamCopy implements Disposable {
  readonly #path: string
  readonly #cleaner: Cleaner
  #file: number | undefined
  #written = 0

  constructor(path: string, cleaner: Cleaner) {
    this.#path = path
    this.#cleaner = cleaner
  }

  write(line: string): void {
    const value = this.#written > CAP ? undefined : jsonOf(line)
    if (value === undefined) return
    const text = `${JSON.stringify(cleaned(value, this.#cleaner.clean))}\n`
    this.#written += Buffer.byteLength(text)
    if (this.#written > CAP) return
    this.#file ??= openSync(
      this.#path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
      0o644,
    )
    writeFully(this.#file, Buffer.from(text))
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }
}

function jsonOf(line: string): unknown {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
