import type { Board } from '../board/board.ts'
import type { SpecId } from '../spec/spec.ts'
import { pausedSentences } from './account-words.ts'
import { failureMessage } from './annotations.ts'
import { day } from './durations.ts'
import { bytes, SUMMARY_LIMIT } from './fit.ts'
import { lintSection } from './lint-advice.ts'
import { prose, text } from './markdown.ts'
import { graph, timeline } from './mermaid.ts'
import { runTitle, whyEmpty } from './run-title.ts'
import { failureSections } from './summary-failures.ts'
import { countsTable, logsLine, mermaidSection, notPlannedList, remarks, startedSection } from './summary-parts.ts'
import { standing, tally, unfinished } from './tally.ts'
import { workersTable } from './workers-table.ts'

export interface SummaryOptions {
  /** Epoch ms. */
  readonly now: number
  /** The last lines of each worker's log; 40 are enough. */
  readonly tails: ReadonlyMap<SpecId, readonly string[]>
  /** The run goes on: this is what a killed step will have shown last. */
  readonly live: boolean
}

/** How much detail a summary carries; each step is tried until one fits the budget. */
interface Detail {
  readonly tailLines: number
  readonly pictures: boolean
  readonly failures: boolean
  readonly titles: boolean
  readonly list: number
}

const STEPS: readonly Detail[] = [
  { tailLines: 40, pictures: true, failures: true, titles: true, list: 200 },
  { tailLines: 10, pictures: true, failures: true, titles: true, list: 200 },
  { tailLines: 3, pictures: true, failures: true, titles: true, list: 200 },
  { tailLines: 0, pictures: true, failures: true, titles: true, list: 200 },
  { tailLines: 0, pictures: false, failures: true, titles: true, list: 50 },
  { tailLines: 0, pictures: false, failures: false, titles: true, list: 50 },
  { tailLines: 0, pictures: false, failures: false, titles: false, list: 10 },
]

/**
 * The job summary in GitHub Markdown: what came of it, failures first with cause and advice, every worker, pictures, how it was
 * started. At most 900 KB, by leaving out detail step by step; every worker keeps its row.
 */
export function summary(board: Board, options: SummaryOptions): string {
  let written = ''
  for (const detail of STEPS) {
    // Rendering what cannot fit would cost a second in a large run, and this runs while agents are watched.
    if (tailSize(board, options.tails, detail.tailLines) > SUMMARY_LIMIT) continue
    written = write(board, options, detail)
    if (bytes(written) <= SUMMARY_LIMIT) return written
  }
  return written
}

/** Characters of log that a summary with so many lines for each failure would hold. */
const tailSize = (board: Board, tails: SummaryOptions['tails'], lines: number): number =>
  lines === 0
    ? 0
    : [...board.workers.values()]
        .filter((worker) => standing(worker) === 'failed')
        .flatMap((worker) => (tails.get(worker.planned.specId) ?? []).slice(-lines))
        .reduce((sum, line) => sum + Math.min(line.length, 1000), 0)

function write(board: Board, { now, tails, live }: SummaryOptions, detail: Detail): string {
  const empty = board.workers.size === 0
  // What somebody named and did not get is a failure of the run, so it stands with the failures.
  const asked = board.notPlanned.some((spec) => spec.asked)
  const failures = detail.failures ? failureSections(board, now, tails, detail.tailLines) : []
  const shortened = detail !== STEPS[0] ? ['Shortened to fit: the logs hold the rest.'] : []
  return joined([
    `# ${text(runTitle(board, live))}`,
    // Nobody sees it before the step has ended, and then it ended without a word.
    ...(live && unfinished(tally(board)) > 0 ? [`As of ${day(now)} UTC; the step has written nothing since.`] : []),
    ...(board.stopping === 'signal' ? [prose(failureMessage(board) ?? '')] : []),
    ...(empty ? [text(whyEmpty(board).rest)] : [countsTable(board, now)]),
    ...failures,
    ...(asked ? notPlannedSection(board, detail.list) : []),
    ...(empty ? [] : [`## Workers\n\n${workersTable(board, now, detail.titles)}`]),
    ...pausedSentences(board, now).map((words) => `Account ${prose(words)}.`),
    ...(empty || live ? [] : [logsLine(board)]),
    ...shortened,
    ...(asked ? [] : notPlannedSection(board, detail.list)),
    ...(detail.pictures
      ? [...mermaidSection('Timeline', timeline(board, now)), ...mermaidSection('Dependencies', graph(board))]
      : []),
    ...remarks(board, detail.list),
    ...(detail.pictures ? lintSection(board) : []),
    startedSection(board),
  ])
}

export const joined = (parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n\n')}\n`

export const notPlannedSection = (board: Board, limit: number): readonly string[] =>
  board.notPlanned.length > 0 ? [`## Not planned\n\n${notPlannedList(board, limit)}`] : []
