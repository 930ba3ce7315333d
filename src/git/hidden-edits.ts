import { join } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import { lookAt } from '../shell/files.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/**
 * Lets git look again at files that it was told not to look at (`update-index --assume-unchanged`, `--skip-worktree`): edits of
 * them would go with the worktree. What a sparse checkout left out is not there, and stays left out.
 */
export async function showHiddenEdits(repository: RunRepository, worktree: Worktree): Promise<Result<void, string>> {
  const listed = await repository.gitIn(worktree, ['ls-files', '-v', '-z'])
  if (!listed.ok) return err(listed.error.message)
  const assumed: string[] = []
  const skipped: string[] = []
  for (const entry of listed.value.stdout.split('\0')) {
    // A letter, a space, the path. git-ls-files(1): lower case is assumed unchanged, S is skipped.
    const [tag = '', path] = [entry.slice(0, 1), entry.slice(2)]
    if (tag !== tag.toUpperCase()) assumed.push(path)
    if (tag.toUpperCase() === 'S' && lookAt(join(worktree.path, path))) skipped.push(path)
  }
  for (const [option, paths] of [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', skipped],
  ] as const) {
    if (paths.length === 0) continue
    const input = paths.map((path) => `${path}\0`).join('')
    const shown = await repository.gitIn(worktree, ['update-index', option, '-z', '--stdin'], { input })
    if (!shown.ok) return err(shown.error.message)
  }
  return ok(undefined)
}
