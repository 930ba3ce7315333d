import type { Board } from '../board/board.ts'
import { type Conclusion, verdict } from './outcome.ts'

/**
 * The conclusion of a run, in GitHub's words: `cancelled` after a signal; `failure` when a spec failed, was stopped by us or has
 * no end, or when a spec that the person named is not worked; `neutral` when no spec was worked; else `success`.
 * A broken spec that nobody named stops only itself.
 */
export function conclude(board: Board): Conclusion {
  if (board.stopping === 'signal') return 'cancelled'
  const asked = board.notPlanned.some((spec) => spec.asked)
  const workers = [...board.workers.values()]
  if (board.run?.mode === 'plan') return asked ? 'failure' : workers.length > 0 ? 'success' : 'neutral'
  const ends = workers.map(({ state }) => (state.type === 'done' ? verdict(state.outcome) : 'unfinished'))
  if (asked || ends.some((end) => end === 'failed' || end === 'cancelled' || end === 'unfinished')) return 'failure'
  return ends.some((end) => end === 'succeeded') ? 'success' : 'neutral'
}
