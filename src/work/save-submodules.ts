import { join } from 'node:path'
import { onlySetupRan } from '../board/only-setup.ts'
import { repositoriesOfSetup } from '../git/setup-leftovers.ts'
import { changedSubmodules, setSubmoduleAside } from '../git/submodules.ts'
import { writeFileAtomic } from '../shell/files.ts'
import type { SavingContext } from './context.ts'
import type { Saving } from './save.ts'

/**
 * Keeps what an agent did in submodules, whose commits and files are no part of its branch: a patch with the logs, and the
 * submodule itself beside them. Last, because `verify` needs it in its place. What cannot be kept keeps the worktree.
 */
export async function saveSubmodules(ctx: SavingContext, saving: Saving): Promise<string | undefined> {
  const { specId, worktree } = saving
  if (onlySetupRan(ctx.journal.board, specId)) return undefined
  const { setupLeft } = ctx.journal.board.workers.get(specId) ?? {}
  const ofSetup = await repositoriesOfSetup(ctx.repository, worktree, saving.start, setupLeft)
  for (const changed of await changedSubmodules(ctx.repository, worktree, saving.start, ofSetup)) {
    const moved = await setSubmoduleAside(ctx.repository, changed, worktree, join(ctx.dir.root, 'kept', specId))
    if (!moved.ok) return `the submodule ${changed.path} could not be set aside: ${moved.error}`
    const patch = writePatch(ctx, specId, changed)
    ctx.journal.append({
      type: 'warning',
      code: 'submodule-work',
      specId,
      message: ctx.cleaner.clean(
        `The agent changed the ${ofSetup.has(changed.path) ? 'repository that `setup` made in' : 'submodule'} ${changed.path}, which is no part of its branch. It was moved to ${moved.value}${patch}`,
      ),
    })
  }
  return undefined
}

function writePatch(
  ctx: SavingContext,
  specId: string,
  { path, patch }: { path: string; patch: string | undefined },
): string {
  if (patch === undefined || patch === '' || ctx.secretsUnknown) return ''
  const bytes = Buffer.from(patch, 'latin1')
  // What a binary file holds is compressed in it.
  if (/^GIT binary patch$/m.test(patch))
    return '; its patch is withheld, because a secret in its binary files would not be seen'
  if (ctx.cleaner.contains(bytes.toString('utf8'))) return '; its patch is withheld, because it contains a secret'
  const name = `${specId}.${path.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)}.patch`
  writeFileAtomic(join(ctx.dir.logs, name), bytes)
  return `; its changes are logs/${name}`
}
