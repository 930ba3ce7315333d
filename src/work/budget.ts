import { totalUsage } from '../board/usage.ts'
import type { Journal } from '../shell/journal.ts'
import type { Execution } from './executor.ts'

/** Starts nothing more once the agents of this run have cost so much together; what runs may end. */
export function stopAtBudget(maxCostUsd: number | undefined, journal: Journal, execution: Execution): void {
  if (maxCostUsd === undefined) return
  let spent = false
  journal.listen((event, _, after) => {
    if (spent || event.type !== 'agent-usage' || (totalUsage(after)?.costUsd ?? 0) < maxCostUsd) return
    spent = true
    // Listeners hear one event at a time: what follows from it comes after it.
    queueMicrotask(() => execution.end('budget', 'finish'))
  })
}
