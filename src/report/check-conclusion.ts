import type { Board } from '../board/board.ts'
import { conclude } from '../outcome/conclusion.ts'
import { type Outcome, verdict } from '../outcome/outcome.ts'
import type { NotPlanned } from '../plan/plan.ts'
import type { CheckConclusion } from './check-payload.ts'

/**
 * A worker's end in GitHub's words. A spec behind a failed one is `skipped`: GitHub does the same with jobs. One that the run's
 * time, budget or quota did not reach is `neutral`: nothing is wrong with it, and nothing decided against it.
 */
export function checkConclusion(outcome: Outcome): CheckConclusion {
  switch (outcome.type) {
    case 'timed-out':
    case 'stalled':
      return 'timed_out'
    case 'cancelled-before-start':
      return 'cancelled'
    case 'dependency-failed':
      return 'skipped'
    case 'deadline-reached':
    case 'budget-reached':
    case 'quota-exhausted':
      return 'neutral'
    default:
      return byVerdict(outcome)
  }
}

function byVerdict(outcome: Outcome): CheckConclusion {
  switch (verdict(outcome)) {
    case 'succeeded':
      return 'success'
    case 'failed':
      return 'failure'
    case 'cancelled':
      return 'cancelled'
    case 'not-run':
      return 'skipped'
  }
}

/** Where nothing is worked and nothing is wrong, but somebody has to approve, GitHub has a word of its own. */
export function runConclusion(board: Board): CheckConclusion {
  const conclusion = board.conclusion ?? conclude(board)
  const waits = board.workers.size === 0 && board.notPlanned.some((spec) => spec.reason.type === 'approval-required')
  return conclusion === 'neutral' && waits ? 'action_required' : conclusion
}

/** A spec that is not worked: somebody has to approve it, or has asked for it in vain; anything else is no news. */
export function notPlannedConclusion(spec: NotPlanned): CheckConclusion {
  if (spec.reason.type === 'approval-required') return 'action_required'
  return spec.asked ? 'failure' : 'skipped'
}
