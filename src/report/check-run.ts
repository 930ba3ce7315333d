import type { Board, Worker } from '../board/board.ts'
import type { NotPlanned } from '../plan/plan.ts'
import type { Criterion } from '../spec/spec.ts'
import { boardInShort } from './board-in-short.ts'
import { notPlannedAnnotation, runAnnotations, workerAnnotations } from './check-annotations.ts'
import { checkConclusion, notPlannedConclusion, runConclusion } from './check-conclusion.ts'
import { checkNames, WHOLE_RUN_NAME } from './check-name.ts'
import { checkSummary, checkText, runLinks } from './check-output.ts'
import {
  type CheckAnnotation,
  type CheckPayload,
  MOST_ANNOTATIONS,
  NAME_LENGTH,
  OUTPUT_BYTES,
} from './check-payload.ts'
import { checkTitle } from './check-title.ts'
import { count, duration, iso } from './durations.ts'
import { prose, text } from './markdown.ts'
import { runTitle, whyEmpty } from './run-title.ts'
import { specPlace } from './spec-link.ts'
import { outcomeOf, tally, tallyWords, unfinished } from './tally.ts'
import { clip, oneLine, sentence } from './visible.ts'
import { boundedWorkersTable } from './workers-table.ts'

export { annotationBatches, type CheckAnnotation, type CheckConclusion, type CheckPayload } from './check-payload.ts'

export interface CheckOptions {
  /** Epoch ms. */
  readonly now: number
  /** The project directory relative to the repository's top, for annotations; empty when they are the same. */
  readonly prefix?: string
  /** Where the logs are, if not with the run itself. */
  readonly logs?: string
}

export interface WorkerCheckOptions extends CheckOptions {
  /** The last lines of the worker's log; as many as fit are shown. */
  readonly tail: readonly string[]
  /** The spec's criteria as they stand in the worktree. */
  readonly criteria?: readonly Criterion[]
}

/** The check run of one worker, at any moment of its life. */
export function workerCheck(board: Board, worker: Worker, options: WorkerCheckOptions): CheckPayload {
  const { now, tail, criteria, prefix = '', logs } = options
  const outcome = outcomeOf(worker)
  const log = checkText(tail)
  const annotations = workerAnnotations(worker, prefix)
  return {
    name: checkNames(board)(worker.planned),
    external_id: worker.planned.specId,
    ...detailsUrl(board),
    ...(outcome
      ? { status: 'completed', conclusion: checkConclusion(outcome) }
      : { status: worker.state.type === 'queued' ? 'queued' : 'in_progress' }),
    ...times(worker.startedAt, worker.finishedAt),
    output: {
      title: checkTitle(board, worker, now),
      summary: checkSummary(board, worker, now, criteria, logs),
      ...(log === undefined ? {} : { text: log }),
      ...some(annotations),
    },
  }
}

/** One check run for all workers: the numbers and the failures as summary, the table of workers as text. */
export function runCheck(board: Board, { now, prefix = '', logs }: CheckOptions): CheckPayload {
  const t = tally(board)
  const ended = unfinished(t) === 0
  const finishedAt = board.finishedAt ?? (ended ? lastEnd(board) : undefined)
  const took = board.startedAt === undefined ? [] : [duration((finishedAt ?? now) - board.startedAt)]
  const commits = [...board.workers.values()].reduce((sum, worker) => sum + worker.commits.length, 0)
  const work = commits > 0 ? [count(commits, 'commit')] : []
  return {
    name: WHOLE_RUN_NAME,
    external_id: clip(oneLine(board.run?.key ?? ''), NAME_LENGTH),
    ...detailsUrl(board),
    ...(ended
      ? { status: 'completed', conclusion: runConclusion(board) }
      : { status: t.queued === t.total ? 'queued' : 'in_progress' }),
    ...times(board.startedAt, finishedAt),
    output: {
      title: clip(t.total === 0 ? emptyTitle(board) : [tallyWords(t), ...took, ...work].join(' · '), NAME_LENGTH),
      summary:
        [
          ...emptyReason(board),
          ...boardInShort(board, now),
          ...runLinks(board, { isOver: ended && t.total > 0, logs }),
        ].join('\n\n') || tallyWords(t),
      ...(t.total > 0 ? { text: boundedWorkersTable(board, now, OUTPUT_BYTES) } : {}),
      ...some(ended ? runAnnotations(board, prefix) : []),
    },
  }
}

/** The check run of a spec that is not worked, so that somebody who has to approve or correct it sees it. */
export function notPlannedCheck(board: Board, spec: NotPlanned, { prefix = '' }: CheckOptions): CheckPayload {
  return {
    name: checkNames(board)(spec),
    external_id: clip(oneLine(spec.specId), NAME_LENGTH),
    ...detailsUrl(board),
    status: 'completed',
    conclusion: notPlannedConclusion(spec),
    output: {
      title: clip(`Not worked · ${oneLine(spec.message)}`, NAME_LENGTH),
      summary: [
        `**${prose(sentence(clip(spec.message, 600)))}**`,
        `spec ${specPlace(board, spec.file, spec.line, spec.column)}`,
        ...runLinks(board, { isOver: false }),
      ].join('\n\n'),
      annotations: [notPlannedAnnotation(spec, prefix)],
    },
  }
}

/** The numbers behind a run without workers. */
function emptyReason(board: Board): readonly string[] {
  const { rest } = whyEmpty(board)
  return board.workers.size === 0 && rest !== '' ? [text(rest)] : []
}

const emptyTitle = (board: Board): string => {
  if (runConclusion(board) === 'action_required') return approvalTitle(board)
  const title = oneLine(runTitle(board, false)).replace(/^chant: /, '')
  return title.charAt(0).toUpperCase() + title.slice(1)
}

function approvalTitle({ notPlanned }: Board): string {
  const n = notPlanned.filter(({ reason }) => reason.type === 'approval-required').length
  return n === 1 ? '1 spec needs approval' : `${n} specs need approval`
}

/** Shown for tokens of apps; for a job's own token GitHub leaves it out. */
const detailsUrl = ({ run }: Board): Pick<CheckPayload, 'details_url'> =>
  run?.links ? { details_url: run.links.run } : {}

const lastEnd = (board: Board): number | undefined =>
  [...board.workers.values()].reduce<number | undefined>(
    (latest, { finishedAt }) => (finishedAt === undefined ? latest : Math.max(latest ?? 0, finishedAt)),
    undefined,
  )

const times = (
  from: number | undefined,
  to: number | undefined,
): Pick<CheckPayload, 'started_at' | 'completed_at'> => ({
  ...(from === undefined ? {} : { started_at: seconds(from) }),
  ...(to === undefined ? {} : { completed_at: seconds(to) }),
})

const seconds = (ms: number): string => iso(ms).replace(/\.\d+Z$/, 'Z')

const some = (annotations: readonly CheckAnnotation[]): Pick<CheckPayload['output'], 'annotations'> =>
  annotations.length > 0 ? { annotations: annotations.slice(0, MOST_ANNOTATIONS) } : {}
