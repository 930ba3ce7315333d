import type { SpecId } from '../../spec/spec.ts'
import { clip } from '../visible.ts'
import { dataJson } from './markup.ts'

/** The end of one log, as the page's script reads it from its data block. */
export interface LogData {
  readonly lines: readonly string[]
  /** Lines of the log before these. */
  readonly before: number
}

export interface LogBlock {
  readonly specId: SpecId
  /** A `LogData` for `dataBlock`. */
  readonly json: string
}

/** Gives the text of a worker's log; a `Map` does, and so does what reads a file each time. It is asked twice. */
export interface Logs {
  get(specId: SpecId): string | undefined
}

const LINES = 5_000
const LINE_LIMIT = 10_000
/** Characters of JSON; they are ASCII, so also bytes. */
const LOG_LIMIT = 2_000_000
const ALL_LIMIT = 20_000_000

/**
 * The end of each log that is not empty: at most 5,000 lines and 2 MB each, 20 MB together. Where that is not enough for all,
 * the longest logs give way first. Two passes, so that never more than one whole log is in memory.
 */
export function logBlocks(ids: readonly SpecId[], logs: Logs): readonly LogBlock[] {
  const limit = fairLimit(
    ids.map((specId) => logEnd(logs.get(specId) ?? '', LOG_LIMIT).json.length),
    ALL_LIMIT,
  )
  return ids.flatMap((specId) => {
    const { json, lines } = logEnd(logs.get(specId) ?? '', Math.min(limit, LOG_LIMIT))
    return lines > 0 ? [{ specId, json }] : []
  })
}

/** The largest limit for each with which all of them together stay within `total`. */
export function fairLimit(sizes: readonly number[], total: number): number {
  let left = total
  for (const [i, size] of sizes.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (sizes.length - i))
    if (size > share) return share
    left -= size
  }
  return total
}

function logEnd(text: string, limit: number): { readonly json: string; readonly lines: number } {
  const encoded: string[] = []
  let size = '{"lines":[],"before":00000000}'.length
  // The end of the line that is looked at; -1 when there is none left.
  let end = text === '' ? -1 : text.endsWith('\n') ? text.length - 1 : text.length
  while (end >= 0 && encoded.length < LINES) {
    const start = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1
    const line = dataJson(clip(text.slice(start, end).replace(/\r$/, ''), LINE_LIMIT, ' … (line cut)'))
    size += line.length + 1
    if (size > limit) break
    encoded.push(line)
    end = start - 1
  }
  const before = end >= 0 ? countLines(text, end) : 0
  return { json: `{"lines":[${encoded.reverse().join(',')}],"before":${before}}`, lines: encoded.length }
}

/** Lines of `text` up to `end`, where one ends. */
function countLines(text: string, end: number): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
