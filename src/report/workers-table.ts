import type { Board, Worker } from '../board/board.ts'
import { totalUsage, usageOf } from '../board/usage.ts'
import { causeWords, headline } from '../outcome/advice.ts'
import { unreachable } from '../result.ts'
import { duration } from './durations.ts'
import { bytes, fitting } from './fit.ts'
import { doingWords } from './heartbeat.ts'
import { notRunWords } from './log-ends.ts'
import { bounded } from './log-line.ts'
import { type Align, code, link, table, text } from './markdown.ts'
import { shortIds } from './short-ids.ts'
import { agentWords, branchOf, elapsed, namesOf, outcomeOf, type Standing, standing } from './tally.ts'
import { costWords } from './usage-words.ts'
import { clip } from './visible.ts'

const TITLE = 80
/** The line that counts what is left out. */
const REST_ROW = 60
/** Where not every row fits, the rows that people look for stay. */
const KEPT: readonly Standing[] = ['failed', 'running', 'waiting', 'cancelled', 'not-run', 'queued', 'succeeded']

/** Every worker of the run, one row each; without titles when there are too many for them. */
export function workersTable(board: Board, now: number, titles: boolean): string {
  const look = lookOf(board, now)
  return written(
    board,
    look,
    [...board.workers.values()].map((worker) => row(board, worker, look, titles)),
  )
}

/** The same in at most `limit` bytes: titles go first, then rows (those of failed and running workers last), which are counted. */
export function boundedWorkersTable(board: Board, now: number, limit: number): string {
  for (const titles of [true, false]) {
    const whole = workersTable(board, now, titles)
    if (bytes(whole) <= limit) return whole
  }
  const look = lookOf(board, now)
  const workers = [...board.workers.values()]
  const ranked = workers.toSorted((a, b) => KEPT.indexOf(standing(a)) - KEPT.indexOf(standing(b)))
  const rows = new Map(workers.map((worker) => [worker, row(board, worker, look, false)]))
  const sizes = ranked.map((worker) => `| ${rows.get(worker)?.join(' | ')} |`)
  const kept = new Set(ranked.slice(0, fitting(sizes, limit - bytes(written(board, look, [])) - REST_ROW)))
  const shown = [...rows].filter(([worker]) => kept.has(worker)).map(([, cells]) => cells)
  return written(board, look, [...shown, [`+${workers.length - shown.length} more`]])
}

/** Which agent worked a spec is said where there is more than one, its cost and branch where there is any. A phone shows the first columns without scrolling. */
function written(board: Board, { priced, worked }: Look, rows: readonly (readonly string[])[]): string {
  const agents = new Set([...board.workers.values()].map((worker) => agentWords(worker).join(' ')))
  const cost = priced ? ['cost'] : []
  const branch = worked ? ['branch'] : []
  const head = ['spec', 'state', 'time', 'commits', ...cost, ...branch, ...(agents.size > 1 ? ['agent'] : [])]
  return table(head, ['left', 'left', 'right', 'right', ...cost.map((): Align => 'right')], rows)
}

/** A column that would be empty is none. */
export const isPriced = (board: Board): boolean => totalUsage(board)?.costUsd !== undefined

/** What all rows have in common: found once, because a large run has thousands. */
interface Look {
  readonly now: number
  readonly short: (id: string) => string
  readonly priced: boolean
  /** Some worker has commits. */
  readonly worked: boolean
}

const lookOf = (board: Board, now: number): Look => ({
  now,
  short: shortIds(namesOf(board)),
  priced: isPriced(board),
  worked: [...board.workers.values()].some(({ commits }) => commits.length > 0),
})

/** The mark stays with its word where a column is narrow. */
const together = (cell: string): string => cell.replace(/^(\[?[^\s\w]) /, '$1&nbsp;')

function row(board: Board, worker: Worker, { now, short, priced, worked }: Look, titles: boolean): readonly string[] {
  const { planned } = worker
  const took = elapsed(worker, now)
  const begun = worker.startedAt !== undefined
  const state = stateWords(worker, now, short)
  const check = board.checkRuns.get(planned.specId)?.url
  return [
    code(short(planned.specId)) + (titles ? ` ${text(clip(planned.title, TITLE))}` : ''),
    together(check === undefined ? text(state) : link(state, check)),
    took === undefined ? '' : duration(took),
    begun ? String(worker.commits.length) : '',
    ...(priced ? [costWords(usageOf(worker)) ?? ''] : []),
    ...(worked ? [worker.commits.length > 0 ? code(branchOf(worker)) : ''] : []),
    begun ? agentWords(worker).map(text).join(' · ') : '',
  ]
}

/** `✓ completed`, `▸ running · Bash cargo test 19s`; plain text. */
export function stateWords(worker: Worker, now: number, short: (id: string) => string): string {
  const outcome = outcomeOf(worker)
  const place = standing(worker)
  switch (place) {
    case 'succeeded':
      return outcome?.type === 'completed' ? '✓ completed' : '✓ no changes'
    case 'failed':
      return `✗ ${outcome ? headline(outcome) : ''}`
    case 'cancelled':
      return `⊘ cancelled${outcome?.type === 'cancelled' ? ` · ${causeWords(outcome.cause)}` : ''}`
    case 'not-run':
      return `– ${outcome ? notRunWords(outcome, short) : ''}`
    case 'running':
      return `▸ ${worker.state.type} · ${doingWords(worker, now)}`
    case 'waiting':
      return `◦ ${doingWords(worker, now)}`
    case 'queued': {
      const { dependsOn } = worker.planned
      return dependsOn.length > 0 ? `· queued, after ${bounded(dependsOn.map(short), ' ', 60)}` : '· queued'
    }
    default:
      return unreachable(place)
  }
}
