import type { Board } from '../board/board.ts'
import { clock } from './durations.ts'

/** `claude-2 paused until 12:31:00`, `claude-1 not used any more: no quota left`: accounts that take nothing now. */
export function pausedWords(board: Board, now: number): readonly string[] {
  return [...board.accounts].flatMap(([name, { pausedUntil, stopped }]) => {
    if (stopped === 'auth') return [`${name} not used any more: its key was refused`]
    if (stopped === 'quota') return [`${name} not used any more: no quota left`]
    return pausedUntil !== undefined && pausedUntil > now ? [`${name} paused until ${clock(pausedUntil)}`] : []
  })
}
