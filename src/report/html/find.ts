import type { Run, TextStyle } from './ansi.ts'

/** A place where the sought text stands: index of the line, and where in it, in UTF-16 units. */
export interface Match {
  readonly line: number
  readonly from: number
  readonly to: number
}

/** Every place of `query` in `lines`, upper and lower case alike, at most `limit` of them. */
export function findAll(lines: readonly string[], query: string, limit: number): readonly Match[] {
  if (query === '') return []
  const pattern = new RegExp(query.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu')
  const matches: Match[] = []
  for (const [line, text] of lines.entries()) {
    for (const found of text.matchAll(pattern)) {
      if (matches.length === limit) return matches
      matches.push({ line, from: found.index, to: found.index + found[0].length })
    }
  }
  return matches
}

/** A part of a line that is in one style, and inside one match or outside all. */
export interface Piece {
  readonly text: string
  readonly style: TextStyle
  readonly match?: Match
}

/** The runs of a line, cut where the line's matches begin and end. */
export function cutAt(runs: readonly Run[], matches: readonly Match[]): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { text, style } of runs) {
    const end = at + text.length
    let done = at
    const add = (to: number, match?: Match): void => {
      if (to > done) pieces.push({ text: text.slice(done - at, to - at), style, ...(match ? { match } : {}) })
      done = Math.max(done, to)
    }
    for (const match of matches) {
      if (match.to <= at || match.from >= end) continue
      add(match.from)
      add(Math.min(match.to, end), match)
    }
    add(end)
    at = end
  }
  return pieces
}
