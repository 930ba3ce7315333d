import {
  failed,
  makeQueue,
  next,
  offer,
  pause,
  type Queue,
  unwritten,
  type Write,
  written,
} from '../../src/github/write-budget.ts'
import { GITHUB_LIMITS, type WriteLimits } from '../../src/github/write-pace.ts'

/** What a check says; `step` counts the changes of its key, so that a later text is known from an earlier one. */
export interface Said {
  readonly step: number
  readonly ended: boolean
}

/** Something that happens to a key at a second of the run. */
export interface Happening {
  readonly at: number
  readonly key: string
  readonly kind: 'create' | 'state' | 'final'
}

export interface Story {
  readonly happenings: readonly Happening[]
  /** Seconds between which a key has something new to say each second. */
  readonly active: readonly { readonly key: string; readonly from: number; readonly to: number }[]
}

export interface Weather {
  readonly limits?: WriteLimits
  /** Part of the requests that GitHub fails. */
  readonly failures?: number
  /** Requests under way at once; with a single one GitHub's answers, and not the limits, would set the pace. */
  readonly atOnce?: number
  /** Seconds that GitHub takes to answer, least and most. */
  readonly latency?: readonly [number, number]
  readonly pause?: { readonly at: number; readonly until: number }
}

export interface Record {
  /** When GitHub got it. */
  readonly at: number
  readonly key: string
  readonly kind: Write<Said>['kind']
  readonly said: Said
  readonly done: boolean
}

export interface Outcome {
  /** Requests in order; times in seconds. */
  readonly records: readonly Record[]
  /** What GitHub shows at the end. */
  readonly shown: ReadonlyMap<string, Said>
  /** Seconds from each change to the answer that it was written. */
  readonly delays: readonly number[]
  /** Seconds between writes of a key while it is active. */
  readonly gaps: readonly number[]
  readonly left: number
}

/** Numbers between 0 and 1 that are the same each time. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * Plays a story against the queue, the client and a GitHub that takes its time, until all is written. The client has a throttle of its
 * own (@octokit/plugin-throttling): a write that comes sooner after another than `apart` waits there, with the text that it came with,
 * and the next one behind it.
 */
export function play({ happenings, active }: Story, weather: Weather, roll: () => number): Outcome {
  const { limits = GITHUB_LIMITS, failures = 0, atOnce = 2, latency = [0.15, 0.9] } = weather
  let queue: Queue<Said> = makeQueue(limits)
  const records: Record[] = []
  const steps = new Map<string, Said>()
  const shown = new Map<string, Said>()
  const changes: { at: number; key: string; step: number; delay?: number }[] = []
  let flying: { write: Write<Said>; begins: number; lands: number }[] = []
  let lastBegun = Number.NEGATIVE_INFINITY
  const due = happenings.toSorted((a, b) => a.at - b.at)
  const end = due.at(-1)?.at ?? 0
  const say = (at: number, key: string, kind: Happening['kind'] | 'heartbeat'): void => {
    const said = { step: (steps.get(key)?.step ?? 0) + (kind === 'heartbeat' ? 0 : 1), ended: kind === 'final' }
    if (kind !== 'heartbeat') changes.push({ at, key, step: said.step })
    steps.set(key, said)
    queue = offer(queue, { key, kind, at, payload: said })
  }
  const land = (now: number): void => {
    const landed = flying.filter(({ lands }) => lands <= now)
    flying = flying.filter(({ lands }) => lands > now)
    for (const { write, begins } of landed) {
      const done = roll() >= failures
      queue = done ? written(queue, write) : failed(queue, write, now)
      records.push({ at: begins / 1000, key: write.key, kind: write.kind, said: write.payload, done })
      if (!done) continue
      shown.set(write.key, write.payload)
      for (const change of changes) {
        if (change.delay === undefined && change.key === write.key && change.step <= write.payload.step) {
          change.delay = (now - change.at) / 1000
        }
      }
    }
  }
  for (let now = 0; now <= end * 1000 + 7_200_000; now += 250) {
    land(now)
    if (weather.pause && now === weather.pause.at * 1000) queue = pause(queue, weather.pause.until * 1000)
    while (due[0] && due[0].at * 1000 <= now) {
      const happening = due.shift()
      if (happening) say(now, happening.key, happening.kind)
    }
    if (now % 1000 === 0) {
      for (const { key, from, to } of active) {
        if (from * 1000 < now && now < to * 1000 && !steps.get(key)?.ended) say(now, key, 'heartbeat')
      }
    }
    while (flying.length < atOnce) {
      const turn = next(queue, now)
      queue = turn.queue
      if (!turn.write) break
      const [least, most] = latency
      lastBegun = Math.max(now, lastBegun + limits.apart)
      const lands = lastBegun + Math.floor(1000 * (least + roll() * (most - least)))
      flying.push({ write: turn.write, begins: lastBegun, lands })
    }
    if (due.length === 0 && now > end * 1000 && unwritten(queue).length === 0) break
  }
  records.sort((a, b) => a.at - b.at)
  const times = Map.groupBy(records, (record) => record.key)
  const gaps = active.flatMap(({ key, from, to }) => {
    const within = (times.get(key) ?? []).map(({ at }) => at).filter((at) => at >= from && at <= to)
    return within.slice(1).map((at, i) => at - (within[i] ?? at))
  })
  return {
    records,
    shown,
    delays: changes.map(({ delay }) => delay ?? Number.POSITIVE_INFINITY),
    gaps,
    left: unwritten(queue).length,
  }
}

/** The most records that fall into any `seconds`. */
export function busiest(records: readonly Record[], seconds: number): number {
  let most = 0
  let from = 0
  for (const [i, { at }] of records.entries()) {
    while (at - (records[from]?.at ?? at) >= seconds) from++
    most = Math.max(most, i - from + 1)
  }
  return most
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
}

/** What came of a simulation, in one line. */
export function figures({ records, delays, gaps }: Outcome): string {
  const minutes = (records.at(-1)?.at ?? 0) / 60
  return [
    `${records.length} writes in ${minutes.toFixed(0)} min`,
    `${busiest(records, 3600)} in the busiest hour`,
    `${busiest(records, 60)} in the busiest minute`,
    `change → written p50 ${percentile(delays, 0.5).toFixed(1)} s, p95 ${percentile(delays, 0.95).toFixed(1)} s, max ${percentile(delays, 1).toFixed(1)} s`,
    `a running worker's check is renewed every ${percentile(gaps, 0.5).toFixed(0)} s (p95 ${percentile(gaps, 0.95).toFixed(0)} s)`,
  ].join(' · ')
}
