import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { bounded } from '../report/log-line.ts'
import { isRealDirectory } from '../shell/files.ts'
import type { SpecId } from '../spec/spec.ts'
import type { RecordContext } from './context.ts'

/** Of the names of what was set aside. Characters. */
const NAMES = 300

/**
 * Says where lies what was set aside of a worker, or beside all of them, before this recovery: main may have been killed between the move and its
 * word of it. Said twice is better than not at all.
 */
export function nameKept({ dir, journal, cleaner }: RecordContext, specId?: SpecId): void {
  const folder = join(dir.root, 'kept', specId ?? 'beside')
  const names = isRealDirectory(folder) ? readdirSync(folder) : []
  if (names.length === 0) return
  const what = specId === undefined ? 'beside the worktrees' : 'of its worktree'
  const message = `What was set aside ${what} before the run was killed is in ${folder}: ${bounded(names, ', ', NAMES)}`
  journal.append({ type: 'warning', code: 'set-aside', message: cleaner.clean(message), ...(specId && { specId }) })
}
