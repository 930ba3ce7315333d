import { setTimeout as sleep } from 'node:timers/promises'
import { type Board, WHOLE_RUN, type Worker } from '../board/board.ts'
import type { Event } from '../board/event.ts'
import { annotationBatches, type CheckPayload, notPlannedCheck, runCheck, workerCheck } from '../report/check-run.ts'
import { commentBody } from '../report/comment.ts'
import { err, type Result } from '../result.ts'
import type { Journal } from '../shell/journal.ts'
import { cleaned } from '../shell/secrets.ts'
import type { Criterion, SpecId } from '../spec/spec.ts'
import type { GithubClient, GithubProblem, Written } from './client.ts'
import { isRefusal, refusalWords } from './refusal.ts'
import {
  alsoSent,
  failed,
  makeQueue,
  next,
  offer,
  outstanding,
  pause,
  type Queue,
  type Write,
  type WriteKind,
  written,
} from './write-budget.ts'
import { GITHUB_LIMITS } from './write-pace.ts'

/** Above this many workers one check run stands for all. */
export const MOST_CHECKS = 50
const COMMENT = ' comment'
/** Requests under way at a time: with one, GitHub's answers and not its limits would set the pace (see test/github/write-simulation). */
const AT_ONCE = 2
/** A GitHub that has not answered anything for so long since the first request cannot be reached from here. Milliseconds. */
const PATIENCE_MS = 30_000
/** Never longer than this between two looks at the queue, whatever it says. Milliseconds. */
const LONGEST_WAIT_MS = 60_000

export interface ChecksOptions {
  readonly mode: 'auto' | 'per-spec' | 'run' | 'off'
  /** Commit that the checks belong to. */
  readonly sha: string
  /** The project directory relative to the repository's top, `/` at its end. */
  readonly prefix: string
  /** Pull request for the comment; absent = no comment. */
  readonly comment?: { readonly issue: number; readonly marker: string }
  /** Another process wrote before this one, and may not have lived to hear the answer. */
  readonly takesOver?: boolean
  readonly tail: (specId: SpecId) => readonly string[]
  /** A running worker's criteria as they stand in its worktree. */
  readonly criteria: (worker: Worker) => readonly Criterion[] | undefined
  readonly clean: (text: string) => string
}

/**
 * Shows the board on GitHub: check runs and the comment. It listens to the journal and only ever adds what GitHub has
 * confirmed. Whatever GitHub does, nobody waits for it, and no result changes.
 */
export class LiveChecks {
  readonly #journal: Journal
  readonly #client: Promise<GithubClient>
  readonly #options: ChecksOptions
  #queue: Queue<undefined> = makeQueue(GITHUB_LIMITS)
  #wake = Promise.withResolvers<void>()
  #checksOff = false
  #commentOff = false
  #closed = false
  #commentId: number | undefined
  /** GitHub has answered something, be it a refusal. */
  #answered = false
  /** Check runs whose content GitHub does not take, by key. */
  readonly #refused = new Set<string>()
  /** When the first request was begun; by `performance.now()`. */
  #firstAt: number | undefined
  /** Requests of a last write that GitHub has taken, by key: each carries annotations of its own. */
  readonly #batches = new Map<string, number>()
  readonly #done: Promise<unknown>

  constructor(journal: Journal, client: Promise<GithubClient>, options: ChecksOptions) {
    this.#journal = journal
    this.#client = client
    // Whoever writes meets its failure; until then nobody waits for it.
    client.catch(() => undefined)
    this.#options = options
    this.#checksOff = options.mode === 'off' || journal.board.checksOff !== undefined
    this.#commentOff = options.comment === undefined
    this.#commentId = journal.board.comment?.id
    this.#begin(journal.board)
    journal.listen((event, _, after) => this.#hear(event, after))
    this.#done = Promise.all(Array.from({ length: AT_ONCE }, () => this.#pump()))
  }

  /** Waits until everything is written, at most so long, and stops. Answers how many keys are left for somebody else. */
  async close(milliseconds: number): Promise<number> {
    const end = performance.now() + milliseconds
    while (outstanding(this.#queue) > 0 && performance.now() < end) {
      // A limit that ends later than we must go is somebody else's to wait for.
      if (this.#queue.pausedUntil > Date.now() + end - performance.now()) break
      await sleep(50)
    }
    this.#closed = true
    this.#ring()
    const left = outstanding(this.#queue)
    if (left === 0) await this.#done
    return left
  }

  #perSpec(board: Board): boolean {
    return this.#options.mode === 'per-spec' || (this.#options.mode === 'auto' && board.workers.size <= MOST_CHECKS)
  }

  /** Everything that GitHub has not been told the end of: all of it for main, the rest for post. */
  #begin(board: Board): void {
    if (board.workers.size === 0) return
    for (const id of this.#perSpec(board) ? board.workers.keys() : [WHOLE_RUN]) {
      const worker = workerOf(board, id)
      const ended = worker ? worker.state.type === 'done' : board.conclusion !== undefined
      if (!board.checkRuns.get(id)?.completed) this.#offer(id, ended ? 'final' : 'create')
    }
    if (board.checkRuns.size === 0)
      for (const spec of board.notPlanned)
        if (spec.reason.type === 'approval-required') this.#offer(unplanned(spec.specId), 'final')
    this.#offer(COMMENT, board.conclusion === undefined ? 'create' : 'final')
  }

  #hear(event: Event, board: Board): void {
    if (event.type === 'run-finished') {
      if (!this.#perSpec(board)) this.#offer(WHOLE_RUN, 'final')
      return this.#offer(COMMENT, 'final')
    }
    const kind = kindOf(event)
    if (!kind || !('specId' in event) || event.specId === undefined) return
    if (this.#perSpec(board)) this.#offer(event.specId, kind)
    else this.#offer(WHOLE_RUN, kind === 'final' ? 'state' : kind)
    this.#offer(COMMENT, kind === 'final' ? 'state' : 'heartbeat')
  }

  #offer(key: string, kind: WriteKind): void {
    if (this.#isOff(key)) return
    this.#queue = offer(this.#queue, { key, kind, at: Date.now(), payload: undefined })
    this.#ring()
  }

  #isOff(key: string): boolean {
    if (this.#refused.has(key)) return true
    return key === COMMENT ? this.#commentOff : this.#checksOff
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
      const wait = new AbortController()
      const timer = sleep(Math.min(LONGEST_WAIT_MS, Math.max(0, turn.waitUntil - Date.now())), undefined, {
        signal: wait.signal,
        ref: false,
      })
      await Promise.race([this.#wake.promise, timer.catch(() => undefined)])
      wait.abort()
    }
  }

  async #send(write: Write<undefined>): Promise<void> {
    this.#firstAt ??= performance.now()
    const answer = await this.#attempt(write)
    if (this.#closed) return
    if (answer.ok) {
      this.#answered = true
      this.#queue = written(this.#queue, write)
      return
    }
    const problem = answer.error
    // Another request was refused while this one was under way: it is off, and that was said.
    if (this.#isOff(write.key)) return
    if (problem.status !== undefined) this.#answered = true
    const silent = performance.now() - (this.#firstAt ?? 0)
    if (!this.#answered && silent >= PATIENCE_MS) return this.#giveUp(write.key, problem)
    if (problem.retryAfterMs !== undefined) this.#queue = pause(this.#queue, Date.now() + problem.retryAfterMs)
    else if (isRefusal(problem)) return this.#giveUp(write.key, problem)
    this.#queue = failed(this.#queue, write, Date.now())
  }

  /** Whatever goes wrong here, a client that cannot be loaded included, costs this write and nothing else. */
  async #attempt(write: Write<undefined>): Promise<Result<Written, GithubProblem>> {
    try {
      return write.key === COMMENT ? await this.#writeComment() : await this.#writeCheck(write)
    } catch (error) {
      return err({ status: undefined, message: error instanceof Error ? error.message : String(error) })
    }
  }

  async #writeCheck({ key, last, failures }: Write<undefined>): Promise<Result<Written, GithubProblem>> {
    const { board } = this.#journal
    const known = board.checkRuns.get(key)
    const payload = this.#payload(board, key, last)
    const [first, ...more] = annotationBatches(payload).slice(this.#batches.get(key) ?? 0)
    if (!first) throw new Error('a check is at least one request')
    const client = await this.#client
    const lost = !known && (this.#options.takesOver || failures > 0)
    const since = Math.floor((board.startedAt ?? 0) / 1000) * 1000
    const found = lost ? await client.findCheckRun(this.#options.sha, first, since) : undefined
    if (found && !found.ok) return found
    // On record before it is changed: once completed it would not be found again.
    if (found?.value) this.#created(key, found.value)
    const there = known ?? found?.value
    const answer = there
      ? await client.updateCheckRun(there.id, first)
      : await client.createCheckRun(this.#options.sha, first)
    if (!answer.ok || this.#closed) return answer
    if (!there) this.#created(key, answer.value)
    // GitHub adds up annotations, so what it has taken is never sent again.
    if (last) this.#batches.set(key, (this.#batches.get(key) ?? 0) + 1)
    for (const batch of more) {
      const added = await client.updateCheckRun(answer.value.id, batch)
      if (!added.ok) return added
      this.#batches.set(key, (this.#batches.get(key) ?? 0) + 1)
      this.#queue = alsoSent(this.#queue, 1, Date.now())
    }
    const specId = workerOf(board, key)?.planned.specId
    if (last && !isUnplanned(key) && !this.#closed)
      this.#journal.append({ type: 'check-run-completed', id: answer.value.id, ...(specId ? { specId } : {}) })
    return answer
  }

  #created(key: string, { id, url }: Written): void {
    if (isUnplanned(key) || this.#closed) return
    const specId = workerOf(this.#journal.board, key)?.planned.specId
    this.#journal.append({ type: 'check-run-created', id, ...(specId ? { specId } : {}), ...(url ? { url } : {}) })
  }

  /** Annotations go with the last write only: GitHub adds up what it gets. */
  #payload(board: Board, key: string, last: boolean): CheckPayload {
    const { prefix, tail, criteria, clean } = this.#options
    const now = Date.now()
    const worker = workerOf(board, key)
    const spec = board.notPlanned.find(({ specId }) => unplanned(specId) === key)
    const check = worker
      ? workerCheck(board, worker, { now, prefix, tail: tail(worker.planned.specId), ...criteriaIn(criteria(worker)) })
      : spec
        ? notPlannedCheck(board, spec, prefix)
        : runCheck(board, { now, prefix })
    const { annotations, ...output } = check.output
    const whole = last && annotations ? { ...check, output: { ...output, annotations } } : { ...check, output }
    return cleaned(whole, clean)
  }

  async #writeComment(): Promise<Result<Written, GithubProblem>> {
    const { comment, clean } = this.#options
    if (!comment) throw new Error('no comment was asked for')
    const body = clean(commentBody(this.#journal.board, { now: Date.now(), marker: comment.marker }))
    if (this.#commentId === undefined) {
      const found = await (await this.#client).findComment(comment.issue, comment.marker)
      if (!found.ok) return found
      this.#commentId = found.value
    }
    const answer =
      this.#commentId === undefined
        ? await (await this.#client).createComment(comment.issue, body)
        : await (await this.#client).updateComment(this.#commentId, body)
    if (answer.ok && !this.#closed && this.#journal.board.comment?.id !== answer.value.id)
      this.#journal.append({
        type: 'comment-written',
        id: answer.value.id,
        ...(answer.value.url ? { url: answer.value.url } : {}),
      })
    if (answer.ok) this.#commentId = answer.value.id
    // Somebody removed it: the next try makes a new one.
    if (!answer.ok && answer.error.status === 404 && this.#commentId !== undefined) {
      this.#commentId = undefined
      return await this.#writeComment()
    }
    return answer
  }

  #giveUpOne(key: string, problem: GithubProblem): void {
    this.#refused.add(key)
    const waiting = new Map([...this.#queue.waiting].filter(([other]) => other !== key))
    const keys = new Map([...this.#queue.keys].filter(([other]) => other !== key))
    this.#queue = { ...this.#queue, waiting, keys }
    const specId = workerOf(this.#journal.board, key)?.planned.specId
    const message = `GitHub does not accept this check run (422): ${problem.message.slice(0, 200)}.`
    this.#journal.append({ type: 'warning', code: 'check-run', message, ...(specId ? { specId } : {}) })
  }

  /** GitHub said no, and asking again would not change that: said once, and the run goes on without. */
  #giveUp(key: string, problem: GithubProblem): void {
    const isComment = key === COMMENT
    if (!isComment && isAboutContent(problem)) return this.#giveUpOne(key, problem)
    if (isComment) this.#commentOff = true
    else this.#checksOff = true
    // Only what is given up leaves the queue; the other goes on.
    const waiting = new Map([...this.#queue.waiting].filter(([other]) => (other === COMMENT) !== isComment))
    const keys = new Map([...this.#queue.keys].filter(([other]) => (other === COMMENT) !== isComment))
    this.#queue = { ...this.#queue, waiting, keys }
    const reason = refusalWords(isComment ? 'comment' : 'checks', problem)
    if (isComment) this.#journal.append({ type: 'warning', code: 'comment', message: reason })
    else this.#journal.append({ type: 'checks-off', reason })
  }
}

/** The request itself is at fault, and others may well be taken; an unknown commit is everybody's. */
const isAboutContent = ({ status, message }: GithubProblem): boolean =>
  status === 422 && !/No commit found/i.test(message)

const criteriaIn = (criteria: readonly Criterion[] | undefined): { criteria?: readonly Criterion[] } =>
  criteria ? { criteria } : {}

const workerOf = (board: Board, key: string): Worker | undefined =>
  [...board.workers.values()].find(({ planned }) => planned.specId === key)

/** The key of a spec that is not worked; no spec id starts with a blank. */
const unplanned = (specId: string): string => ` not planned ${specId}`
const isUnplanned = (key: string): boolean => key.startsWith(' not planned ')

/** How much people wait for what an event says. */
function kindOf(event: Event): WriteKind | undefined {
  switch (event.type) {
    case 'worker-done':
      return 'final'
    case 'worker-preparing':
    case 'process-running':
    case 'stop-requested':
    case 'agent-quiet':
    case 'worker-verifying':
    case 'worker-finalizing':
      return 'state'
    case 'agent-activity':
    case 'work-committed':
      return 'heartbeat'
    default:
      return undefined
  }
}
