import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { lookAt } from '../shell/files.ts'
import type { RunRepository } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

/** The main checkout as it is: where HEAD is, what is staged, and which files differ from it. Ignored files are not seen. */
export interface Fingerprint {
  readonly head: string
  /** Path relative to the repository's top → its state in git, size, time and inode. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Reads the checkout without refreshing its index or taking a lock. The files are compared by the run's repository, with
 * the workspace's index: agents can write the workspace's configuration, and what that names would be run to compare.
 */
export async function fingerprint(
  workspace: WorkspaceRepository,
  repository: RunRepository,
): Promise<Fingerprint | undefined> {
  const head = { gitDir: workspace.gitDir }
  const over = { workTree: workspace.top, env: { GIT_INDEX_FILE: join(workspace.gitDir, 'index') } }
  const [commit, name, staged, changed, others] = await Promise.all([
    workspace.git(['rev-parse', '--verify', 'HEAD'], head),
    workspace.git(['symbolic-ref', '--quiet', 'HEAD'], { ...head, answers: [1] }),
    repository.git(['ls-files', '--stage', '-z'], over),
    repository.git(['ls-files', '--modified', '--deleted', '-z'], over),
    repository.git(['ls-files', '--others', '--exclude-standard', '-z'], over),
  ])
  if (!commit.ok || !name.ok || !staged.ok || !changed.ok || !others.ok) return undefined
  const files = new Map<string, string>()
  const add = (path: string, state: string) => files.set(path, `${files.get(path) ?? ''} ${state}`)
  for (const entry of entriesOf(staged.value.stdout)) {
    const tab = entry.indexOf('\t')
    add(entry.slice(tab + 1), entry.slice(0, tab))
  }
  for (const list of [changed, others])
    for (const path of new Set(entriesOf(list.value.stdout))) add(path, look(join(workspace.top, path)))
  return { head: commit.value.stdout + name.value.stdout, files }
}

/** What differs between two looks: paths, and `HEAD` where that moved. Sorted. */
export function differences(before: Fingerprint, after: Fingerprint): readonly string[] {
  const changed = new Set<string>()
  if (before.head !== after.head) changed.add('HEAD')
  for (const [path, state] of after.files) if (before.files.get(path) !== state) changed.add(path)
  for (const path of before.files.keys()) if (!after.files.has(path)) changed.add(path)
  return [...changed].sort()
}

const entriesOf = (list: string): readonly string[] => list.split('\0').filter((entry) => entry !== '')

function look(path: string): string {
  // Asked first: Node throws for a path below what has become a file.
  const stat = lookAt(path) && lstatSync(path, { throwIfNoEntry: false, bigint: true })
  return stat ? `${stat.size} ${stat.mtimeNs} ${stat.ino} ${stat.mode}` : 'absent'
}
