import type { Board, Worker } from '../board/board.ts'
import { conclude } from '../outcome/conclusion.ts'
import type { NotPlanned } from '../plan/plan.ts'
import type { Criterion } from '../spec/spec.ts'
import { boardInShort } from './board-in-short.ts'
import { notPlannedAnnotation, runAnnotations, workerAnnotations } from './check-annotations.ts'
import { checkConclusion, notPlannedConclusion } from './check-conclusion.ts'
import { checkNames, WHOLE_RUN_NAME } from './check-name.ts'
import { checkSummary, checkText, runLinks } from './check-output.ts'
import { type CheckAnnotation, type CheckPayload, NAME_LENGTH, OUTPUT_BYTES } from './check-payload.ts'
import { checkTitle } from './check-title.ts'
import { count, duration, iso } from './durations.ts'
import { code, prose } from './markdown.ts'
import { outcomeOf, tally, tallyWords } from './tally.ts'
import { clip, oneLine, sentence } from './visible.ts'
import { boundedWorkersTable } from './workers-table.ts'

export { annotationBatches, type CheckAnnotation, type CheckConclusion, type CheckPayload } from './check-payload.ts'

export interface CheckOptions {
  /** Epoch ms. */
  readonly now: number
  /** The project directory relative to the repository's top, for annotations; empty when they are the same. */
  readonly prefix?: string
}

export interface WorkerCheckOptions extends CheckOptions {
  /** The last lines of the worker's log; as many as fit are shown. */
  readonly tail: readonly string[]
  /** The spec's criteria as they stand in the worktree. */
  readonly criteria?: readonly Criterion[]
}

/** The check run of one worker, at any moment of its life. */
export function workerCheck(board: Board, worker: Worker, options: WorkerCheckOptions): CheckPayload {
  const { now, tail, criteria, prefix = '' } = options
  const outcome = outcomeOf(worker)
  const log = checkText(tail)
  const annotations = workerAnnotations(worker, prefix)
  return {
    name: checkNames(board)(worker.planned),
    external_id: worker.planned.specId,
    ...(outcome
      ? { status: 'completed', conclusion: checkConclusion(outcome) }
      : { status: worker.state.type === 'queued' ? 'queued' : 'in_progress' }),
    ...times(worker.startedAt, worker.finishedAt),
    output: {
      title: checkTitle(board, worker, now),
      summary: checkSummary(board, worker, now, criteria),
      ...(log === undefined ? {} : { text: log }),
      ...some(annotations),
    },
  }
}

/** One check run for all workers: the numbers and the failures as summary, the table of workers as text. */
export function runCheck(board: Board, { now, prefix = '' }: CheckOptions): CheckPayload {
  const t = tally(board)
  const ended = t.running + t.queued === 0
  const finishedAt = board.finishedAt ?? (ended ? lastEnd(board) : undefined)
  const took = board.startedAt === undefined ? [] : [duration((finishedAt ?? now) - board.startedAt)]
  const commits = [...board.workers.values()].reduce((sum, worker) => sum + worker.commits.length, 0)
  const work = commits > 0 ? [count(commits, 'commit')] : []
  return {
    name: WHOLE_RUN_NAME,
    external_id: clip(oneLine(board.run?.key ?? ''), NAME_LENGTH),
    ...(ended
      ? { status: 'completed', conclusion: board.conclusion ?? conclude(board) }
      : { status: t.queued === t.total ? 'queued' : 'in_progress' }),
    ...times(board.startedAt, finishedAt),
    output: {
      title: clip([tallyWords(t), ...took, ...work].join(' · '), NAME_LENGTH),
      summary: [...boardInShort(board, now), ...runLinks(board)].join('\n\n') || tallyWords(t),
      ...(t.total > 0 ? { text: boundedWorkersTable(board, now, OUTPUT_BYTES) } : {}),
      ...some(ended ? runAnnotations(board, prefix) : []),
    },
  }
}

/** The check run of a spec that is not worked, so that somebody who has to approve or correct it sees it. */
export function notPlannedCheck(board: Board, spec: NotPlanned, prefix = ''): CheckPayload {
  return {
    name: checkNames(board)(spec),
    external_id: clip(oneLine(spec.specId), NAME_LENGTH),
    status: 'completed',
    conclusion: notPlannedConclusion(spec),
    output: {
      title: clip(`Not worked · ${oneLine(spec.message)}`, NAME_LENGTH),
      summary: [
        `**${prose(sentence(clip(spec.message, 600)))}**`,
        `spec ${code(clip(spec.file, 400))}`,
        ...runLinks(board),
      ].join('\n\n'),
      annotations: [notPlannedAnnotation(spec, prefix)],
    },
  }
}

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
  annotations.length > 0 ? { annotations } : {}
