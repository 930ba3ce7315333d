import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  alsoSent,
  failed,
  makeQueue,
  next,
  offer,
  pause,
  type Queue,
  unwritten,
  type Write,
  type WriteKind,
  written,
} from '../../src/github/write-budget.ts'
import { runs } from '../random-cases.ts'

const LIMITS = { perMinute: 80, perHour: 500, apart: 0 }
/** Nothing waits longer, be it a sign of life and its key one of many: milliseconds. */
const LONGEST_WAIT = 12 * 3_600_000

const put = (
  queue: Queue<string>,
  key: string,
  kind: WriteKind,
  at: number,
  payload = `${kind} ${at}`,
): Queue<string> => offer(queue, { key, kind, at, payload })

/** Takes and confirms everything that is due at `now`. */
function drain(
  queue: Queue<string>,
  now: number,
): { readonly writes: readonly Write<string>[]; readonly queue: Queue<string> } {
  const writes: Write<string>[] = []
  let rest = queue
  for (;;) {
    const turn = next(rest, now)
    rest = turn.queue
    if (!turn.write) return { writes, queue: rest }
    writes.push(turn.write)
    rest = written(rest, turn.write)
  }
}

/** A queue in which these keys have been created, ten minutes ago. */
const created = (...keys: readonly string[]): Queue<string> =>
  drain(
    keys.reduce((queue, key) => put(queue, key, 'create', -600_000), makeQueue<string>(LIMITS)),
    -590_000,
  ).queue

const payloads = (writes: readonly Write<string>[]): readonly string[] => writes.map(({ payload }) => payload)

describe('the queue', () => {
  it('merges what waits for the same key: newest payload, highest precedence', () => {
    let queue = created('a')
    for (let i = 0; i < 1000; i++) queue = put(queue, 'a', 'heartbeat', i, `beat ${i}`)
    expect(unwritten(queue).length).toBe(1)
    queue = put(put(queue, 'a', 'state', 1000, 'changed'), 'a', 'heartbeat', 1500, 'newest')
    const { writes, queue: rest } = drain(queue, 3000)
    expect(writes).toEqual([{ key: 'a', kind: 'state', at: 1000, payload: 'newest', last: false, failures: 0 }])
    expect(unwritten(rest).length).toBe(0)
    expect(next(rest, 3000).waitUntil).toBe(Number.POSITIVE_INFINITY)
  })

  it('lets a create that was not sent take everything with it, even the end', () => {
    const queue = put(
      put(put(makeQueue<string>(LIMITS), 'a', 'create', 0), 'a', 'state', 10),
      'a',
      'final',
      20,
      'the end',
    )
    const { writes, queue: rest } = drain(queue, 20)
    expect(writes).toEqual([{ key: 'a', kind: 'create', at: 20, payload: 'the end', last: true, failures: 0 }])
    expect(unwritten(put(rest, 'a', 'heartbeat', 30))).toEqual([])
  })

  it('creates a key by its first write, whatever that was offered as', () => {
    expect(drain(put(makeQueue<string>(LIMITS), 'a', 'heartbeat', 0), 2000).writes[0]?.kind).toBe('create')
  })

  it('never writes anything over the end of a key', () => {
    let queue = put(put(created('a'), 'a', 'final', 0, 'the end'), 'a', 'state', 1, 'too late')
    const turn = next(queue, 1)
    queue = put(turn.queue, 'a', 'heartbeat', 2, 'too late')
    expect([turn.write?.payload, unwritten(queue).length]).toEqual(['the end', 1])
    expect(drain(turn.write ? written(queue, turn.write) : queue, 60_000).writes).toEqual([])
  })

  it('takes ends before changes, changes before new keys, those before heartbeats; the oldest of each first', () => {
    let queue = created('a', 'b', 'c', 'd', 'e')
    queue = put(queue, 'a', 'heartbeat', 0, 'beat')
    queue = put(queue, 'new', 'create', 1, 'create')
    queue = put(queue, 'b', 'state', 3, 'second change')
    queue = put(queue, 'c', 'state', 2, 'first change')
    queue = put(queue, 'd', 'final', 5, 'second end')
    queue = put(queue, 'e', 'final', 4, 'first end')
    expect(payloads(drain(queue, 10_000).writes)).toEqual([
      'first end',
      'second end',
      'first change',
      'second change',
      'create',
      'beat',
    ])
  })

  it('waits two seconds for the next change, but not with an end', () => {
    const queue = put(created('a', 'b'), 'a', 'state', 0)
    expect(next(queue, 1999)).toMatchObject({ waitUntil: 2000 })
    expect(payloads(drain(put(queue, 'b', 'final', 0), 0).writes)).toEqual(['final 0'])
  })

  it('has one request of a key under way at a time', () => {
    const turn = next(put(created('a'), 'a', 'state', 0), 2000)
    const queue = put(turn.queue, 'a', 'final', 2000)
    expect(next(queue, 600_000).waitUntil).toBe(Number.POSITIVE_INFINITY)
    expect(turn.write && next(written(queue, turn.write), 600_000).write?.kind).toBe('final')
  })

  it('honours a pause, and the longer of two', () => {
    const queue = pause(pause(put(created('a'), 'a', 'final', 0), 90_000), 30_000)
    expect(next(queue, 0).waitUntil).toBe(90_000)
    expect(next(queue, 89_999).write).toBeUndefined()
    expect(next(queue, 90_000).write?.kind).toBe('final')
  })

  it('begins no write sooner after another than the limits say, and waits twice as long once GitHub has asked for patience', () => {
    const begins = (paused: boolean): readonly number[] => {
      let queue = makeQueue<string>({ ...LIMITS, apart: 500 })
      for (const key of ['a', 'b', 'c']) queue = put(queue, key, 'final', 0)
      if (paused) queue = pause(queue, 4_000)
      const times: number[] = []
      for (let now = 0; now < 10_000; now += 100) {
        const turn = next(queue, now)
        queue = turn.queue
        if (turn.write) times.push(now)
      }
      return times
    }
    expect([begins(false), begins(true)]).toEqual([
      [0, 500, 1_000],
      [4_000, 5_000, 6_000],
    ])
  })

  it('offers again what failed, later each time, unless something newer is there', () => {
    let queue = put(created('a'), 'a', 'state', 0, 'first')
    const turn = next(queue, 2000)
    if (!turn.write) throw new Error('nothing was due')
    queue = failed(turn.queue, turn.write, 3000)
    expect(next(queue, 3999).write).toBeUndefined()
    expect(next(queue, 7000).write).toEqual({
      key: 'a',
      kind: 'state',
      at: 0,
      payload: 'first',
      last: false,
      failures: 1,
    })
    queue = failed(put(turn.queue, 'a', 'heartbeat', 2500, 'newer'), turn.write, 3000)
    expect(next(queue, 7000).write).toMatchObject({ kind: 'state', payload: 'newer', failures: 1 })
    const waits = [0, 1, 2, 3, 9].map((failures) => {
      const write = { key: 'a', kind: 'final', at: 0, payload: '', last: true, failures } as const
      return next(failed(created('a'), write, 0), 0).waitUntil
    })
    expect(waits).toEqual([1000, 2000, 4000, 8000, 60_000])
  })

  it('creates again what could not be created', () => {
    const turn = next(put(makeQueue<string>(LIMITS), 'a', 'create', 0), 2000)
    if (!turn.write) throw new Error('nothing was due')
    const queue = failed(put(turn.queue, 'a', 'final', 2100, 'the end'), turn.write, 2200)
    expect(next(queue, 4200).write).toMatchObject({ kind: 'create', payload: 'the end', last: true, failures: 1 })
  })

  it('keeps room in the hour for the end of every key that was created', () => {
    let queue = makeQueue<string>({ ...LIMITS, perMinute: 1000, perHour: 100 })
    for (let i = 0; i < 100; i++) queue = put(queue, `${i}`, 'create', 0)
    const first = drain(queue, 10_000)
    expect(first.writes).toHaveLength(48)
    queue = first.writes.reduce((rest, { key }) => put(rest, key, 'final', 20_000), first.queue)
    const second = drain(queue, 20_000)
    expect(second.writes.map(({ kind }) => kind)).toEqual(Array(48).fill('final'))
    expect(next(second.queue, 20_000).waitUntil).toBe(10_000 + 3_600_000)
  })

  it('counts requests that a write needed besides', () => {
    const queue = put(alsoSent(created('a'), 80, 0), 'a', 'final', 0)
    expect(next(queue, 0).waitUntil).toBe(60_000)
  })

  it('shows now and then that a key is alive, in an hour that would not hold all changes that may come', () => {
    const keys = Array.from({ length: 8 }, (_, i) => `${i}`)
    const hours = 12 * 3_600_000
    let queue = keys.reduce((rest, key) => put(rest, key, 'create', 0), makeQueue<string>({ ...LIMITS, perHour: 30 }))
    const beats: { readonly at: number; readonly key: string }[] = []
    for (let now = 0; now < hours; now += 10_000) {
      const { writes, queue: rest } = drain(put(queue, keys[0] ?? '', 'heartbeat', now), now)
      for (const { key, kind } of writes) if (kind === 'heartbeat') beats.push({ at: now, key })
      queue = rest
    }
    expect(beats.length).toBeGreaterThanOrEqual(12)
    for (const [i, { at }] of beats.entries()) expect(at - (beats[i - 1]?.at ?? 0)).toBeLessThanOrEqual(2 * 3_600_000)
    // All at once, whenever it is: not one of the ends waits for the hour.
    queue = keys.reduce((rest, key) => put(rest, key, 'final', hours), queue)
    expect(drain(queue, hours).writes.map(({ last }) => last)).toEqual(keys.map(() => true))
  })

  it('holds for any sequence: limits in every window, the newest end last, nothing lost', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 90_000 }),
      key: fc.integer({ min: 0, max: 9 }),
      kind: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom<WriteKind>('create', 'state', 'heartbeat') },
        { weight: 1, arbitrary: fc.constant<WriteKind>('final') },
      ),
      fails: fc.boolean(),
    })
    const limits = fc.record({
      perMinute: fc.integer({ min: 2, max: 12 }),
      perHour: fc.integer({ min: 12, max: 120 }),
      apart: fc.constantFrom(0, 500, 3000),
    })
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 150, size: 'max' }), (limit, steps) => {
        let queue = makeQueue<string>(limit)
        let now = 0
        const times: number[] = []
        const shown = new Map<string, string>()
        const ends = new Map<string, string>()
        const room = makeQueue(limit).limits.perHour
        let smooth = true
        const takeAll = (fails: boolean): void => {
          for (;;) {
            const turn = next(queue, now)
            queue = turn.queue
            if (!turn.write) return
            times.push(now)
            queue = fails ? failed(queue, turn.write, now) : written(queue, turn.write)
            if (!fails) shown.set(turn.write.key, turn.write.payload)
            smooth &&= !fails
            // What a failed write cost nobody could foresee.
            const open = [...queue.keys.values()].filter(({ stage }) => stage === 'open').length
            const sent = times.filter((at) => at > now - 3_600_000).length
            if (smooth) expect(sent + open).toBeLessThanOrEqual(room)
          }
        }
        for (const [i, { wait, key, kind, fails }] of steps.entries()) {
          now += wait
          queue = put(queue, `${key}`, kind, now, `${kind} ${i}`)
          if (kind === 'final') ends.set(`${key}`, `${kind} ${i}`)
          takeAll(fails)
        }
        const offered = now
        while (unwritten(queue).length > 0 && now < offered + LONGEST_WAIT) {
          const { waitUntil = now } = next(queue, now)
          now = Math.max(now, waitUntil)
          takeAll(false)
        }
        expect(unwritten(queue)).toEqual([])
        for (const [key, end] of ends) expect(shown.get(key)).toBe(end)
        for (const [i, at] of times.entries()) {
          expect(at - (times[i - limit.perMinute] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(60_000)
          expect(at - (times[i - limit.perHour] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(3_600_000)
          expect(at - (times[i - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(limit.apart)
        }
      }),
      { numRuns: runs(300) },
    )
  })
})
