import type { Worker } from '../board/board.ts'
import { openClient } from '../github/client.ts'
import { LiveChecks } from '../github/live-checks.ts'
import type { Inputs } from '../inputs.ts'
import { commentMarker } from '../report/comment.ts'
import { readInside } from '../shell/files.ts'
import type { GithubContext } from '../shell/github-context.ts'
import { lastLines } from '../shell/last-lines.ts'
import { parseSpec } from '../spec/parse-spec.ts'
import type { Criterion } from '../spec/spec.ts'
import type { SavingContext } from './context.ts'

/** Log lines that a check run shows at most; what does not fit its 64 KiB is left out anyway. */
const TAIL_LINES = 200

/** Check runs and comment, where there is a GitHub to write them to and somebody wants them. */
export function openChecks(
  ctx: SavingContext,
  inputs: Inputs,
  github: GithubContext,
  { takesOver }: { readonly takesOver: boolean },
): LiveChecks | undefined {
  const { repository, apiUrl, pullRequest, workflow } = github
  const sha = pullRequest?.headSha ?? github.sha
  const issue = inputs.comment ? pullRequest?.number : undefined
  if (!repository || !sha || inputs.token === '' || (inputs.checks === 'off' && issue === undefined)) return undefined
  if (ctx.journal.board.workers.size === 0) return undefined
  const client = openClient({ token: inputs.token, repository, apiUrl })
  return new LiveChecks(ctx.journal, client, {
    mode: inputs.checks,
    sha,
    takesOver,
    prefix: ctx.workspace.prefix,
    criteria: (worker) => criteriaNow(ctx, worker),
    tail: (specId) => lastLines(ctx.dir.log(specId), TAIL_LINES),
    clean: ctx.cleaner.clean,
    ...(issue === undefined ? {} : { comment: { issue, marker: commentMarker(workflow) } }),
  })
}

/** Read while the agent works, so anything may be there; what is no spec has no criteria to show. */
function criteriaNow(ctx: SavingContext, worker: Worker): readonly Criterion[] | undefined {
  const { specId, file } = worker.planned
  const text = worker.worktree && readable(worker.worktree, `${ctx.workspace.prefix}${file}`)
  const read = text ? parseSpec(specId, file, text) : undefined
  return read?.ok ? read.value.spec.criteria : undefined
}

function readable(root: string, path: string): string | undefined {
  try {
    return readInside(root, path)
  } catch {
    return undefined
  }
}
