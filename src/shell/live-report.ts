import type { Board } from '../board/board.ts'
import type { Event } from '../board/event.ts'
import { heartbeat } from '../report/heartbeat.ts'
import { type LogLine, linesFor, outputLine } from '../report/log-lines.ts'
import { summary } from '../report/summary.ts'
import type { SpecId } from '../spec/spec.ts'
import { cleanBoard } from './clean-board.ts'
import type { Journal } from './journal.ts'
import { lastLines } from './last-lines.ts'
import { print } from './printer.ts'
import type { Cleaner } from './secrets.ts'
import type { StateDir } from './state-dir.ts'
import type { StepSummary } from './step-summary.ts'

/** A line in the step log at least this often while agents run. Milliseconds. */
const HEARTBEAT_MS = 30_000
/** The summary of a running step is rewritten at most this often. Milliseconds. */
const SUMMARY_MS = 5_000
const TAIL_LINES = 41

/** Shows the journal as it grows: the step log at once, the summary from time to time. It listens and changes nothing. */
export class LiveReport {
  readonly #journal: Journal
  readonly #dir: StateDir
  readonly #summary: StepSummary
  readonly #cleaner: Cleaner
  readonly #stream: 'off' | 'events' | 'full'
  #lastBeat = performance.now()
  #lastSummary = Number.NEGATIVE_INFINITY
  #changed = false

  constructor(
    journal: Journal,
    dir: StateDir,
    options: { summary: StepSummary; stream: 'off' | 'events' | 'full'; cleaner: Cleaner },
  ) {
    this.#journal = journal
    this.#dir = dir
    this.#summary = options.summary
    this.#stream = options.stream
    this.#cleaner = options.cleaner
    journal.listen((event, before, after) => this.#show(event, before, after))
  }

  /** Called by the pulse. */
  beat(): void {
    const now = performance.now()
    if (now - this.#lastBeat >= HEARTBEAT_MS) {
      this.#lastBeat = now
      const line = heartbeat(this.#journal.board, Date.now())
      if (line) this.#print([line])
    }
    if (this.#changed && now - this.#lastSummary >= SUMMARY_MS) {
      this.#lastSummary = now
      this.#changed = false
      this.writeSummary(true)
    }
  }

  /** Lines of a running agent. */
  output(specId: SpecId, lines: readonly string[]): void {
    if (this.#stream === 'full') this.#print(lines.map((line) => outputLine(this.#journal.board, specId, line)))
  }

  writeSummary(live: boolean): void {
    this.#summary.write(this.markdown(live))
  }

  markdown(live: boolean): string {
    const board = cleanBoard(this.#journal.board, this.#cleaner)
    const tails = new Map([...board.workers.keys()].map((id) => [id, this.#tail(id)]))
    return this.#cleaner.clean(summary(board, { now: Date.now(), tails, live }))
  }

  #show(event: Event, before: Board, after: Board): void {
    this.#print(linesFor(event, before, after, { stream: this.#stream, tail: (id) => this.#tail(id) }))
    if (event.type !== 'agent-activity' && event.type !== 'process-noted') this.#changed = true
  }

  #print(lines: readonly LogLine[]): void {
    print(lines, this.#cleaner.clean)
  }

  #tail(specId: SpecId): readonly string[] {
    return lastLines(this.#dir.log(specId), TAIL_LINES)
  }
}
