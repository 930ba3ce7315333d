import type { Board, Worker } from '../board/board.ts'
import { usageOf } from '../board/usage.ts'
import { causeWords, headline } from '../outcome/advice.ts'
import type { Outcome } from '../outcome/outcome.ts'
import { verdict } from '../outcome/outcome.ts'
import { unreachable } from '../result.ts'
import { NAME_LENGTH } from './check-payload.ts'
import { count, duration } from './durations.ts'
import { doingWords } from './heartbeat.ts'
import { notRunWords } from './log-ends.ts'
import { bounded } from './log-line.ts'
import { shortIds } from './short-ids.ts'
import { elapsed, namesOf } from './tally.ts'
import { costWords } from './usage-words.ts'
import { clip, oneLine } from './visible.ts'

/** `Running · 3m 12s · Bash cargo test 19s`: a worker in one line of plain text, at most 255 characters. */
export function checkTitle(board: Board, worker: Worker, now: number): string {
  const took = elapsed(worker, now)
  const time = took === undefined ? [] : [duration(took)]
  return clip(oneLine(parts(board, worker, now, time).join(' · ')), NAME_LENGTH)
}

function parts(board: Board, worker: Worker, now: number, time: readonly string[]): readonly string[] {
  const { state, attempts } = worker
  const short = shortIds(namesOf(board))
  const cost = costWords(usageOf(worker))
  const paid = cost === undefined ? [] : [cost]
  switch (state.type) {
    case 'queued': {
      const { dependsOn } = worker.planned
      return dependsOn.length > 0 ? ['Queued', `after ${bounded(dependsOn.map(short), ' ', 120)}`] : ['Queued']
    }
    case 'preparing':
      return ['Preparing', ...time]
    case 'running':
      return [attempts > 1 ? `Running, attempt ${attempts}` : 'Running', ...time, doingWords(worker, now), ...paid]
    case 'waiting':
      return ['Waiting', ...time, doingWords(worker, now)]
    case 'verifying':
      return ['Verifying', ...time]
    case 'finalizing':
      return ['Finalizing', ...time]
    case 'stopping':
      return ['Stopping', ...time, causeWords(state.cause)]
    case 'done':
      return doneParts(worker, state.outcome, time, paid, short)
    default:
      return unreachable(state)
  }
}

function doneParts(
  worker: Worker,
  outcome: Outcome,
  time: readonly string[],
  paid: readonly string[],
  short: (id: string) => string,
): readonly string[] {
  const n = worker.commits.length
  const work = [...(n > 0 ? [count(n, 'commit')] : []), ...paid]
  switch (verdict(outcome)) {
    case 'succeeded':
      return [outcome.type === 'completed' ? 'Completed' : 'Nothing to change', ...time, ...work]
    case 'failed':
      return ['Failed', headline(outcome), ...time, ...work]
    case 'cancelled':
      return ['Cancelled', ...(outcome.type === 'cancelled' ? [causeWords(outcome.cause)] : []), ...time, ...work]
    case 'not-run':
      return ['Not run', notRunWords(outcome, short)]
  }
}
