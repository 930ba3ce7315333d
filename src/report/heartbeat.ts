import type { Board, Worker } from '../board/board.ts'
import { totalUsage } from '../board/usage.ts'
import { pausedWords } from './account-words.ts'
import { clock, duration } from './durations.ts'
import { bounded, columnsOf, type LogLine, textLine } from './log-line.ts'
import { standing, tally } from './tally.ts'
import { costWords } from './usage-words.ts'
import { clip, oneLine } from './visible.ts'

const LINE_LIMIT = 1000
const ACTIVITY_LIMIT = 60

/**
 * What every worker that is not queued is doing and since when, on one line of at most 1,000 characters; `now` in epoch ms.
 * Absent when nothing runs or waits.
 */
export function heartbeat(board: Board, now: number): LogLine | undefined {
  const { running, waiting, queued } = tally(board)
  if (running + waiting + queued === 0) return undefined
  const { short } = columnsOf(board)
  const workers = [...board.workers.values()]
  const doing = (['running', 'waiting'] as const)
    .flatMap((wanted) => workers.filter((worker) => standing(worker) === wanted))
    .map((worker) => `${short(worker.planned.specId)} ${doingWords(worker, now)}`)
  const besides = [...(waiting > 0 ? [`${waiting} waiting`] : []), ...(queued > 0 ? [`${queued} queued`] : [])]
  const head = `${clock(now)}  ·  ${[`${running} running`, ...besides].join(', ')}`
  const cost = costWords(totalUsage(board))
  const tail = [...pausedWords(board, now), ...(cost ? [cost] : [])].map((words) => ` · ${words}`).join('')
  const room = LINE_LIMIT - head.length - tail.length - ' · +9999 more'.length - 2
  const list = clip(bounded(doing, ' · ', room), room + 12)
  return textLine((list === '' ? head : `${head}  ${list}`) + tail)
}

/** `Bash cargo test 19s`: the newest line and its age; before the first line, what is being done to the worker. */
export function doingWords(worker: Worker, now: number): string {
  const { state, activity } = worker
  const since = (at: number | undefined): string => (at === undefined ? '' : ` ${duration(now - at)}`)
  if (state.type === 'running' && activity)
    return `${clip(oneLine(activity.text), ACTIVITY_LIMIT)}${since(activity.at)}`
  if (state.type === 'waiting') {
    const why = worker.setbacks.at(-1)?.reason
    const what = why === undefined ? 'waits for its account' : `waits for another attempt (${why})`
    return `${what}${state.until > now ? `, ${duration(state.until - now)} left` : ''}`
  }
  const span = worker.spans.at(-1)
  return `${state.type === 'running' ? 'no output yet' : state.type}${since(span?.from ?? worker.startedAt)}`
}
