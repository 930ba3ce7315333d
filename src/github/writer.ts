import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../message.ts'
import { err, type Result } from '../result.ts'
import type { GithubProblem } from './client.ts'
import { isRefusal } from './refusal.ts'
import {
  alsoSent,
  dropped,
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
} from './write-budget.ts'
import { GITHUB_LIMITS, sharedBy } from './write-pace.ts'

/** Something on GitHub that is written again and again until its end: a check run, the comment. */
export interface Target {
  /** Unlike that of any other. */
  readonly key: string
  /** What one missing permission takes away: where one member may not be written, none may. */
  readonly group: string
  /** One write with all the requests that it takes; what it says is decided now. */
  readonly write: (turn: Turn) => Promise<Result<unknown, GithubProblem>>
  /** GitHub said no, and asking again would not change that. Says so, and answers what is not written any more. */
  readonly refused: (problem: GithubProblem) => 'target' | 'group'
}

export interface WriterOptions {
  /** How many jobs write with the same account. */
  readonly sharers?: number
  /** When the process before this one wrote; epoch ms, oldest first. */
  readonly earlier?: readonly number[]
  /** Until when it was asked to leave GitHub alone; epoch ms. */
  readonly pausedUntil?: number
  /** Hears the same of this one. */
  readonly onPause?: (until: number) => void
}

export interface Turn {
  /** Nothing follows. */
  readonly last: boolean
  /** How often this write has failed already: GitHub may have done what was asked, and the answer was lost. */
  readonly failures: number
  /** A request besides the first one was made, which counts like it. */
  readonly also: () => void
  /** Nobody waits for this any more: nothing may be recorded. */
  readonly isClosed: () => boolean
}

/** Requests under way at a time: with one, GitHub's answers and not its limits would set the pace (see test/github/write-simulation). */
const AT_ONCE = 2
/** A GitHub that has not answered anything for so long since the first request cannot be reached from here. Milliseconds. */
const PATIENCE_MS = 30_000
/** How often GitHub may say that what it has taken is not there, or not ours to write, before it is believed. */
const DOUBTS = 2
/** Never longer than this between two looks at the queue, whatever it says. Milliseconds. */
const LONGEST_WAIT_MS = 60_000
/** What nobody waits for is written when nothing else will be for so long: longer than changes wait for each other. Milliseconds. */
const QUIET_MS = 3_000

/**
 * Writes to GitHub, within its limits and one queue for everybody. Whatever GitHub does, nobody waits for it who does not ask to, and
 * a target that fails costs itself and nothing else.
 */
export class GithubWriter {
  #queue: Queue<Target>
  readonly #targets = new Map<string, Target>()
  /** Ends that nobody waits for. One of them is in the queue at a time. */
  #unhurried: readonly Target[] = []
  #unhurriedKey: string | undefined
  /** Keys and groups that GitHub refuses. */
  readonly #refused = new Set<string>()
  #wake = Promise.withResolvers<void>()
  #closed = false
  /** GitHub has answered something, be it a refusal. */
  #answered = false
  #trouble: GithubProblem | undefined
  readonly #onPause: (until: number) => void
  /** When the first request was begun; by `performance.now()`. */
  #firstAt: number | undefined
  readonly #done: Promise<unknown>

  constructor({ sharers = 1, earlier = [], pausedUntil, onPause = () => undefined }: WriterOptions = {}) {
    const queue = makeQueue<Target>(sharedBy(GITHUB_LIMITS, sharers), earlier)
    this.#queue = pausedUntil === undefined ? queue : pause(queue, pausedUntil)
    this.#onPause = onPause
    this.#done = Promise.all(Array.from({ length: AT_ONCE }, () => this.#pump()))
  }

  offer(target: Target, kind: WriteKind): void {
    if (this.#isOff(target)) return
    this.#targets.set(target.key, target)
    this.#queue = offer(this.#queue, { key: target.key, kind, at: Date.now(), payload: target })
    this.#ring()
  }

  /** The ends of things that nobody waits for: one after another, when nothing else is to be written. */
  offerUnhurried(targets: readonly Target[]): void {
    this.#unhurried = [...this.#unhurried, ...targets]
    this.#ring()
  }

  /** Waits until everything (of one group) is written, at most so long. */
  async flush(milliseconds: number, group?: string): Promise<void> {
    const end = performance.now() + milliseconds
    while (this.left(group) > 0 && performance.now() < end) {
      if (this.#nothingDueBefore(Date.now() + end - performance.now())) return
      await sleep(50)
    }
  }

  /** The same, and stops. Answers how many targets are left for somebody else; what nobody waits for is not among them. */
  async close(milliseconds: number): Promise<number> {
    await this.flush(milliseconds)
    this.#closed = true
    this.#ring()
    if (this.left() === 0) await this.#done
    return unwritten(this.#queue).filter((key) => key !== this.#unhurriedKey).length
  }

  /** Milliseconds until GitHub listens again. */
  get pausedFor(): number {
    return Math.max(0, this.#queue.pausedUntil - Date.now())
  }

  /** Why the newest of the writes that failed did. */
  get trouble(): GithubProblem | undefined {
    return this.#trouble
  }

  /** A limit that ends later, or a next try: that is somebody else's to wait for. */
  #nothingDueBefore(end: number): boolean {
    if (this.#queue.pausedUntil > end) return true
    if (this.#unhurried.length > 0 || [...this.#queue.keys.values()].some(({ busy }) => busy)) return false
    const { write, waitUntil } = next(this.#queue, Date.now())
    return write === undefined && waitUntil > end
  }

  /** How many targets (of one group) are not written yet. */
  left(group?: string): number {
    const waiting = unwritten(this.#queue).filter(
      (key) => group === undefined || this.#targets.get(key)?.group === group,
    )
    return waiting.length + (group === undefined ? this.#unhurried.length : 0)
  }

  #isOff({ key, group }: Target): boolean {
    return this.#refused.has(key) || this.#refused.has(group)
  }

  /** Wakes whoever waits now; who waits later waits for the next time. */
  #ring(): void {
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
  }

  /** The queue keeps each key in order; a second request may be on its way meanwhile. */
  async #pump(): Promise<void> {
    while (!this.#closed) {
      const turn = next(this.#queue, Date.now())
      this.#queue = turn.queue
      if (turn.write) {
        await this.#send(turn.write)
        continue
      }
      if (this.#takeUnhurried(turn.waitUntil)) continue
      const wait = new AbortController()
      const timer = sleep(Math.min(LONGEST_WAIT_MS, Math.max(0, turn.waitUntil - Date.now())), undefined, {
        signal: wait.signal,
        ref: false,
      })
      await Promise.race([this.#wake.promise, timer.catch(() => undefined)])
      wait.abort()
    }
  }

  #takeUnhurried(nextAt: number): boolean {
    const [first, ...rest] = this.#unhurried
    if (!first || nextAt < Date.now() + QUIET_MS) return false
    if (this.#unhurriedKey !== undefined && unwritten(this.#queue).includes(this.#unhurriedKey)) return false
    this.#unhurried = rest
    this.#unhurriedKey = first.key
    this.offer(first, 'final')
    return true
  }

  async #send(write: Write<Target>): Promise<void> {
    this.#firstAt ??= performance.now()
    const { payload: target, last, failures } = write
    const answer = await attempt(target, {
      last,
      failures,
      also: () => {
        this.#queue = alsoSent(this.#queue, 1, Date.now())
      },
      isClosed: () => this.#closed,
    })
    if (this.#closed) return
    if (answer.ok) {
      this.#answered = true
      this.#queue = written(this.#queue, write)
      return
    }
    const problem = answer.error
    this.#trouble = problem
    // Another request was refused while this one was under way: it is off, and that was said.
    if (this.#isOff(target)) return
    if (problem.status !== undefined) this.#answered = true
    const silent = performance.now() - (this.#firstAt ?? 0)
    if (!this.#answered && silent >= PATIENCE_MS) return this.#giveUp(target, problem)
    if (problem.retryAfterMs !== undefined) this.#pause(Date.now() + problem.retryAfterMs)
    else if (isRefusal(problem) && !mayPass(write, problem)) return this.#giveUp(target, problem)
    this.#queue = failed(this.#queue, write, Date.now())
  }

  #pause(until: number): void {
    if (until <= this.#queue.pausedUntil) return
    this.#queue = pause(this.#queue, until)
    try {
      this.#onPause(until)
    } catch {
      // A full disk, or the end of this process: whoever comes next is told by GitHub itself.
    }
  }

  /** Only what is given up leaves the queue; the rest goes on. */
  #giveUp(target: Target, problem: GithubProblem): void {
    const what = target.refused(problem)
    this.#refused.add(what === 'group' ? target.group : target.key)
    this.#unhurried = this.#unhurried.filter((one) => !this.#isOff(one))
    for (const one of this.#targets.values()) if (this.#isOff(one)) this.#queue = dropped(this.#queue, one.key)
  }
}

/**
 * What was there or allowed a moment ago may not have come to every machine of GitHub's: asked again before it is believed, because
 * whatever is given up stands there as running for good.
 */
const mayPass = ({ kind, failures }: Write<Target>, { status }: GithubProblem): boolean =>
  (status === 403 || status === 404) && kind !== 'create' && failures < DOUBTS

/** Whatever goes wrong here, a client that cannot be loaded included, costs this write and nothing else. */
async function attempt(target: Target, turn: Turn): Promise<Result<unknown, GithubProblem>> {
  try {
    return await target.write(turn)
  } catch (error) {
    return err({ status: undefined, message: messageOf(error) })
  }
}
