import { type Board, WHOLE_RUN } from '../board/board.ts'
import type { Event } from '../board/event.ts'
import { present } from '../present.ts'
import { type CheckSubject, type ChecksMode, checkSubjects, isOver } from '../report/check-subjects.ts'
import { clip, sentence } from '../report/visible.ts'
import type { Journal } from '../shell/journal.ts'
import { type CheckSources, checkContent } from './check-content.ts'
import { type CheckPlace, writeCheck } from './check-writes.ts'
import type { GithubClient, GithubProblem } from './client.ts'
import { Comment } from './comment-writes.ts'
import { earlierPause, earlierWrites } from './earlier-writes.ts'
import { isAboutContent, refusalWords } from './refusal.ts'
import type { WriteKind } from './write-budget.ts'
import { GithubWriter, type Target } from './writer.ts'

const CHECKS = 'checks'
const COMMENT = 'comment'

export interface ChecksOptions extends CheckSources {
  readonly mode: ChecksMode
  /** Commit that the checks belong to. */
  readonly sha: string
  /** Pull request for the comment; absent = no comment. */
  readonly comment?: { readonly issue: number; readonly marker: string }
  /** Another process wrote before this one, and may not have lived to hear the answer. */
  readonly takesOver?: boolean
  /** Runs before this one, whose ends it tells. */
  readonly before?: readonly Board[]
  /** How many jobs share GitHub's limits, this one included. */
  readonly sharers?: number
}

/**
 * Shows the board on GitHub: check runs and the comment. It listens to the journal and only ever adds what GitHub has
 * confirmed. Whatever GitHub does, nobody waits for it, and no result changes.
 */
export class LiveChecks {
  readonly #journal: Journal
  readonly #options: ChecksOptions
  readonly #place: CheckPlace
  readonly #writer: GithubWriter
  readonly #comment: Target | undefined
  /** By key on the board. */
  readonly #checks: ReadonlyMap<string, Target>

  constructor(journal: Journal, client: Promise<GithubClient>, options: ChecksOptions) {
    this.#journal = journal
    const { sha, takesOver = false, before = [] } = options
    this.#writer = new GithubWriter({
      ...present({ sharers: options.sharers, pausedUntil: earlierPause([journal.board, ...before], Date.now()) }),
      earlier: takesOver ? earlierWrites(journal.path, Date.now()) : [],
      onPause: (until) => void journal.append({ type: 'github-paused', until: new Date(until).toISOString() }),
    })
    this.#options = options
    this.#place = { journal, client, sha, takesOver, makes: true }
    // Whoever writes meets its failure; until then nobody waits for it.
    client.catch(() => undefined)
    this.#comment = this.#commentTarget()
    const { board } = journal
    const subjects = board.checksOff === undefined ? checkSubjects(board, options.mode) : []
    this.#checks = new Map(subjects.map((subject) => [subject.key, this.#checkTarget(subject)]))
    // Everything that GitHub has not been told the end of: all of it for main, the rest for post.
    for (const subject of subjects)
      if (!board.checkRuns.get(subject.key)?.completed)
        this.#offer(this.#checks.get(subject.key), isOver(board, subject) ? 'final' : 'create')
    this.#offer(this.#comment, board.conclusion === undefined ? 'create' : 'final')
    journal.listen((event) => this.#hear(event))
  }

  /** The ends of check runs of a run that is over: nobody waits for them, and they share the limits. */
  endLeft(targets: readonly Target[]): void {
    this.#writer.offerUnhurried(targets)
  }

  /** Waits until GitHub has the end of every check run, at most so long. What goes into the artifact then says so. */
  async flushChecks(milliseconds: number): Promise<void> {
    this.#offer(this.#checks.get(WHOLE_RUN), 'final')
    await this.#writer.flush(milliseconds, CHECKS)
  }

  /** What GitHub has not taken yet, and why the newest of what failed did. */
  get pending(): { readonly checks: number; readonly comments: number; readonly trouble: GithubProblem | undefined } {
    const { trouble } = this.#writer
    return { checks: this.#writer.left(CHECKS), comments: this.#writer.left(COMMENT), trouble }
  }

  /** Waits until everything is written, at most so long. */
  async flush(milliseconds: number): Promise<void> {
    await this.#writer.flush(milliseconds)
  }

  /** Milliseconds until GitHub, which has asked to be left alone, listens again; 0 where it has not. */
  get pausedFor(): number {
    return this.#writer.pausedFor
  }

  /** Waits until everything is written, at most so long, and stops. Answers how much is left for somebody else. */
  async close(milliseconds: number): Promise<number> {
    return await this.#writer.close(milliseconds)
  }

  #hear(event: Event): void {
    if (event.type === 'run-finished') {
      this.#offer(this.#checks.get(WHOLE_RUN), 'final')
      return this.#offer(this.#comment, 'final')
    }
    const kind = kindOf(event)
    if (!kind || !('specId' in event) || event.specId === undefined) return
    this.#offer(this.#checks.get(event.specId), kind)
    this.#offer(this.#checks.get(WHOLE_RUN), kind === 'final' ? 'state' : kind)
    this.#offer(this.#comment, kind === 'final' ? 'state' : 'heartbeat')
  }

  #offer(target: Target | undefined, kind: WriteKind): void {
    if (target) this.#writer.offer(target, kind)
  }

  #checkTarget({ key }: CheckSubject): Target {
    return {
      key: `check ${key}`,
      group: CHECKS,
      write: (turn) => {
        const { mode } = this.#options
        const check = checkContent(this.#journal.board, { mode, key }, turn.last, this.#options)
        return writeCheck(this.#place, key, check, turn)
      },
      refused: (problem) => {
        if (!isAboutContent(problem)) {
          this.#journal.append({ type: 'checks-off', reason: refusalWords('checks', problem) })
          return 'group'
        }
        const message = sentence(`GitHub does not accept this check run (422): ${clip(problem.message, 200)}`)
        const worker = [...this.#journal.board.workers.keys()].find((specId) => specId === key)
        this.#journal.append({ type: 'warning', code: 'check-run', message, ...(worker ? { specId: worker } : {}) })
        return 'target'
      },
    }
  }

  #commentTarget(): Target | undefined {
    const { comment: wanted, clean } = this.#options
    const { journal, client } = this.#place
    // What another process was refused, it has said.
    if (!wanted || journal.board.warnings.some(({ code }) => code === COMMENT)) return undefined
    const comment = new Comment({ journal, client, clean, ...wanted })
    return {
      key: COMMENT,
      group: COMMENT,
      write: (turn) => comment.write(turn),
      refused: (problem) => {
        journal.append({ type: 'warning', code: COMMENT, message: refusalWords('comment', problem) })
        return 'group'
      },
    }
  }
}

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
