import { type Board, WHOLE_RUN, type Worker } from '../board/board.ts'
import type { RecoveredKind } from '../board/event.ts'
import { totalUsage, usageOf } from '../board/usage.ts'
import { leftOf, modelOf } from '../board/worker.ts'
import { conclude } from '../outcome/conclusion.ts'
import { type Conclusion, type Outcome, type Verdict, verdict } from '../outcome/outcome.ts'
import type { NotPlannedReason } from '../plan/plan.ts'
import { iso } from './durations.ts'
import { outcomeOf, tally, unfinished } from './tally.ts'

/** How a worker ended: `type` names it, `reason` is how that counts, the rest depends on the type. */
export interface ResultOutcome {
  readonly type: Outcome['type']
  readonly reason: Verdict
  readonly message: string
  readonly [detail: string]: unknown
}

export interface ResultWorker {
  readonly spec_id: string
  readonly title: string
  readonly status: Worker['state']['type']
  readonly outcome: ResultOutcome | null
  readonly agent: string
  readonly model: string | null
  readonly pid: number | null
  /** Its processes that SIGKILL did not end, and that are still there. */
  readonly left_pids: readonly number[]
  readonly attempts: number
  readonly branch: string | null
  readonly base: string | null
  readonly commits: readonly string[]
  readonly started_at: string | null
  readonly finished_at: string | null
  readonly duration_ms: number | null
  readonly account: string | null
  /** Each attempt's conversation, the newest last: what the agent's CLI resumes by. */
  readonly sessions: readonly string[]
  readonly usage: {
    readonly input_tokens: number | null
    readonly cached_tokens: number | null
    readonly output_tokens: number | null
    readonly cost_usd: number | null
    /** The cost was computed from a price list. */
    readonly estimated: boolean
  }
  readonly log: string | null
  readonly patch: string | null
  readonly pull_request: null
  readonly integration: null
  readonly check_run_id: number | null
}

export interface ResultNotPlanned {
  readonly spec_id: string
  readonly title: string
  readonly reason: NotPlannedReason['type']
  readonly message: string
  readonly file: string
  readonly line: number | null
  readonly asked: boolean
}

export interface ResultRecovered {
  readonly what: RecoveredKind
  readonly spec_id: string | null
  readonly message: string
}

/** `results.json`: see docs/results.md and docs/results.schema.json, which change together with this. */
export interface Results {
  readonly version: 1
  readonly run: {
    readonly key: string | null
    readonly conclusion: Conclusion
    readonly started_at: string | null
    readonly finished_at: string | null
    readonly mode: 'run' | 'plan'
    readonly base_sha: string | null
    readonly max_parallel: number | null
    readonly cost_usd: number | null
    readonly check_run_id: number | null
    readonly counts: {
      readonly total: number
      readonly succeeded: number
      readonly failed: number
      readonly cancelled: number
      readonly not_run: number
      readonly unfinished: number
    }
  }
  readonly workers: readonly ResultWorker[]
  readonly not_planned: readonly ResultNotPlanned[]
  readonly recovered: readonly ResultRecovered[]
}

/** The board as other programs read it. */
export function results(board: Board): Results {
  const { run } = board
  const t = tally(board)
  return {
    version: 1,
    run: {
      key: run?.key ?? null,
      conclusion: board.conclusion ?? conclude(board),
      started_at: time(board.startedAt),
      finished_at: time(board.finishedAt),
      mode: run?.mode ?? 'run',
      base_sha: run?.base.sha ?? null,
      max_parallel: run?.maxParallel ?? null,
      cost_usd: totalUsage(board)?.costUsd ?? null,
      check_run_id: board.checkRuns.get(WHOLE_RUN)?.id ?? null,
      counts: {
        total: t.total,
        succeeded: t.succeeded,
        failed: t.failed,
        cancelled: t.cancelled,
        not_run: t.notRun,
        unfinished: unfinished(t),
      },
    },
    workers: [...board.workers.values()].map((worker) => ofWorker(board, worker)),
    not_planned: board.notPlanned.map(({ specId, title, reason, message, file, line, asked }) => ({
      spec_id: specId,
      title,
      reason: reason.type,
      message,
      file,
      line: line ?? null,
      asked,
    })),
    recovered: board.recovered.map(({ code, specId, message }) => ({ what: code, spec_id: specId ?? null, message })),
  }
}

function ofWorker(board: Board, worker: Worker): ResultWorker {
  const { planned, startedAt, finishedAt } = worker
  const outcome = outcomeOf(worker)
  const usage = usageOf(worker)
  return {
    spec_id: planned.specId,
    title: planned.title,
    status: worker.state.type,
    outcome: outcome ? { ...outcome, reason: verdict(outcome) } : null,
    agent: worker.agent ?? planned.agent,
    model: modelOf(worker) ?? null,
    pid: worker.pid ?? null,
    left_pids: leftOf(board.processes.values(), worker).map(({ pid }) => pid),
    attempts: worker.attempts,
    branch: worker.branch ?? null,
    base: worker.base ?? null,
    commits: worker.commits,
    started_at: time(startedAt),
    finished_at: time(finishedAt),
    duration_ms: startedAt === undefined || finishedAt === undefined ? null : Math.max(0, finishedAt - startedAt),
    account: worker.account ?? null,
    sessions: worker.sessions,
    usage: {
      input_tokens: usage?.input ?? null,
      cached_tokens: usage?.cached ?? null,
      output_tokens: usage?.output ?? null,
      cost_usd: usage?.costUsd ?? null,
      estimated: usage?.estimated ?? false,
    },
    log: startedAt === undefined ? null : `logs/${planned.specId}.log`,
    patch: worker.patch ?? null,
    pull_request: null,
    integration: null,
    check_run_id: board.checkRuns.get(planned.specId)?.id ?? null,
  }
}

const time = (ms: number | undefined): string | null => (ms === undefined ? null : iso(ms))
