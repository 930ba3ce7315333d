import type { Worker } from '../board/board.ts'
import { openClient } from '../github/client.ts'
import { earlierPause } from '../github/earlier-writes.ts'
import { leftCheckTargets } from '../github/left-checks.ts'
import { LiveChecks } from '../github/live-checks.ts'
import { GithubWriter } from '../github/writer.ts'
import type { Inputs } from '../inputs.ts'
import { present } from '../present.ts'
import { checkSubjects } from '../report/check-subjects.ts'
import { commentMarker } from '../report/comment.ts'
import { count } from '../report/durations.ts'
import { readInside } from '../shell/files.ts'
import { type GithubContext, shownCommit } from '../shell/github-context.ts'
import { lastLines } from '../shell/last-lines.ts'
import { parseSpec } from '../spec/parse-spec.ts'
import type { Criterion } from '../spec/spec.ts'
import type { RecordContext } from './context.ts'

/** Log lines that a check run shows at most; what does not fit its 64 KiB is left out anyway. */
const TAIL_LINES = 200

export interface OpenChecks {
  /** Another process wrote before this one, and may not have lived to hear the answer. */
  readonly takesOver: boolean
  /** Runs that were recovered: what GitHub shows of them as open is ended on the way. */
  readonly left: readonly RecordContext[]
}

/** Check runs and comment, where there is a GitHub to write them to and somebody wants them. Nothing waits for them. */
export function openChecks(
  ctx: RecordContext,
  inputs: Inputs,
  github: GithubContext,
  { takesOver, left }: OpenChecks,
): LiveChecks | undefined {
  const { repository, apiUrl, pullRequest, workflow } = github
  const sha = ctx.run.checks?.commit ?? shownCommit(github)
  const issue = inputs.comment ? pullRequest?.number : undefined
  if (!repository || !sha || inputs.token === '' || (inputs.checks === 'off' && issue === undefined)) return undefined
  const something =
    checkSubjects(ctx.journal.board, inputs.checks).length > 0 ||
    issue !== undefined ||
    left.some(({ journal }) => journal.board.checkRuns.size > 0)
  if (!something) return undefined
  const client = openClient({ token: inputs.token, repository, apiUrl })
  const checks = new LiveChecks(ctx.journal, client, {
    ...sourcesOf(ctx),
    mode: inputs.checks,
    sha,
    takesOver,
    before: boardsOf(left),
    ...(issue === undefined ? {} : { comment: { issue, marker: commentMarker(workflow) } }),
  })
  const say = (message: string) => void ctx.journal.append({ type: 'warning', code: 'left-run', message })
  // Their logs are in the artifact of this run.
  const logs = ctx.run.links && `${ctx.run.links.run}#artifacts`
  if (inputs.checks !== 'off') checks.endLeft(leftTargets(left, github, client, say, logs))
  return checks
}

/** For `mode: clean`, which is no run: ends what GitHub shows of recovered runs as open. Answers what could not be ended, a line each. */
export async function endLeftChecks(
  left: readonly RecordContext[],
  inputs: Inputs,
  github: GithubContext,
  milliseconds: number,
): Promise<readonly string[]> {
  const { repository, apiUrl } = github
  const hasOpen = left.some(({ journal }) => [...journal.board.checkRuns.values()].some(({ completed }) => !completed))
  if (!repository || inputs.token === '' || inputs.checks === 'off' || !hasOpen) return []
  const said: string[] = []
  const client = openClient({ token: inputs.token, repository, apiUrl })
  // Whoever writes meets its failure.
  client.catch(() => undefined)
  const writer = new GithubWriter(present({ pausedUntil: earlierPause(boardsOf(left), Date.now()) }))
  writer.offerUnhurried(leftTargets(left, github, client, (message) => said.push(message)))
  await writer.flush(milliseconds)
  const open = writer.left()
  await writer.close(0)
  return open > 0
    ? [...said, `GitHub did not take the end of ${count(open, 'check run')}, which it goes on showing as open`]
    : said
}

const boardsOf = (left: readonly RecordContext[]) => left.map(({ journal }) => journal.board)

const leftTargets = (
  left: readonly RecordContext[],
  { serverUrl, repository }: GithubContext,
  client: ReturnType<typeof openClient>,
  say: (message: string) => void,
  logs?: string,
) =>
  left.flatMap((ctx) => {
    const { run, journal, secretsUnknown = false } = ctx
    const sources = { ...sourcesOf(ctx), ...(logs ? { logs } : {}) }
    return leftCheckTargets({ run, journal, sources, secretsUnknown }, `${serverUrl}/${repository}`, client, say)
  })

const sourcesOf = (ctx: RecordContext) => ({
  prefix: ctx.run.checks?.prefix ?? '',
  criteria: (worker: Worker) => criteriaNow(ctx, worker),
  tail: (specId: Worker['planned']['specId']) => lastLines(ctx.dir.log(specId), TAIL_LINES),
  clean: ctx.cleaner.clean,
})

/** Read while the agent works, so anything may be there; what is no spec has no criteria to show. */
function criteriaNow(ctx: RecordContext, worker: Worker): readonly Criterion[] | undefined {
  const { specId, file } = worker.planned
  const text = worker.worktree && readable(worker.worktree, `${ctx.run.checks?.prefix ?? ''}${file}`)
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
