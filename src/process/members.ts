import type { TrackedProcess } from '../board/board.ts'
import type { ProcessIdentity, ProcessRef } from '../board/event.ts'
import { descendants, isAlive, lineage, type ProcessRow, type ProcessTable, type Snapshot } from './snapshot.ts'

/** The variable that marks everything started below a worker's process. */
export const COOKIE = 'CHANT_WORKER_TOKEN'

/** All that is known of one process we started, enough to find what came from it. */
export interface Tree {
  readonly token: string
  /** Absent when we died between intent and record: then only the cookie tells. */
  readonly identity?: ProcessIdentity
  /** Descendants seen while it ran. Whoever was once below a worker stays ours. */
  readonly noted: readonly ProcessRef[]
  /** The worktree's real path: whoever works in there and started after the process is ours. */
  readonly directory: string
}

/** What came from a process that the journal tells of. */
export const treeOf = ({ token, identity, noted, left = [], worktree }: TrackedProcess): Tree => ({
  token,
  noted: [...noted, ...left],
  directory: worktree,
  ...(identity ? { identity } : {}),
})

/**
 * The live processes of a tree: the recorded process, noted descendants, whatever stands below these now, whoever
 * carries the cookie, whoever works in the worktree and started later, and who is in one of `groups`, process groups that are the
 * tree's alone. Never ourselves or one of our ancestors.
 */
export function membersOf(
  tree: Tree,
  snapshot: Snapshot,
  table: ProcessTable,
  groups: ReadonlySet<number> = NONE,
): readonly ProcessRow[] {
  const members = new Map<number, ProcessRow>()
  const add = (row: ProcessRow | undefined) => {
    if (isAlive(row)) members.set(row.pid, row)
  }
  const refs = tree.identity ? [tree.identity, ...tree.noted] : tree.noted
  for (const ref of refs) {
    const row = snapshot.rows.get(ref.pid)
    if (row?.start === ref.start) add(row)
  }
  for (const row of descendants(snapshot, new Set(members.keys()))) add(row)
  for (const row of snapshot.rows.values()) {
    if (members.has(row.pid) || !isAlive(row)) continue
    if (groups.has(row.group)) add(row)
    const later = tree.identity !== undefined && !table.startedBefore(row.start, tree.identity.start)
    // Reading an environment costs a system call: processes older than the tree cannot belong to it.
    if (tree.identity !== undefined && !later) continue
    if (snapshot.variable(row.pid, COOKIE) === tree.token) add(row)
    else if (later && isInside(snapshot.directory(row.pid), tree.directory)) add(row)
  }
  for (const pid of lineage(snapshot, process.pid)) members.delete(pid)
  return [...members.values()]
}

const NONE: ReadonlySet<number> = new Set()

/** The kernel marks the path of a folder that was removed under its user's feet. */
const REMOVED = / \(deleted\)$/

function isInside(path: string | undefined, directory: string): boolean {
  const folder = path?.replace(REMOVED, '')
  return folder !== undefined && (folder === directory || folder.startsWith(`${directory}/`))
}
