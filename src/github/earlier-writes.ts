import { readJournal } from '../shell/journal.ts'

const WRITES: ReadonlySet<string> = new Set(['check-run-created', 'check-run-completed', 'comment-written'])

/**
 * When the process before this one made and ended check runs, as far as its journal tells: a swarm of them may be of this very minute, in
 * which GitHub counts them. Epoch ms, oldest first.
 */
export const earlierWrites = (journal: string): readonly number[] =>
  (readJournal(journal) ?? []).filter(({ type }) => WRITES.has(type)).map(({ at }) => Date.parse(at))
