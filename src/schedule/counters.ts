/** One small number for each of n places, never changed: `set` copies one block and the list of blocks, not all n. */
export type Counters = readonly (readonly number[])[]

/** Near the square root of the largest plans: both copies stay small. */
const BLOCK = 128

export function makeCounters(values: readonly number[]): Counters {
  const blocks: number[][] = []
  for (let at = 0; at < values.length; at += BLOCK) blocks.push(values.slice(at, at + BLOCK))
  return blocks
}

/** NaN where there is no such place. */
export const get = (counters: Counters, at: number): number =>
  counters[Math.floor(at / BLOCK)]?.[at % BLOCK] ?? Number.NaN

export function set(counters: Counters, at: number, value: number): Counters {
  const block = counters[Math.floor(at / BLOCK)] ?? []
  return counters.with(Math.floor(at / BLOCK), block.with(at % BLOCK, value))
}
