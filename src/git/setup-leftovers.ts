import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../message.ts'
import { err, ok, type Result } from '../result.ts'
import { stageAll } from './commit.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/**
 * Everything that a worktree holds beyond its head, as a tree; undefined where that is nothing. It is made in an index of its own,
 * so that the worktree's stays as `setup` left it, and has a ref, so that no clean-up of an agent removes it.
 */
export async function treeOfLeftovers(
  repository: RunRepository,
  worktree: Worktree,
): Promise<Result<string | undefined, string>> {
  const index = join(worktree.gitDir, 'leftovers-index')
  const aside: RunRepository = {
    ...repository,
    gitIn: (where, args, options) =>
      repository.gitIn(where, args, { ...options, env: { ...options?.env, GIT_INDEX_FILE: index } }),
  }
  try {
    copyFileSync(join(worktree.gitDir, 'index'), index)
    const staged = await stageAll(aside, worktree)
    if (!staged.ok) return staged
    const [made, head] = [
      await aside.gitIn(worktree, ['write-tree']),
      await aside.gitIn(worktree, ['rev-parse', '--verify', 'HEAD^{tree}']),
    ]
    if (!made.ok || !head.ok) return err(made.ok ? 'HEAD has no tree' : made.error.message)
    const tree = made.value.stdout.trim()
    if (tree === head.value.stdout.trim()) return ok(undefined)
    const name = worktree.gitDir.slice(worktree.gitDir.lastIndexOf('/') + 1)
    const kept = await repository.git(['update-ref', `refs/chant-action/setup/${name}`, tree])
    return kept.ok ? ok(tree) : err(kept.error.message)
  } catch (error) {
    return err(messageOf(error))
  } finally {
    for (const file of [index, `${index}.lock`]) rmSync(file, { force: true })
  }
}

/**
 * Takes out of the index what is just as `setup` left it: staged against HEAD by the same entry as in `leftovers` against `start`.
 * The files stay in the worktree, where `verify` may need them.
 */
export async function unstageLeftovers(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
  leftovers: string,
): Promise<Result<void, string>> {
  const [theirs, staged] = [
    await repository.gitIn(worktree, ['diff', ...RAW, start, leftovers, '--']),
    await repository.gitIn(worktree, ['diff', '--cached', ...RAW, 'HEAD', '--']),
  ]
  // An agent may have removed the tree; then nobody can tell.
  if (!theirs.ok) return ok(undefined)
  if (!staged.ok) return err(staged.error.message)
  const known = entriesOf(theirs.value.stdout)
  const input = [...entriesOf(staged.value.stdout)].flatMap(([path, change]) => {
    if (known.get(path) !== change) return []
    // `:<mode before> <mode after> <hash before> <hash after> <letter>`
    const [mode = '', , hash = ''] = change.slice(1).split(' ')
    return [`${mode === '000000' ? 0 : mode} ${hash}\t${path}\0`]
  })
  if (input.length === 0) return ok(undefined)
  const reset = await repository.gitIn(worktree, ['update-index', '-z', '--index-info'], { input: input.join('') })
  return reset.ok ? ok(undefined) : err(reset.error.message)
}

/** Repositories that `setup` made inside the worktree (it cloned something), by their path, and where HEAD stood in each. */
export async function repositoriesOfSetup(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
  leftovers: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (leftovers === undefined) return new Map()
  const found = await repository.gitIn(worktree, ['diff', ...RAW, start, leftovers, '--'])
  if (!found.ok) return new Map()
  const entries = [...entriesOf(found.value.stdout)].map(
    ([path, change]) => [path, change.slice(1).split(' ')] as const,
  )
  // A submodule was one before.
  return new Map(
    entries.flatMap(([path, [before, mode, , hash = '']]) =>
      mode === LINK && before !== LINK ? [[path, hash] as const] : [],
    ),
  )
}

const RAW = ['--raw', '-z', '--no-renames', '--no-abbrev', '--no-ext-diff']
/** The mode of an entry that is another repository's commit. */
const LINK = '160000'

/** git-diff(1), raw output with -z: what changed, NUL, the path, NUL. */
function entriesOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split('\0')
  const entries = new Map<string, string>()
  for (let at = 0; at + 1 < parts.length; at += 2) entries.set(parts[at + 1] ?? '', parts[at] ?? '')
  return entries
}
