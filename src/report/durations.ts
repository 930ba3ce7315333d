const pad = (n: number): string => String(n).padStart(2, '0')

/** Milliseconds as people say them: `0.4s`, `42s`, `4m 56s`, `1h 02m`. Below a second in tenths, from an hour on without seconds. */
export function duration(ms: number): string {
  const safe = Number.isFinite(ms) && ms > 0 ? ms : 0
  if (safe < 950) return `${(safe / 1000).toFixed(1)}s`
  const seconds = Math.round(safe / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`
}

/** Epoch milliseconds as the time of day in UTC, `10:31:02`. */
export const clock = (ms: number): string =>
  Number.isFinite(ms) ? new Date(ms).toISOString().slice(11, 19) : '--:--:--'

/** The same to the nearest second, for a time to come: `10:31:02.999` is a provider's `10:31:03` that went from clock to clock. */
export const clockAhead = (ms: number): string => clock(Math.round(ms / 1000) * 1000)

/** Epoch milliseconds with the day, `2026-11-02 10:31`: for what is read days later. */
export const day = (ms: number): string => (Number.isFinite(ms) ? iso(ms).slice(0, 16).replace('T', ' ') : '--')

/** Epoch milliseconds as ISO 8601 in UTC. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** `1 commit`, `2 commits`; words with an irregular plural give it. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
