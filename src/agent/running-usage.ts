import type { Usage } from './event.ts'

export const NO_USAGE: Usage = { input: 0, cached: 0, output: 0, costUsd: undefined }

export const addUsage = (a: Usage, b: Usage): Usage => ({
  input: a.input + b.input,
  cached: a.cached + b.cached,
  output: a.output + b.output,
  costUsd: a.costUsd === undefined && b.costUsd === undefined ? undefined : (a.costUsd ?? 0) + (b.costUsd ?? 0),
})

/** Answers that are still being added to; older ones are taken as they were. */
const OPEN = 50

/** Sums usage over answers that a CLI tells of several times: of each answer the last word counts. */
export class RunningUsage {
  #settled = NO_USAGE
  readonly #open = new Map<string, Usage>()

  /** The total with this answer as it is now. */
  add(answer: string, usage: Usage): Usage {
    this.#open.set(answer, usage)
    for (const [oldest, settled] of this.#open) {
      if (this.#open.size <= OPEN) break
      this.#open.delete(oldest)
      this.#settled = addUsage(this.#settled, settled)
    }
    return [...this.#open.values()].reduce(addUsage, this.#settled)
  }
}
