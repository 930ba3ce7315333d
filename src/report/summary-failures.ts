import type { Board, Worker } from '../board/board.ts'
import { advice } from '../outcome/advice.ts'
import type { Outcome } from '../outcome/outcome.ts'
import type { SpecId } from '../spec/spec.ts'
import { duration } from './durations.ts'
import { code, codeLink, details, fence, link, prose, text } from './markdown.ts'
import { specLine, specUrl } from './spec-link.ts'
import { branchOf, elapsed, outcomeOf, standing } from './tally.ts'
import { clip, sentence, withoutBlankEnd } from './visible.ts'

const OPEN_CRITERIA = 10
const FILES = 10
const ERRORS = 10
/** Characters of a log's last line. */
const LAST_WORDS = 400

/** A section for each worker that failed: cause, what to do, where its work is, the end of its log (`tailLines` lines). */
export function failureSections(
  board: Board,
  now: number,
  tails: ReadonlyMap<SpecId, readonly string[]>,
  tailLines: number,
): readonly string[] {
  return [...board.workers.values()]
    .filter((worker) => standing(worker) === 'failed')
    .map((worker) => failureSection(board, worker, now, tails.get(worker.planned.specId) ?? [], tailLines))
}

function failureSection(board: Board, worker: Worker, now: number, tail: readonly string[], tailLines: number): string {
  const outcome = outcomeOf(worker)
  if (!outcome) return ''
  const words = tail.findLast((line) => line.trim() !== '')
  return [
    `## ✗ ${text(clip(worker.planned.title, 120))} · ${code(outcome.type)}`,
    causeSentence(outcome, elapsed(worker, now)),
    ...causes(board, worker),
    ...(words === undefined || tailLines === 0 ? [] : [`Its last words:\n\n> ${text(clip(words, LAST_WORDS))}`]),
    ...whatToDo(outcome),
    whereabouts(board, worker),
    // A log of one line has been shown.
    ...(withoutBlankEnd(tail).length === 1 && (words?.length ?? 0) <= LAST_WORDS ? [] : logEnd(tail, tailLines)),
  ].join('\n\n')
}

/** Why a worker ended, as Markdown; `took` in milliseconds. */
export const causeSentence = (outcome: Outcome, took: number | undefined): string =>
  `**${prose(sentence(clip(outcome.message, 600)))}**${took === undefined ? '' : ` It took ${duration(took)}.`}`

export function whatToDo(outcome: Outcome): readonly string[] {
  const what = advice(outcome)
  return what === '' ? [] : [`**What to do:** ${prose(what)}`]
}

/** What the outcome names one by one: open criteria with their lines, files. */
export function causes(board: Board, worker: Worker): readonly string[] {
  const outcome = outcomeOf(worker)
  if (outcome?.type === 'criteria-unchecked') {
    const { open } = outcome
    const file = worker.planned.file
    return [list(open, OPEN_CRITERIA, (c) => `${text(clip(c.text, 300))} (${specLine(board, file, c.line)})`)]
  }
  if (outcome?.type === 'output-invalid') {
    return [list(outcome.errors, ERRORS, (error) => text(clip(error, 300)))]
  }
  if (outcome?.type === 'checkout-touched' || outcome?.type === 'merge-conflict') {
    return [list(outcome.files, FILES, (file) => code(clip(file, 300)))]
  }
  return []
}

function list<T>(items: readonly T[], limit: number, line: (item: T) => string): string {
  const rest = items.length - limit
  return [...items.slice(0, limit).map((item) => `- ${line(item)}`), ...(rest > 0 ? [`- +${rest} more`] : [])].join(
    '\n',
  )
}

function whereabouts(board: Board, worker: Worker): string {
  const { specId, file } = worker.planned
  const url = specUrl(board, file)
  const check = board.checkRuns.get(specId)?.url
  const parts = [
    `spec ${url === undefined ? code(specId) : codeLink(specId, url)}`,
    ...(worker.commits.length > 0 ? [`branch ${code(branchOf(worker))}`] : []),
    ...(worker.patch && worker.commits.length > 0 ? [`patch ${code(worker.patch)}`] : []),
    ...(worker.patchWithheld ? [`patch withheld (${prose(clip(worker.patchWithheld, 200))})`] : []),
    ...(check === undefined ? [] : [link('check run', check)]),
    ...(worker.startedAt === undefined ? [] : [`log ${code(`logs/${specId}.log`)}`]),
  ]
  return parts.join(' · ')
}

function logEnd(tail: readonly string[], tailLines: number): readonly string[] {
  const lines = withoutBlankEnd(tail).slice(-tailLines)
  if (tailLines === 0 || lines.length === 0) return []
  return [details(lastLinesTitle(lines.length), fence(lines))]
}

export const lastLinesTitle = (n: number): string =>
  n === 1 ? 'The last line of its log' : `The last ${n} lines of its log`
