import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessRef } from '../board/event.ts'
import { COOKIE, membersOf, type Tree } from './members.ts'
import type { ProcessTable } from './snapshot.ts'
import { EMPTY_LOOKS, stopTree } from './stop.ts'

/** Longer than git takes for what it does for one worker, even with a large checkout. Milliseconds. */
const PATIENCE_MS = 10_000
const LOOK_MS = 50

/** In the environment of every git that works in the run's own repository, so that whoever comes after a killed main finds it. */
export const gitMark = (gitDir: string): Readonly<Record<string, string>> => ({ [COOKIE]: treeOfGit(gitDir).token })

/**
 * A git that a main started which was killed goes on by itself: it is waited for, since what it still writes would be missed, and
 * ended where it is stuck (a server that does not answer). Only for a run whose main process is gone, and before any git of ours.
 * Answers who was ended.
 */
export async function outlastGit(
  gitDir: string,
  table: ProcessTable,
  patienceMs = PATIENCE_MS,
): Promise<readonly ProcessRef[]> {
  const tree = treeOfGit(gitDir)
  const late = performance.now() + patienceMs
  // One look may miss it: between two programs (exec) the kernel shows no environment.
  for (let empty = 0; empty < EMPTY_LOOKS; await sleep(LOOK_MS)) {
    const isThere = membersOf(tree, table.snapshot(performance.now()), table).length > 0
    if (isThere && performance.now() > late) return (await stopTree(tree, table)).signalled
    empty = isThere ? 0 : empty + 1
  }
  return []
}

/** Where nothing that it writes is worth keeping: without grace, and gone when this settles. With nobody there it costs three looks. */
export const killLeftGit = async (gitDir: string, table: ProcessTable): Promise<void> =>
  void (await stopTree(treeOfGit(gitDir), table, () => true))

/** A state directory has one name by its real path, whoever comes to it. */
function treeOfGit(gitDir: string): Tree {
  let folder = dirname(gitDir)
  try {
    folder = realpathSync(folder)
  } catch {
    // It is gone, and so is whoever had it.
  }
  return { token: join(folder, basename(gitDir)), noted: [], directory: gitDir }
}
