import { randomUUID } from 'node:crypto'
import type { ProcessRef } from '../board/event.ts'
import { isAlive, lineage, type ProcessTable } from './snapshot.ts'
import { stopTree } from './stop.ts'

/** More often nothing new can have come that was not below what came before. */
const PASSES = 5

/**
 * Ends who works in worktrees below `directory` (real path) without a record, because the journal was damaged: whoever has one of
 * them as its directory, or was told of one by us (`CHANT_WORKTREE_PATH`). Answers who that was.
 */
export async function endUnrecorded(directory: string, table: ProcessTable): Promise<readonly ProcessRef[]> {
  const ended: ProcessRef[] = []
  for (let pass = 0; pass < PASSES; pass += 1) {
    const found = livingIn(directory, table)
    if (found.length === 0) break
    const { signalled } = await stopTree({ token: randomUUID(), noted: found, directory }, table)
    ended.push(...signalled)
  }
  return ended
}

function livingIn(directory: string, table: ProcessTable): readonly ProcessRef[] {
  const snapshot = table.snapshot(performance.now())
  const family = lineage(snapshot, process.pid)
  return [...snapshot.rows.values()].flatMap((row) => {
    if (!isAlive(row) || family.has(row.pid)) return []
    const places = [snapshot.directory(row.pid), snapshot.variable(row.pid, 'CHANT_WORKTREE_PATH')]
    return places.some((place) => place?.startsWith(`${directory}/`)) ? [{ pid: row.pid, start: row.start }] : []
  })
}
