/** Limits of writes to GitHub over time. Times are epoch ms. */
export interface WriteLimits {
  readonly perMinute: number
  readonly perHour: number
  /** Milliseconds between the begins of two writes, whoever makes them. */
  readonly apart: number
}

/**
 * What GitHub documents of content that is created, for everybody who shares the token's account: 80 a minute and 500 an hour
 * (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). It advises a second between writes, too, where there are
 * many; on average ours are seven apart. Half a second is for the moment in which fifty workers begin or end at once, which would
 * take a minute otherwise; whoever has met a limit keeps to the second.
 */
export const GITHUB_LIMITS: WriteLimits = { perMinute: 80, perHour: 500, apart: 500 }

/** The part of one of `sharers` jobs that write with the same account at the same time (shards). */
export const sharedBy = ({ perMinute, perHour, apart }: WriteLimits, sharers: number): WriteLimits => ({
  perMinute: perMinute / sharers,
  perHour: perHour / sharers,
  apart,
})

/** A write that was begun; `paced` ones were paid from the bucket. */
export interface Sent {
  readonly at: number
  readonly paced: boolean
}

/** Writes that may be made now and then beyond the necessary ones. */
export interface Bucket {
  readonly tokens: number
  /** What it can hold, and what comes in each hour. */
  readonly size: number
  readonly perHour: number
  readonly at: number
}

export const MINUTE = 60_000
export const HOUR = 3_600_000

/** The token has other work too (pull requests, other steps and jobs): a tenth of a minute and a 25th of an hour are left for it. */
export const withRoomForOthers = ({ perMinute, perHour, apart }: WriteLimits): WriteLimits => ({
  perMinute: Math.max(1, Math.floor(perMinute * 0.9)),
  perHour: Math.max(1, Math.floor(perHour * 0.96)),
  apart,
})

/** When at most `limit` writes fall into a window of `length` ms that ends there, one more included; now or earlier when they do. */
export function roomAt(sent: readonly Sent[], length: number, limit: number): number {
  if (sent.length < limit) return Number.NEGATIVE_INFINITY
  const mustLeave = limit < 1 ? undefined : sent[sent.length - limit]
  return mustLeave === undefined ? Number.POSITIVE_INFINITY : mustLeave.at + length
}

/** Up to a third of `pool` at once (one, where it is small), the rest spread evenly over the hour: never many more than `pool` in any hour. */
export function refilled(bucket: Bucket | undefined, pool: number, now: number): Bucket {
  const [size, perHour] = pool < 1 ? [0, 0] : [Math.max(1, pool / 3), (2 * pool) / 3]
  const tokens = bucket === undefined ? size : bucket.tokens + (perHour * Math.max(0, now - bucket.at)) / HOUR
  return { tokens: Math.min(size, tokens), size, perHour, at: now }
}

/** When the bucket holds a whole token. An empty one that nothing flows into is looked at again in a minute. */
export function tokenAt({ tokens, size, perHour, at }: Bucket): number {
  if (tokens >= 1) return at
  return size < 1 ? at + MINUTE : at + ((1 - tokens) * HOUR) / perHour
}

/** One token less; a debt is no larger than the bucket. */
export const taken = (bucket: Bucket): Bucket => ({ ...bucket, tokens: Math.max(bucket.tokens - 1, -bucket.size) })
