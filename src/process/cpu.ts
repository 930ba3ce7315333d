import type { ProcessRow } from './snapshot.ts'

/**
 * CPU time that a changing set of processes has used together. A process that ends takes its counter with it, so what
 * counts is how far each counter moved between two looks.
 */
export class CpuMeter {
  #last = new Map<string, number>()
  #total = 0

  /** Adds what was used since the last look. Answers clock ticks in all. */
  look(rows: Iterable<ProcessRow>): number {
    const now = new Map<string, number>()
    for (const row of rows) {
      const key = `${row.pid} ${row.start}`
      now.set(key, row.cpuTicks)
      this.#total += Math.max(0, row.cpuTicks - (this.#last.get(key) ?? 0))
    }
    this.#last = now
    return this.#total
  }
}

/** `sysconf(_SC_CLK_TCK)`, 100 on every Linux that Node runs on; our own unit on macOS. */
export const TICKS_PER_SECOND = 100
