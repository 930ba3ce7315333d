import {
  type Bucket,
  HOUR,
  MINUTE,
  refilled,
  roomAt,
  type Sent,
  taken,
  tokenAt,
  type WriteLimits,
  withRoomForOthers,
} from './write-pace.ts'

/**
 * The one queue through which everything is written to GitHub: it says what is written next and when, within limits that all
 * writers share. It knows nothing of requests: plain data in and out, and the clock (epoch ms) is an argument.
 *
 * It promises: never more writes than the limits allow in any minute or hour, and none sooner after another than they say, which
 * doubles for good once GitHub has asked for patience; the hour always has room for the last write of
 * every key that was created, so that no check is left saying "running"; news waits for nothing but the limits; heartbeats
 * get what is left, a third of it at once and the rest evenly. A key has one request under way at a time.
 */
export interface Queue<T> {
  readonly limits: WriteLimits
  readonly waiting: ReadonlyMap<string, Waiting<T>>
  readonly keys: ReadonlyMap<string, Key>
  /** The last hour's writes, oldest first. */
  readonly sent: readonly Sent[]
  readonly bucket?: Bucket
  readonly pausedUntil: number
  /** GitHub has asked for patience before. */
  readonly careful: boolean
}

export type WriteKind =
  /** The last one of its key; what is offered for the key later is too late. */
  | 'final'
  /** Something changed that people wait for. */
  | 'state'
  /** The first one of its key. What is offered until it is sent goes with it. */
  | 'create'
  /** Newer numbers, nothing else. */
  | 'heartbeat'

export interface Offer<T> {
  /** What is written to: a check run, the comment. */
  readonly key: string
  readonly kind: WriteKind
  readonly at: number
  readonly payload: T
}

/** A write whose turn has come. The first one of a key is a `create`, whatever it was offered as. */
export interface Write<T> extends Offer<T> {
  /** It carries the key's final state: nothing follows. */
  readonly last: boolean
  /** How often it has failed already. */
  readonly failures: number
}

interface Waiting<T> extends Write<T> {
  readonly notBefore: number
}

interface Key {
  readonly stage: 'new' | 'open' | 'closed'
  /** State changes written. */
  readonly states: number
  readonly lastAt: number
  readonly busy: boolean
}

const UNKNOWN: Key = { stage: 'new', states: 0, lastAt: Number.NEGATIVE_INFINITY, busy: false }

/** Changes come in swarms (prepared, then running); a short wait makes one write of them. */
const SETTLE = 2_000
/** Between two writes of one key. */
const STATE_GAP = 5_000
const HEARTBEAT_GAP = 10_000
/** A key with many changes (all workers in one) is paced, but no change waits longer than this for its turn. */
const LONGEST_GAP = 25_000
/** State changes of a key that are kept room for and never paced; more than that, and the key is a busy one. */
const STATES = 3
/** Of the room that the last writes of open keys leave in an hour, the part that is kept at most for changes of state. */
const MOST_FOR_CHANGES = 3 / 4
/** After the first failure; doubled with each one. */
const BACK_OFF = 1_000
const LONGEST_BACK_OFF = 60_000

/**
 * `limits` as GitHub has them, divided by whoever shares them; a part is left for what else is written with the token. `earlier`: when
 * somebody else wrote who shares them too (epoch ms, oldest first).
 */
export const makeQueue = <T>(limits: WriteLimits, earlier: readonly number[] = []): Queue<T> => ({
  limits: withRoomForOthers(limits),
  waiting: new Map(),
  keys: new Map(),
  sent: earlier.map((at) => ({ at, paced: false })),
  pausedUntil: Number.NEGATIVE_INFINITY,
  careful: false,
})

/** Puts a write in line. One that waits for the same key takes the newer payload and the higher precedence of both. */
export function offer<T>(queue: Queue<T>, { key, kind, at, payload }: Offer<T>): Queue<T> {
  const known = queue.keys.get(key) ?? UNKNOWN
  const was = queue.waiting.get(key)
  if (kind !== 'final' && (known.stage === 'closed' || was?.last)) return queue
  const last = kind === 'final' || was?.last === true
  const asked = { kind: known.stage === 'new' ? 'create' : kind, last } as const
  const older = was !== undefined && rank(was) <= rank(asked) ? was : undefined
  const news: Waiting<T> = {
    key,
    kind: older?.kind ?? asked.kind,
    at: older?.at ?? at,
    payload,
    last,
    failures: was?.failures ?? 0,
    notBefore: was?.notBefore ?? Number.NEGATIVE_INFINITY,
  }
  return { ...queue, waiting: new Map(queue.waiting).set(key, news) }
}

/**
 * What to write now, or when to ask again at the latest (`Infinity`: when something was offered or answered). Whoever gets a write
 * says afterwards `written` or `failed`.
 */
export function next<T>(
  before: Queue<T>,
  now: number,
):
  | { readonly write: Write<T>; readonly queue: Queue<T>; readonly waitUntil?: undefined }
  | { readonly write?: undefined; readonly queue: Queue<T>; readonly waitUntil: number } {
  const queue = at(before, now)
  const ready = [...queue.waiting.values()].filter(({ key }) => !queue.keys.get(key)?.busy)
  const dues = new Map(ready.map((waiting) => [waiting, dueAt(queue, waiting)]))
  const [first] = ready
    .filter((waiting) => (dues.get(waiting) ?? 0) <= now)
    .toSorted((a, b) => rank(a) - rank(b) || a.at - b.at)
  if (!first) return { queue, waitUntil: Math.min(Number.POSITIVE_INFINITY, ...dues.values()) }
  const { notBefore: _, ...write } = first
  return { write, queue: begun(queue, write, now) }
}

/** GitHub has taken it. */
export const written = <T>(queue: Queue<T>, { key }: Write<T>): Queue<T> => ({
  ...queue,
  keys: new Map(queue.keys).set(key, { ...(queue.keys.get(key) ?? UNKNOWN), busy: false }),
})

/** GitHub has not taken it: it waits again, a little longer each time, with whatever newer was offered since. */
export function failed<T>(queue: Queue<T>, write: Write<T>, now: number): Queue<T> {
  const { key, kind } = write
  const known = queue.keys.get(key) ?? UNKNOWN
  const newer = queue.waiting.get(key)
  const again: Waiting<T> = {
    key,
    kind: kind === 'create' || !newer || rank(write) < rank(newer) ? kind : newer.kind,
    at: write.at,
    payload: newer ? newer.payload : write.payload,
    last: write.last || newer?.last === true,
    failures: write.failures + 1,
    notBefore: now + Math.min(LONGEST_BACK_OFF, BACK_OFF * 2 ** write.failures),
  }
  const states = kind === 'state' ? known.states - 1 : known.states
  return {
    ...queue,
    keys: new Map(queue.keys).set(key, { ...known, stage: kind === 'create' ? 'new' : 'open', states, busy: false }),
    waiting: new Map(queue.waiting).set(key, again),
  }
}

/** Nothing is written until then: GitHub has asked for it (`retry-after`, a secondary limit). */
export const pause = <T>(queue: Queue<T>, until: number): Queue<T> => ({
  ...queue,
  pausedUntil: Math.max(queue.pausedUntil, until),
  careful: true,
})

/** Requests that a write needed beyond its own one (more annotations): they count like it. */
export const alsoSent = <T>(queue: Queue<T>, requests: number, now: number): Queue<T> => ({
  ...queue,
  sent: [...queue.sent, ...Array.from({ length: requests }, () => ({ at: now, paced: false }))],
})

/** Nothing more is written of a key: GitHub does not take it. */
export function dropped<T>(queue: Queue<T>, key: string): Queue<T> {
  const [waiting, keys] = [new Map(queue.waiting), new Map(queue.keys)]
  waiting.delete(key)
  keys.delete(key)
  return { ...queue, waiting, keys }
}

/** Keys that have something waiting or under way. */
export const unwritten = <T>({ waiting, keys }: Queue<T>): readonly string[] => [
  ...new Set([...waiting.keys(), ...[...keys].filter(([, { busy }]) => busy).map(([key]) => key)]),
]

const RANKS: Readonly<Record<WriteKind, number>> = { final: 0, state: 1, create: 2, heartbeat: 3 }
const rank = ({ kind, last }: { readonly kind: WriteKind; readonly last: boolean }): number => (last ? 0 : RANKS[kind])

/** The queue as it is at `now`: what is older than an hour is forgotten, the bucket has filled. */
function at<T>(queue: Queue<T>, now: number): Queue<T> {
  const sent = queue.sent.filter((one) => one.at > now - HOUR)
  const necessary = sent.filter((one) => !one.paced).length
  return { ...queue, sent, bucket: refilled(queue.bucket, queue.limits.perHour - necessary - kept(queue), now) }
}

/**
 * Writes that open keys will need: their last one, and state changes that most of them have. Of those that may never come, no more is kept
 * than leaves every hour a part for signs of life.
 */
function kept<T>({ keys, limits }: Queue<T>): number {
  const open = [...keys.values()].filter(({ stage }) => stage === 'open')
  const changes = open.reduce((sum, key) => sum + Math.max(0, STATES - key.states), 0)
  return open.length + Math.min(changes, Math.floor((limits.perHour - open.length) * MOST_FOR_CHANGES))
}

function dueAt<T>(queue: Queue<T>, write: Waiting<T>): number {
  const { limits, sent, bucket } = queue
  const key = queue.keys.get(write.key) ?? UNKNOWN
  const token = bucket ? tokenAt(bucket) : Number.NEGATIVE_INFINITY
  const allowed = Math.max(queue.pausedUntil, write.notBefore, nextBegin(queue))
  if (rank(write) === RANKS.heartbeat) {
    return Math.max(
      allowed,
      token,
      key.lastAt + HEARTBEAT_GAP,
      // Two thirds of a minute's room stay free for news: many workers may end at once.
      roomAt(sent, MINUTE, Math.ceil(limits.perMinute / 3)),
      roomAt(sent, HOUR, limits.perHour - kept(queue)),
    )
  }
  const open = [...queue.keys.values()].filter(({ stage }) => stage === 'open').length
  // What is kept for the last writes of others: all of it is theirs and ours when this is one of them.
  const others = write.last && key.stage === 'open' ? 0 : open + (!write.last && key.stage === 'new' ? 1 : 0)
  const room = Math.max(allowed, roomAt(sent, MINUTE, limits.perMinute), roomAt(sent, HOUR, limits.perHour - others))
  if (write.last) return room
  const turn = isPaced(write, key) ? Math.min(token, key.lastAt + LONGEST_GAP) : Number.NEGATIVE_INFINITY
  return Math.max(room, turn, write.at + SETTLE, key.lastAt + STATE_GAP)
}

/** When the next write may begin at the earliest. */
const nextBegin = <T>({ sent, limits, careful }: Queue<T>): number =>
  (sent.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + limits.apart * (careful ? 2 : 1)

const isPaced = <T>(write: Write<T>, key: Key): boolean =>
  !write.last && (write.kind === 'heartbeat' || (write.kind === 'state' && key.states >= STATES))

function begun<T>(queue: Queue<T>, write: Write<T>, now: number): Queue<T> {
  const key = queue.keys.get(write.key) ?? UNKNOWN
  const paced = isPaced(write, key)
  const waiting = new Map(queue.waiting)
  waiting.delete(write.key)
  const states = key.states + (write.kind === 'state' ? 1 : 0)
  return {
    ...queue,
    waiting,
    keys: new Map(queue.keys).set(write.key, {
      stage: write.last ? 'closed' : 'open',
      states,
      lastAt: now,
      busy: true,
    }),
    sent: [...queue.sent, { at: now, paced }],
    ...(paced && queue.bucket ? { bucket: taken(queue.bucket) } : {}),
  }
}
