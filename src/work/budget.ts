import type { Board } from '../board/board.ts'
import { totalUsage } from '../board/usage.ts'
import { modelOf } from '../board/worker.ts'
import { verdict } from '../outcome/outcome.ts'
import type { Journal } from '../shell/journal.ts'
import type { SpecId } from '../spec/spec.ts'
import type { Execution } from './executor.ts'

/** Starts nothing more once the agents of this run have cost so much together; what runs may end. */
export function stopAtBudget(maxCostUsd: number | undefined, journal: Journal, execution: Execution): void {
  if (maxCostUsd === undefined) return
  let spent = false
  let warned = false
  journal.listen((event, _, after) => {
    const unpriced = event.type === 'worker-done' && !warned ? unpricedWords(after, event.specId) : undefined
    if (unpriced !== undefined) {
      warned = true
      queueMicrotask(() => journal.append({ type: 'warning', code: 'budget', message: unpriced }))
    }
    if (spent || event.type !== 'agent-usage' || !isSpent(totalUsage(after)?.costUsd ?? 0, maxCostUsd)) return
    spent = true
    // Listeners hear one event at a time: what follows from it comes after it.
    queueMicrotask(() => execution.end('budget', 'finish'))
  })
}

/** Nobody counts so little. US dollars. */
const NOTHING = 1e-9

/** Sums of fractions fall a little short: 0.7 and 0.1 are 0.8 to everybody but the machine. */
export const isSpent = (costUsd: number, maxCostUsd: number): boolean => costUsd >= maxCostUsd - NOTHING

/** A limit that nobody can keep is worse than none, so it is said: of work that cost something, but nobody knows how much. */
function unpricedWords(board: Board, specId: SpecId): string | undefined {
  const worker = board.workers.get(specId)
  if (worker?.state.type !== 'done' || verdict(worker.state.outcome) !== 'succeeded') return undefined
  const used = [...worker.usage.values()]
  if (used.some(({ costUsd }) => costUsd !== undefined)) return undefined
  const model = worker.model ?? modelOf(worker)
  const why =
    used.length === 0
      ? 'its agent tells nothing of what it uses'
      : `the price list does not know ${model === undefined ? 'the model of its agent' : `the model ${model}`}: name a price in \`prices-file\``
  return `\`max-cost-usd\` cannot be kept: ${specId} counts as free, because ${why}.`
}
