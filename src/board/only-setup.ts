import type { SpecId } from '../spec/spec.ts'
import type { Board } from './board.ts'

/**
 * Whether `setup` is known to be all that was ever let into a worker's worktree: it came to no good end, or the action was killed
 * before an agent followed. What stands there uncommitted is half of what `setup` makes, and nobody's work.
 */
export function onlySetupRan(board: Board, specId: SpecId): boolean {
  const roles = [...board.processes.values()].filter((tracked) => tracked.specId === specId).map(({ role }) => role)
  return roles.length > 0 && roles.every((role) => role === 'setup')
}
