import type { Board, Worker } from '../board/board.ts'
import { modelOf } from '../board/worker.ts'
import { type Outcome, type Verdict, verdict } from '../outcome/outcome.ts'

/** How many workers stand where. `running` is everything between its start and its end, but for waits between attempts. */
export interface Tally {
  readonly total: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly notRun: number
  readonly running: number
  /** Between two attempts, or held back before the first: without a process and without a slot. */
  readonly waiting: number
  readonly queued: number
}

export type Standing = Verdict | 'running' | 'waiting' | 'queued'

export const outcomeOf = (worker: Worker): Outcome | undefined =>
  worker.state.type === 'done' ? worker.state.outcome : undefined

export function standing(worker: Worker): Standing {
  const outcome = outcomeOf(worker)
  if (outcome) return verdict(outcome)
  const { type } = worker.state
  return type === 'queued' || type === 'waiting' ? type : 'running'
}

export function tally(board: Board): Tally {
  const standings = [...board.workers.values()].map(standing)
  const of = (wanted: Standing): number => standings.filter((s) => s === wanted).length
  return {
    total: standings.length,
    succeeded: of('succeeded'),
    failed: of('failed'),
    cancelled: of('cancelled'),
    notRun: of('not-run'),
    running: of('running'),
    waiting: of('waiting'),
    queued: of('queued'),
  }
}

/** Workers that have not come to their end. */
export const unfinished = ({ running, waiting, queued }: Tally): number => running + waiting + queued

/** `4 completed, 1 failed, 1 not run`: only what there is. */
export function tallyWords(t: Tally): string {
  const parts: readonly (readonly [number, string])[] = [
    [t.succeeded, 'completed'],
    [t.failed, 'failed'],
    [t.cancelled, 'cancelled'],
    [t.notRun, 'not run'],
    [t.running, 'running'],
    [t.waiting, 'waiting'],
    [t.queued, 'queued'],
  ]
  const words = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  return words.length > 0 ? words.join(', ') : 'no specs'
}

/** `no spec is ready. 12 completed, 2 blocked, 1 needs approval.`: why a run has nothing to work. */
export function emptyWords(board: Board): string {
  const { total, completed: done, blocked, approval } = board.counts
  if (total === 0) return 'there is no spec in .chant/specs.'
  const none = nothingReady(board)
  // How many of those that are done were meant nobody says.
  const completed = none === NONE_READY ? done : 0
  const invalid = board.notPlanned.filter((spec) => spec.reason.type === 'invalid-spec').length
  const parts: readonly (readonly [number, string])[] = [
    [completed, 'completed'],
    [blocked, 'blocked'],
    [approval, approval === 1 ? 'needs approval' : 'need approval'],
    [invalid, 'invalid'],
  ]
  const words = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  return `${none}.${words.length > 0 ? ` ${words.join(', ')}.` : ''}`
}

const NONE_READY = 'no spec is ready'

/** Among those that were meant, not among all. */
function nothingReady({ run }: Board): string {
  if (run?.changedOnly) return 'this pull request adds or changes no ready spec'
  const labels = (run?.inputs['labels'] ?? '').split(/[\s,]+/).filter((label) => label !== '')
  if (labels.length === 0) return NONE_READY
  return `no ready spec has ${labels.length > 1 ? 'one of the labels' : 'the label'} ${labels.join(', ')}`
}

/** Epoch ms between a worker's start and its end (or `now`); absent before its start. */
export const elapsed = (worker: Worker, now: number): number | undefined =>
  worker.startedAt === undefined ? undefined : (worker.finishedAt ?? now) - worker.startedAt

/** The ids of everything that a report may name, for short names without doubles. */
export const namesOf = (board: Board): readonly string[] => [
  ...board.workers.keys(),
  ...board.notPlanned.map((spec) => spec.specId),
]

/** Who works it: the agent, the model in use, and the account where it is not named after the agent. */
export function agentWords(worker: Worker): readonly string[] {
  const { planned, account, agent = planned.agent } = worker
  const shown = modelOf(worker)
  return [
    agent,
    ...(shown === undefined ? [] : [shown]),
    ...(account === undefined || account === agent || account === 'main' ? [] : [account]),
  ]
}

/** The branch a worker is on, or would like to have. */
export const branchOf = (worker: Worker): string => worker.branch ?? worker.planned.branch
