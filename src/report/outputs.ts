import type { Board } from '../board/board.ts'
import { type ResultWorker, results } from './results.ts'
import { branchOf } from './tally.ts'

/** The same value without a secret in any of its texts. Cleaned as JSON, a number could lose its digits. */
export type Clean = <T>(value: T) => T

/**
 * The step's outputs that follow from the board, by name. `limitBytes` bounds the output `results`; GitHub counts outputs in
 * UTF-16, 1 MB for a whole job. Where it does not fit it holds only names and outcomes, and as a last resort an empty list:
 * `results-file` always has everything.
 */
export function outputsFor(board: Board, limitBytes: number, clean: Clean): Record<string, string> {
  const { run, workers } = clean(results(board))
  const { counts } = run
  const outputs: Record<string, string> = {
    conclusion: run.conclusion,
    total: String(counts.total),
    succeeded: String(counts.succeeded),
    failed: String(counts.failed + counts.cancelled),
    skipped: String(counts.not_run),
    results: fitted(workers, limitBytes),
    'cost-usd': run.cost_usd === null ? '' : String(Math.round(run.cost_usd * 1e6) / 1e6),
    branches: JSON.stringify(clean(branches(board))),
  }
  if (run.mode !== 'plan') return outputs
  const include = workers.map(({ spec_id, title }) => ({ spec: spec_id, title }))
  return { ...outputs, matrix: JSON.stringify({ include }), 'has-work': String(include.length > 0) }
}

function fitted(workers: readonly ResultWorker[], limitBytes: number): string {
  const brief = workers.map(({ spec_id, outcome }) => ({
    spec_id,
    outcome: outcome && { type: outcome.type, reason: outcome.reason },
  }))
  const choices = [workers, brief].map((choice) => JSON.stringify(choice))
  return choices.find((json) => json.length * 2 <= limitBytes) ?? '[]'
}

/** Only branches that later steps find in the workspace's repository. */
const branches = (board: Board): readonly { spec_id: string; branch: string; head: string | null }[] =>
  [...board.workers.values()]
    .filter((worker) => worker.branchReturned)
    .map((worker) => ({ spec_id: worker.planned.specId, branch: branchOf(worker), head: worker.head ?? null }))
