import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/**
 * Moves repositories that were made inside a worktree (an agent cloned something) to `aside`, each under its own path.
 * git would commit only a pointer to them, and their files would go with the worktree. Answers the paths that were moved.
 */
export async function setNestedAside(
  repository: RunRepository,
  worktree: Worktree,
  aside: string,
  /** Paths of those that stay: `setup` made them, and `verify` may need them. */
  besides: ReadonlySet<string>,
): Promise<Result<readonly string[], string>> {
  // git lists files one by one, but never looks into another repository: that is an entry with a slash at its end.
  const listed = await repository.gitIn(worktree, ['ls-files', '--others', '--exclude-standard', '-z'])
  if (!listed.ok) return err(listed.error.message)
  const nested = listed.value.stdout
    .split('\0')
    .filter((entry) => entry.endsWith('/') && !besides.has(entry.slice(0, -1)))
  for (const path of nested) {
    const target = freePath(join(aside, path))
    try {
      mkdirSync(dirname(target), { recursive: true })
      renameSync(join(worktree.path, path), target)
    } catch (error) {
      return err(`the repository ${path} inside the worktree could not be set aside: ${messageOf(error)}`)
    }
  }
  return ok(nested)
}

/** `v`, `v.2`, …: what was set aside before stays. */
export function freePath(path: string): string {
  const plain = path.replace(/\/$/, '')
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? plain : `${plain}.${number}`
    if (!existsSync(candidate)) return candidate
  }
}
