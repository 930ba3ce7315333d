import type { Ground } from './ground.ts'

/**
 * Cuts long values in JSON: prompts, lists of what a CLI could do, whole files. What is understood is never that long.
 * Every other byte stays.
 */
export const shorten = (json: string): string =>
  json.replace(/"((?:[^"\\]|\\.){100})(?:[^"\\]|\\.){200,}"/g, (_, begin: string) => `"${begin}…"`)

/**
 * Takes out of a recording what belongs to the machine and the moment: paths, the server's port, random ids, times. The
 * shape of every line stays. Ids that are the same stay the same.
 */
export class Normaliser {
  readonly #ground: Ground
  readonly #serverUrl: string
  readonly #clis: string
  readonly #ids = new Map<string, string>()

  constructor(ground: Ground, serverUrl: string, clis: string) {
    this.#ground = ground
    this.#serverUrl = serverUrl
    this.#clis = clis
  }

  text(raw: string): string {
    const { root } = this.#ground
    return raw
      .replaceAll(root, '/scratch')
      .replaceAll(root.replaceAll(/[^A-Za-z0-9]/g, '-'), '-scratch')
      .replaceAll(this.#clis, '/clis')
      .replaceAll(process.execPath, 'node')
      .replaceAll(this.#serverUrl, 'http://127.0.0.1:8000')
      .replaceAll(new RegExp(`\\b${new URL(this.#serverUrl).port}\\b`, 'g'), '8000')
      .replace(UUID, (id) => this.#id(id))
      .replace(TIMED_ID, (id, kind: string) => this.#known(id, (number) => `${kind}_${number.padStart(12, '0')}`))
      .replace(ISO_TIME, '2026-01-01T00:00:00.000Z')
      .replace(HTTP_TIME, 'Thu, 01 Jan 2026 00:00:00 GMT')
      .replace(EPOCH_MS, '1767225600000')
      .replace(EPOCH_S, '1767225600')
      .replace(DURATION, '$10')
  }

  #id(id: string): string {
    return this.#known(id, (number) => `00000000-0000-4000-8000-${number.padStart(12, '0')}`)
  }

  #known(id: string, make: (number: string) => string): string {
    const known = this.#ids.get(id) ?? make(String(this.#ids.size + 1))
    this.#ids.set(id, known)
    return known
  }
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
/** opencode's: a time and random letters. */
const TIMED_ID = /\b(ses|prt|msg)_[0-9a-f]{12}[0-9A-Za-z]{14}\b/g
const ISO_TIME = /\b20\d\d-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:[.-]\d{3,9})?(?:Z|[+-]\d\d:\d\d)?/g
const HTTP_TIME = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT/g
const EPOCH_MS = /(?<![\d.])1[789]\d{11}(?!\d)/g
const EPOCH_S = /(?<![\d.])1[789]\d{8}(?!\d)/g
/** What took how long, in JSON; a delay that is announced is not one of them. */
const DURATION = /("(?!retry)\w*(?:duration|elapsed|latency|ttft|time_to)\w*":\s?)\d+(?:\.\d+)?/gi
