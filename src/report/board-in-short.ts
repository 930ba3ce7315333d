import type { Board } from '../board/board.ts'
import { advice, headline } from '../outcome/advice.ts'
import { told } from './annotations.ts'
import { fitting } from './fit.ts'
import { code, prose, text } from './markdown.ts'
import { shortIds } from './short-ids.ts'
import { countsTable } from './summary-parts.ts'
import { namesOf, outcomeOf, standing } from './tally.ts'
import { clip, sentence } from './visible.ts'

/** What a list of failures may take of a text whose table follows. Bytes. */
const FAILURES = 20_000
/** Nobody reads more one by one; the table names them all. */
const MOST_LINES = 20

/** The numbers of a run, then what somebody has to do something about, one line each: Markdown of at most some 21 KB. */
export function boardInShort(board: Board, now: number): readonly string[] {
  const lines = failures(board)
  const shown = lines.slice(0, Math.min(MOST_LINES, fitting(lines, FAILURES)))
  const rest = lines.length - shown.length
  return [
    ...(board.workers.size > 0 ? [countsTable(board, now)] : []),
    ...(lines.length > 0 ? [[...shown, ...(rest > 0 ? [`- +${rest} more`] : [])].join('\n')] : []),
  ]
}

/** Failed workers first, then what was asked for in vain, has something wrong in it, or waits for approval. */
function failures(board: Board): readonly string[] {
  const short = shortIds(namesOf(board))
  const given = new Set<string>()
  /** What to do is said once, however many there is the same to do about. */
  const once = (what: string): string => {
    if (given.has(what)) return ''
    given.add(what)
    return what
  }
  const line = (mark: string, id: string, title: string, words: string): string => {
    const name = title === id ? '' : ` ${text(clip(title, 80))}`
    return `- ${mark} ${code(clip(short(id), 120))}${name}: ${words}`
  }
  const failed = [...board.workers.values()]
    .filter((worker) => standing(worker) === 'failed')
    .map((worker) => {
      const { specId, title } = worker.planned
      const outcome = outcomeOf(worker)
      if (!outcome) return line('✗', specId, title, '')
      const cause = `**${prose(sentence(clip(outcome.message || headline(outcome), 300)))}**`
      return line('✗', specId, title, `${cause} ${prose(once(advice(outcome)))}`.trim())
    })
  const missed = told(board.notPlanned).map((spec) =>
    line('–', spec.specId, spec.title, `not worked: ${prose(sentence(clip(spec.message, 300)))}`),
  )
  return [...failed, ...missed]
}
