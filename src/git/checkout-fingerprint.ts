import { createHash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { WorkspaceRepository } from './workspace-repository.ts'

/** The main checkout as it is: where HEAD is, what is staged, and which files differ from it. Ignored files are not seen. */
export interface Fingerprint {
  readonly head: string
  /** Path relative to the repository's top → its state in git, size, time and inode. */
  readonly files: ReadonlyMap<string, string>
}

/** Reads the checkout without refreshing its index or taking a lock. */
export async function fingerprint(workspace: WorkspaceRepository): Promise<Fingerprint | undefined> {
  const [head, status] = await Promise.all([
    workspace.git(['rev-parse', '--symbolic-full-name', 'HEAD', '--verify', 'HEAD'], { gitDir: workspace.gitDir }),
    workspace.git(
      ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=all'],
      {
        gitDir: workspace.gitDir,
        workTree: workspace.top,
      },
    ),
  ])
  if (!head.ok || !status.ok) return undefined
  const files = new Map<string, string>()
  for (const entry of status.value.stdout.split('\0')) {
    if (entry === '' || entry.startsWith('#')) continue
    const path = pathOf(entry)
    files.set(
      path,
      createHash('sha256')
        .update(`${entry}\0${look(join(workspace.top, path))}`)
        .digest('hex'),
    )
  }
  return { head: head.value.stdout, files }
}

/** What differs between two looks: paths, and `HEAD` where that moved. Sorted. */
export function differences(before: Fingerprint, after: Fingerprint): readonly string[] {
  const changed = new Set<string>()
  if (before.head !== after.head) changed.add('HEAD')
  for (const [path, state] of after.files) if (before.files.get(path) !== state) changed.add(path)
  for (const path of before.files.keys()) if (!after.files.has(path)) changed.add(path)
  return [...changed].sort()
}

/** `1 XY sub mH mI mW hH hI path`, `u XY sub m1 m2 m3 mW h1 h2 h3 path`, `? path`: git-status(1), porcelain version 2. */
function pathOf(entry: string): string {
  const fields = entry.startsWith('1 ') ? 8 : entry.startsWith('u ') ? 10 : 1
  return entry.split(' ').slice(fields).join(' ')
}

function look(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true })
  return stat ? `${stat.size} ${stat.mtimeNs} ${stat.ino} ${stat.mode}` : 'absent'
}
