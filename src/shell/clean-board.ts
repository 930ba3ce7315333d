import type { Board } from '../board/board.ts'
import { type Cleaner, cleaned } from './secrets.ts'

/**
 * The board without a secret in any of its texts, for whoever makes Markdown of it: an escape in the middle of a secret would hide it
 * from everybody but the reader. Processes are shown nowhere and stay as they are.
 */
export const cleanBoard = ({ processes, ...shown }: Board, { clean }: Pick<Cleaner, 'clean'>): Board => ({
  ...cleaned(shown, clean),
  processes,
})
