import type { AgentEvent } from '../agent/event.ts'
import { agentView } from '../shell/agent-view.ts'
import { type LineView, OutputReader, plainView } from '../shell/output-reader.ts'
import { StreamCopy } from '../shell/stream-copy.ts'
import type { WorkerLog } from '../shell/worker-log.ts'
import { AgentNews } from './agent-news.ts'
import type { WorkerCommand } from './command.ts'
import type { Prepared, RunContext } from './context.ts'

/** Lines of stdout kept for the spec's `## Agent Output`, which holds 5,000 characters. */
const OUTPUT_LINES = 300

export interface FollowedOutput extends Disposable {
  /** Reads what is left, once everybody who could write is gone. */
  readonly finish: () => void
  readonly stdout: () => readonly string[]
  /** Whether a sign of life came since this was last asked: anything but that the agent asks its provider again. */
  readonly taken: () => boolean
  /** Ends an agent that only asks its provider again, so that another attempt may follow; false where it does not. */
  readonly giveUpAsking: () => boolean
}

/** Carries a command's raw output into the readable log, the live log and the board, at every beat of the pulse. */
export function followOutput(
  ctx: RunContext,
  worker: Prepared,
  command: WorkerCommand,
  paths: readonly [stdout: string, stderr: string],
  log: WorkerLog,
): FollowedOutput {
  const { specId } = worker
  const news = new AgentNews(ctx, worker, command)
  const { stream } = command
  const copy = new StreamCopy(ctx.dir.stream(specId, command.attempt), ctx.cleaner)
  const readers = paths.map((path, index) => {
    const from = index === 0 ? 'stdout' : 'stderr'
    const options = { hear: (events: readonly AgentEvent[]) => news.hear(events), directory: worker.cwd }
    const view = stream ? agentView(stream, from, ctx.cleaner, options) : plainView(ctx.cleaner)
    return new OutputReader(path, ctx.cleaner, stream && index === 0 ? copied(view, copy) : view)
  })
  let stdout: string[] = []
  let taken = 0
  const carry = (read: (reader: OutputReader) => Iterable<readonly string[]>) => {
    let last: string | undefined
    for (const [index, reader] of readers.entries()) {
      for (const lines of read(reader)) {
        if (lines.length === 0) continue
        if (index === 0) stdout = [...stdout, ...lines.slice(-OUTPUT_LINES)].slice(-OUTPUT_LINES)
        log.write(lines)
        ctx.onOutput(specId, lines)
        last = lines.findLast((line) => line.trim() !== '') ?? last
      }
    }
    news.tell(last, log.lines)
  }
  const stop = ctx.pulse.each(() => carry((reader) => reader.looking()))
  return {
    finish: () => {
      stop()
      carry((reader) => reader.ending())
    },
    stdout: () => stdout,
    taken: () => {
      const before = taken
      taken = readers.reduce((sum, reader) => sum + reader.bytes, 0)
      return taken > before && !news.onlyAsksAgain()
    },
    giveUpAsking: () => news.giveUpAsking(),
    [Symbol.dispose]: () => {
      stop()
      for (const reader of readers) reader[Symbol.dispose]()
      copy[Symbol.dispose]()
    },
  }
}

/** The same view, each line going into the copy of the stream too. */
const copied = (view: LineView, copy: StreamCopy): LineView => ({
  ...view,
  show: (line, whole) => {
    if (whole) copy.write(line)
    return view.show(line, whole)
  },
})
