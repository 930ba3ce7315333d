import { readJournal } from '../shell/journal.ts'

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
