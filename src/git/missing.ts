import { err, ok, type Result } from '../result.ts'
import type { RunRepository } from './run-repository.ts'
import type { WorkspaceRepository } from './workspace-repository.ts'

/** Settings of a clone that lacks objects: older gits write the first, newer ones the second. */
const PARTIAL = /^(extensions\.partialclone|remote\..*\.promisor)$/

/**
 * A partial clone (`filter`, and `sparse-checkout` of actions/checkout, which implies one) holds only the files that it shows. Worktrees
 * show all of them, and nothing is fetched from a remote whose configuration agents can write. The error says what to do.
 */
export async function checkComplete(
  workspace: WorkspaceRepository,
  repository: RunRepository,
  base: string,
): Promise<Result<void, string>> {
  if (!workspace.carried.some(([key]) => PARTIAL.test(key))) return ok(undefined)
  const listed = await repository.git(['rev-list', '--objects', '--missing=print', '--max-count=1', base])
  // Where git cannot tell, the first worktree will.
  const missing = listed.ok ? listed.value.stdout.split('\n').filter((line) => line.startsWith('?')).length : 0
  return missing === 0
    ? ok(undefined)
    : err(
        `This checkout is partial: ${missing} ${missing === 1 ? 'file' : 'files or folders'} of ${base.slice(0, 7)} are not in it, and worktrees need them all. Give actions/checkout neither \`filter\` nor \`sparse-checkout\`.`,
      )
}
