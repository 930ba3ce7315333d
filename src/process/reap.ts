import type { TrackedProcess } from '../board/board.ts'
import { decideRecovery, type Recovery } from '../board/recovery.ts'
import { compare } from './identity.ts'
import { treeOf } from './members.ts'
import type { ProcessTable } from './snapshot.ts'
import { type Stopped, stopTree } from './stop.ts'

/** What became of a process whose end nobody had recorded. */
export interface Reaped {
  readonly tracked: TrackedProcess
  readonly decision: Recovery
  readonly stopped: Stopped
}

const NOBODY: Stopped = { signalled: [], killed: false, left: [], foreign: [] }

/**
 * Looks for what is left of a process that a dead main started, and ends it where it is proven ours. Writes nothing: the
 * disk may be full, and whoever lives must be stopped all the same.
 */
export async function reap(tracked: TrackedProcess, table: ProcessTable): Promise<Reaped> {
  const { identity } = tracked
  const seen = {
    otherBoot: identity !== undefined && identity.boot !== table.boot,
    comparison: identity ? compare(identity, table) : 'different',
  } as const
  // One look may miss a tree that forks while it is read; stopping looks three times before it says that nobody is there.
  const reachable = decideRecovery(tracked, { ...seen, members: 0 }).type !== 'lost'
  const stopped = reachable ? await stopTree(treeOf(tracked), table) : NOBODY
  return { tracked, stopped, decision: decideRecovery(tracked, { ...seen, members: stopped.signalled.length }) }
}
