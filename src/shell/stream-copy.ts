import { closeSync, constants, openSync } from 'node:fs'
import { fields } from '../agent/json.ts'
import { writeFully } from './files.ts'
import type { Cleaner } from './secrets.ts'

/** The copy stops growing here. Bytes. */
const CAP = 20 * 1024 * 1024

/**
 * An agent's stream of JSON beside its readable log, for whoever wants every detail: the lines that are JSON, secrets removed value by
 * value; but for pieces of a text, between which a secret may be split: what they make together stands in another line, or in the log.
 * The file is made with the first of them, so that an agent of plain text has none.
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
    const json = this.#written > CAP ? undefined : cleanJson(line, this.#cleaner)
    if (json === undefined) return
    const text = `${json}\n`
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

/** Events of a text, a call or an output that is still growing, by the names that CLIs give them. */
const GROWING = /delta|partial|^stream_event$|^message_update$|^tool_execution_update$|^tool\.shell_output$/

const isPiece = (event: unknown): boolean => {
  const { type, delta } = fields(event)
  return delta === true || (typeof type === 'string' && GROWING.test(type))
}

/**
 * The line again, where it is JSON, without secrets; undefined where it is none, is a piece, is nested deeper than can be walked, or still
 * holds a secret. Every name and value of it is the agent's, so unlike in our own values none is trusted.
 */
function cleanJson(line: string, cleaner: Cleaner): string | undefined {
  if (!line.trimStart().startsWith('{')) return undefined
  try {
    const event: unknown = JSON.parse(line)
    if (isPiece(event)) return undefined
    const json = JSON.stringify(cleanValue(event, cleaner.clean))
    return cleaner.contains(json) ? undefined : json
  } catch {
    return undefined
  }
}

function cleanValue(value: unknown, clean: Cleaner['clean']): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, clean))
  // A secret may be made of digits.
  if (typeof value === 'number') return clean(String(value)) === String(value) ? value : clean(String(value))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [clean(name), cleanValue(item, clean)]))
}
