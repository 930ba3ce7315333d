import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Worktree } from './run-repository.ts'

/** What git keeps in a worktree's directory while it waits for somebody to go on. Names: git's own files. */
const SIGNS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
]

/** The operation that an agent began and left in the middle, if any: its files may hold conflict markers. */
export const unfinishedIn = (worktree: Worktree): string | undefined =>
  SIGNS.find(([file]) => existsSync(join(worktree.gitDir, file)))?.[1]
