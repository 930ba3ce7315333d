import { readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readTextIfAny } from '../shell/files.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/**
 * Worktrees of the run's repository that agents made for themselves (some CLIs give each of their helpers one). `ours` are the
 * names of those that we made. Only such whose folder and git directory name each other: either alone could be made up.
 * `branch` is empty where HEAD is detached.
 */
export function linkedWorktrees(repository: RunRepository, ours: ReadonlySet<string>): readonly Worktree[] {
  const folder = join(repository.gitDir, 'worktrees')
  if (!isDirectory(folder)) return []
  return readdirSync(folder).flatMap((name): readonly Worktree[] => {
    const gitDir = join(folder, name)
    const pointer = ours.has(name) ? undefined : textOf(join(gitDir, 'gitdir'))
    if (pointer === undefined) return []
    const path = dirname(resolve(gitDir, pointer.trim()))
    const back = /^gitdir: (.+)$/m.exec(textOf(join(path, '.git')) ?? '')?.[1]
    if (back === undefined || realOf(resolve(path, back)) !== realOf(gitDir)) return []
    const branch = /^ref: refs\/heads\/(.+)$/m.exec(textOf(join(gitDir, 'HEAD')) ?? '')?.[1]
    return [{ path: realOf(path) ?? path, gitDir, branch: branch ?? '' }]
  })
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** A pipe in its place would be waited for. */
const textOf = (path: string): string | undefined =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ? readTextIfAny(path) : undefined

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
