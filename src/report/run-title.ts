import type { Board } from '../board/board.ts'
import { count } from './durations.ts'
import { emptyWords, tally, tallyWords, unfinished } from './tally.ts'

/** What came of a run in one line of plain text; `live` while it goes on. */
export function runTitle(board: Board, live: boolean): string {
  const t = tally(board)
  // Main that was cancelled leaves the rest to post, but its workers are at their end.
  if (live && unfinished(t) > 0) return `chant: ${tallyWords(t)}…`
  const asked = board.notPlanned.filter((spec) => spec.asked).length
  const missed = asked > 0 ? `, ${asked} asked for but not worked` : ''
  if (t.total === 0) return asked > 0 ? `chant: nothing was worked${missed}` : `Nothing to do: ${whyEmpty(board).why}`
  const cancelled = board.stopping === 'signal' ? 'cancelled, ' : ''
  const all =
    t.succeeded === t.total && t.total > 1 ? `all ${t.total} specs` : `${t.succeeded} of ${count(t.total, 'spec')}`
  return `chant: ${cancelled}${all} completed${missed}`
}

/** `no spec is ready`, and the numbers behind it. */
export function whyEmpty(board: Board): { readonly why: string; readonly rest: string } {
  const [why = '', ...rest] = emptyWords(board).replace(/\.$/, '').split('. ')
  return { why, rest: rest.length > 0 ? `${rest.join('. ')}.` : '' }
}
