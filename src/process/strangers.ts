import type { ProcessIdentity } from '../board/event.ts'
import { COOKIE } from './members.ts'
import { descendants, isAlive, lineage, type ProcessRow, type ProcessTable, type Snapshot } from './snapshot.ts'

/** Programs that adopt orphans besides pid 1. */
const REAPERS = new Set(['systemd', 'init', 'tini', 'dumb-init', 'docker-init', 'catatonit'])

/**
 * Live orphans of our user that started during the run and that nothing connects to us: an agent's descendant that was
 * never seen and carries no mark would look like this. They are named to people and never signalled, because nothing
 * proves whose they are.
 */
export function strangersSince(
  main: ProcessIdentity,
  table: ProcessTable,
  user: number | undefined,
): readonly ProcessRow[] {
  const snapshot = table.snapshot()
  const family = lineage(snapshot, process.pid)
  for (const row of descendants(snapshot, new Set([main.pid, process.pid]))) family.add(row.pid)
  return [...snapshot.rows.values()].filter(
    (row) =>
      isAlive(row) &&
      !family.has(row.pid) &&
      row.pid !== main.pid &&
      !table.startedBefore(row.start, main.start) &&
      snapshot.user(row.pid) === user &&
      // Another run's: it has its own main to look after it.
      snapshot.variable(row.pid, COOKIE) === undefined &&
      isOrphan(row, snapshot),
  )
}

const isOrphan = (row: ProcessRow, snapshot: Snapshot): boolean =>
  row.parent === 1 || REAPERS.has(snapshot.rows.get(row.parent)?.name ?? '')
