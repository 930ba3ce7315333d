import type { Board } from '../../src/board/board.ts'
import { type CheckPayload, type WorkerCheckOptions, workerCheck } from '../../src/report/check-run.ts'
import { id, T0 } from './board-fixture.ts'

export const LINKS = { links: { repository: 'https://github.com/o/r', run: 'https://github.com/o/r/actions/runs/42' } }
/** The check of one worker, 32 seconds into the run. */
export function check(board: Board, specId: string, options: Partial<WorkerCheckOptions> = {}): CheckPayload {
  const worker = board.workers.get(id(specId))
  if (!worker) throw new Error(`no worker ${specId}`)
  return workerCheck(board, worker, { now: T0 + 32_000, tail: [], ...options })
}
