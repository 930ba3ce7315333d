/**
 * Reading what somebody else wrote as JSON: the value at a path of names, if it is of the type asked for. Nothing is ever
 * thrown, whatever the value is.
 */

export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inside, name) => fields(inside)[name], value)

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** Finite numbers only. */
export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** A count of something: whole, 0 where there is none, never negative. */
export const countAt = (value: unknown, ...path: readonly string[]): number =>
  Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(numberAt(value, ...path) ?? 0)))

/** Nobody pays more for one process: what is beyond is no amount, and sums of it would be no number. US dollars. */
const MOST_DOLLARS = 1_000_000

/** US dollars, where what stands there can be an amount that was paid: a negative one would make room in a budget. */
export const dollarsAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = numberAt(value, ...path)
  return found !== undefined && found >= 0 && found <= MOST_DOLLARS ? found : undefined
}

/** Longer than this is no advice but a mistake. Milliseconds. */
export const LONGEST_WAIT = 7 * 24 * 3_600_000

/** Milliseconds that somebody means to wait, where what stands there can be that. */
export const waitAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = numberAt(value, ...path)
  return found !== undefined && found >= 0 && found <= LONGEST_WAIT ? found : undefined
}

/** Nobody means so many seconds since 1970, the year 5138: they are milliseconds. */
const MOST_SECONDS = 1e11

/** A time in seconds since 1970, or in milliseconds, for vendors and scripts have both; answers milliseconds. */
export const secondsAsTime = (value: number): number | undefined => asTime(value > MOST_SECONDS ? value : value * 1_000)

/** Milliseconds since 1970 that a `Date` can hold; others make it throw where it is shown. */
export const asTime = (ms: number): number | undefined => (Number.isNaN(new Date(ms).getTime()) ? undefined : ms)

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** Own properties only; what is no object has none. */
export const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** undefined: no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
