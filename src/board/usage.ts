import type { Board, Worker } from './board.ts'
import type { AgentUsage } from './event.ts'

/** What a worker's attempts used together; undefined where its agent tells nothing. */
export const usageOf = (worker: Worker): AgentUsage | undefined => sum([...worker.usage.values()])

/** What all workers of a run used; undefined where no agent tells anything. */
export const totalUsage = (board: Board): AgentUsage | undefined =>
  sum([...board.workers.values()].flatMap((worker) => [...worker.usage.values()]))

/** A cost is the sum of those that are known: it may be less than what was paid, and is never more. */
function sum(parts: readonly AgentUsage[]): AgentUsage | undefined {
  if (parts.length === 0) return undefined
  const total = (count: (usage: AgentUsage) => number) => parts.reduce((all, usage) => all + count(usage), 0)
  const priced = parts.some(({ costUsd }) => costUsd !== undefined)
  return {
    input: total(({ input }) => input),
    cached: total(({ cached }) => cached),
    output: total(({ output }) => output),
    ...(priced ? { costUsd: total(({ costUsd }) => costUsd ?? 0) } : {}),
    ...(parts.some(({ estimated }) => estimated) ? { estimated: true } : {}),
  }
}
