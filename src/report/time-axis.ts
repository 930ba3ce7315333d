import { clock } from './durations.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
]
/** As many times of day as can stand beside each other on a phone. */
const MOST_TICKS = 5

/** Between two times on an axis, in ms: the least round step that leaves at most five of them. */
export const axisStep = (ms: number): number =>
  STEPS.find((step) => ms / step <= MOST_TICKS) ?? Math.ceil(ms / MOST_TICKS / (24 * HOUR)) * 24 * HOUR

export interface Tick {
  /** Epoch ms. */
  readonly at: number
  /** Time of day in UTC. */
  readonly words: string
}

/** The round times of day between two moments (epoch ms). */
export function ticks(from: number, to: number): readonly Tick[] {
  const step = axisStep(to - from)
  const first = Math.ceil(from / step) * step
  const n = Math.floor((to - first) / step) + 1
  return Array.from({ length: Math.max(0, n) }, (_, i) => {
    const at = first + i * step
    return { at, words: step < MINUTE ? clock(at) : clock(at).slice(0, 5) }
  })
}
