import type { Board, Worker } from '../board/board.ts'
import type { RunInfo } from '../board/event.ts'
import { totalUsage, usageOf } from '../board/usage.ts'
import { causeWords, headline } from '../outcome/advice.ts'
import type { Outcome } from '../outcome/outcome.ts'
import { verdict } from '../outcome/outcome.ts'
import { closingAnnotations } from './annotations.ts'
import { count, duration } from './durations.ts'
import { bounded, columnsOf, type LogLine, textLine } from './log-line.ts'
import { placeOf } from './place.ts'
import { branchOf, elapsed, tally, tallyWords } from './tally.ts'
import { costWords } from './usage-words.ts'
import { clip, withoutBlankEnd } from './visible.ts'

const FAILED_TAIL = 40
const FINE_TAIL = 10

/** The end of a worker: one line that says why and where, then the end of its log, folded. */
export function endLines(
  board: Board,
  worker: Worker,
  outcome: Outcome,
  at: number,
  tail: readonly string[],
): readonly LogLine[] {
  const { row, short } = columnsOf(board)
  const { specId } = worker.planned
  const took = elapsed(worker, at)
  const time = took === undefined ? [] : [duration(took)]
  const cost = costWords(usageOf(worker))
  const paid = cost === undefined ? [] : [cost]
  const work = worker.commits.length > 0 ? [count(worker.commits.length, 'commit'), branchOf(worker)] : []
  const group = tailGroup(short(specId), specId, tail, verdict(outcome) === 'succeeded' ? FINE_TAIL : FAILED_TAIL)
  switch (verdict(outcome)) {
    case 'succeeded': {
      const word = outcome.type === 'no-changes' ? 'no changes' : outcome.type
      return [row(at, specId, word, [...time, ...work, ...paid].join('  ')), ...group]
    }
    case 'failed': {
      const place = placeOf(worker)
      const said = place && !outcome.message.includes(place.said) ? ` "${clip(place.said, 120)}"` : ''
      const where = place ? ` (${place.file}:${place.line}${said})` : ''
      const kept = work.length > 0 ? [`kept: ${work.join(' on ')}`] : []
      return [
        row(
          at,
          specId,
          'FAILED',
          [`${outcome.type}: ${outcome.message}${where}`, ...time, ...kept, ...paid].join('  '),
        ),
        ...group,
      ]
    }
    case 'cancelled':
      return [row(at, specId, 'cancelled', [outcome.message, ...time, ...work, ...paid].join('  ')), ...group]
    case 'not-run':
      return [row(at, specId, 'not run', notRunWords(outcome, short))]
  }
}

export function notRunWords(outcome: Outcome, short: (id: string) => string): string {
  if (outcome.type === 'dependency-failed') return `needs ${bounded(outcome.needs.map(short), ' ', 300)}`
  if (outcome.type === 'deadline-reached') return causeWords('deadline')
  // The provider's own words may be anything.
  if (outcome.type === 'quota-exhausted') return `${headline(outcome)}: ${outcome.message}`
  return outcome.type === 'cancelled-before-start' ? causeWords(outcome.cause) : outcome.message
}

function tailGroup(name: string, specId: string, tail: readonly string[], limit: number): readonly LogLine[] {
  const whole = withoutBlankEnd(tail)
  if (whole.length === 0) return []
  const lines = whole.slice(-limit)
  const words = lines.length < whole.length ? `last ${lines.length} lines` : count(lines.length, 'line')
  return [{ type: 'group', title: `${name} log, ${words} (whole: logs/${specId}.log)`, lines }]
}

/** The last lines of a run: what is wrong beside the specs, then one line with what came of it, how long it took, where the logs are. */
export function closingLines(board: Board, at: number): readonly LogLine[] {
  if (board.run?.mode === 'plan') return closingAnnotations(board)
  const took = board.startedAt === undefined ? [] : [duration((board.finishedAt ?? at) - board.startedAt)]
  const t = tally(board)
  const cost = costWords(totalUsage(board))
  // The head of the log has said why there is nothing to do.
  if (t.total === 0) return closingAnnotations(board)
  return [
    ...closingAnnotations(board),
    textLine(
      `chant-action · ${[tallyWords(t), ...took, ...(cost ? [cost] : []), ...logsPlace(board, board.run)].join(' · ')}`,
    ),
  ]
}

function logsPlace(board: Board, run: RunInfo | undefined): readonly string[] {
  if (board.artifact) return [`logs: artifact ${board.artifact.name}`]
  return run ? [`logs: ${run.logsDir}`] : []
}
