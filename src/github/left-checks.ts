import { WHOLE_RUN } from '../board/board.ts'
import type { RunInfo } from '../board/event.ts'
import { type ChecksMode, checkSubjects } from '../report/check-subjects.ts'
import { ok, type Result } from '../result.ts'
import type { Journal } from '../shell/journal.ts'
import { type CheckSources, checkContent } from './check-content.ts'
import { writeCheck } from './check-writes.ts'
import type { GithubClient, GithubProblem } from './client.ts'
import type { Target, Turn } from './writer.ts'

/** A run whose main process died and whose workers have their outcomes now. */
export interface LeftChecks {
  readonly run: RunInfo
  readonly journal: Journal
  readonly sources: CheckSources
  /** Its secrets are not known any more: of what it says nothing may be written. */
  readonly secretsUnknown: boolean
}

/**
 * Its check runs that GitHub still shows as open; no new one is made. `say` tells why they stay open where GitHub refuses. One that was
 * made by another repository's run is not ours to end.
 */
export function leftCheckTargets(
  left: LeftChecks,
  repository: string,
  client: Promise<GithubClient>,
  say: (message: string) => void,
): readonly Target[] {
  const { board } = left.journal
  if (board.checksOff !== undefined || board.checkRuns.size === 0) return []
  if (left.run.links?.repository !== repository) return []
  const mode = board.checkRuns.has(WHOLE_RUN) ? 'run' : 'per-spec'
  return checkSubjects(board, mode)
    .filter(({ key }) => !board.checkRuns.get(key)?.completed)
    .map(({ key }) => ({
      key: `left ${left.run.key} ${key}`,
      group: `left ${left.run.key}`,
      write: (turn) => endOne(left, { mode, key }, client, turn),
      refused: (problem) => {
        // Gone, or as it is for good: the others may be taken.
        if (problem.status === 404 || problem.status === 422) return 'target'
        say(`Check runs of run ${left.run.key} stay open: ${problem.message.slice(0, 200)}`)
        return 'group'
      },
    }))
}

async function endOne(
  left: LeftChecks,
  about: { readonly mode: ChecksMode; readonly key: string },
  client: Promise<GithubClient>,
  turn: Turn,
): Promise<Result<unknown, GithubProblem>> {
  const { journal, run, sources, secretsUnknown } = left
  const check = checkContent(journal.board, about, turn.last, sources)
  const known = journal.board.checkRuns.get(about.key)
  if (!secretsUnknown && run.checks)
    return await writeCheck(
      { journal, client, sha: run.checks.commit, takesOver: true, makes: false },
      about.key,
      check,
      turn,
    )
  if (!known || check.conclusion === undefined) return ok(undefined)
  const end = { status: check.status, conclusion: check.conclusion }
  const answer = await (await client).updateCheckRun(known.id, end)
  if (answer.ok && !turn.isClosed())
    journal.append({
      type: 'check-run-completed',
      id: known.id,
      ...(about.key === WHOLE_RUN ? {} : { specId: about.key }),
    })
  return answer
}
