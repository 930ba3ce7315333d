import { statfsSync } from 'node:fs'
import type { RunRepository } from '../git/run-repository.ts'
import { err, ok, type Result } from '../result.ts'

/** With so much free nobody has to count. Bytes. */
const PLENTY = 20 * 1024 ** 3
/** For logs, journal and git's own files. Bytes. */
const RESERVE = 64 * 1024 ** 2

/** Whether as many worktrees as run at once fit on the disk of the state directory: tracked bytes × workers. */
export async function checkSpace(
  folder: string,
  repository: RunRepository,
  base: string,
  workers: number,
): Promise<Result<void, string>> {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (free >= PLENTY) return ok(undefined)
  const listed = await repository.git(['ls-tree', '-r', '-l', '-z', base])
  if (!listed.ok) return ok(undefined)
  const tracked = listed.value.stdout
    .split('\0')
    .reduce((sum, entry) => sum + (Number(entry.split('\t')[0]?.split(/\s+/)[3]) || 0), 0)
  const needed = tracked * workers + RESERVE
  if (needed <= free) return ok(undefined)
  return err(
    `${workers} worktrees of ${inMiB(tracked)} each do not fit on the disk of ${folder}, which has ${inMiB(free)} free. Lower \`max-parallel\`, free some space, or set XDG_STATE_HOME to a larger disk.`,
  )
}

const inMiB = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`
