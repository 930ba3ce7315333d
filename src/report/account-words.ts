import type { AccountState, Board } from '../board/board.ts'
import { clockAhead } from './durations.ts'
import { clip, oneLine } from './visible.ts'

/** Of what a provider said. Characters. */
const SAID = 200

/** `claude-2 paused until 12:31:00 UTC`, `claude-1 not used any more: no quota left`: accounts that take nothing now, in short. */
export const pausedWords = (board: Board, now: number): readonly string[] => words(board, now, () => '')

/** The same with what the providers said. */
export const pausedSentences = (board: Board, now: number): readonly string[] =>
  words(board, now, ({ why }) => saidWords(why))

function words(board: Board, now: number, more: (account: AccountState) => string): readonly string[] {
  return [...board.accounts].flatMap(([name, account]) => {
    const { pausedUntil, stopped } = account
    if (stopped === 'auth') return [`${name} not used any more: its key was refused${more(account)}`]
    if (stopped === 'quota') return [`${name} not used any more: no quota left${more(account)}`]
    return pausedUntil !== undefined && pausedUntil > now ? [`${name} paused until ${clockAhead(pausedUntil)} UTC`] : []
  })
}

/** ` (Invalid API key)`; nothing where nothing was said. */
export const saidWords = (why: string | undefined): string => {
  const said = clip(oneLine(why ?? ''), SAID).trim()
  return said === '' ? '' : ` (${said})`
}
