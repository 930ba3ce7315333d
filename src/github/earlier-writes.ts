import type { Board } from '../board/board.ts'
import { readJournal } from '../shell/journal.ts'
import { HOUR } from './write-pace.ts'

const WRITES: ReadonlySet<string> = new Set(['check-run-created', 'check-run-completed', 'comment-written'])

/**
 * When the process before this one made and ended check runs, as far as its journal tells: a swarm of them may be of this very minute, in
 * which GitHub counts them. Epoch ms, oldest first. What is of a time to come was written by another clock, and says nothing.
 */
export const earlierWrites = (journal: string, now: number): readonly number[] =>
  (readJournal(journal) ?? [])
    .filter(({ type }) => WRITES.has(type))
    .map(({ at }) => Date.parse(at))
    .filter((at) => at <= now)
    .toSorted((a, b) => a - b)

/**
 * Until when GitHub has asked whoever wrote before to leave it alone; epoch ms. No longer from now on than it has asked for, whatever was
 * done to the clock since; one that was over an hour ago says nothing any more.
 */
export function earlierPause(boards: readonly Board[], now: number): number | undefined {
  const ends = boards
    .flatMap(({ githubPause }) => githubPause ?? [])
    .map(({ from, until }) => Math.min(until, now + until - from))
    .filter((until) => until > now - HOUR)
  return ends.length === 0 ? undefined : Math.max(...ends)
}
