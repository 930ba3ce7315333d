import { execFileSync } from 'node:child_process'
import type { Board, Worker } from '../../src/board/board.ts'
import { type CheckPayload, workerCheck } from '../../src/report/check-run.ts'
import { standing } from '../../src/report/tally.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import type { Criterion } from '../../src/spec/spec.ts'
import type { ReportFolder } from './report-folder.ts'

/** The check run of the first worker that failed, or else of the first one, as Markdown in the order of GitHub's page. */
export function checkPage({ board, lastAt, logs }: ReportFolder): string {
  const workers = [...board.workers.values()]
  const worker = workers.find((one) => standing(one) === 'failed') ?? workers[0]
  if (!worker) return '# There is no worker'
  const tail = (logs.get(worker.planned.specId) ?? '').trimEnd().split('\n')
  const criteria = criteriaOf(board, worker)
  const { name, output } = workerCheck(board, worker, { now: lastAt, tail, ...(criteria ? { criteria } : {}) })
  return [`## ${name}`, `### ${output.title}`, output.summary, '---', output.text ?? '', ...remarks(output)].join(
    '\n\n',
  )
}

/** As the agent left them, where its commits are still at hand. */
function criteriaOf(board: Board, worker: Worker): readonly Criterion[] | undefined {
  const { file } = worker.planned
  try {
    const args = ['-C', board.run?.project ?? '', 'show', `${worker.commits.at(-1)}:./${file}`]
    const parsed = parseSpec(
      worker.planned.specId,
      file,
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
    return parsed.ok ? parsed.value.spec.criteria : undefined
  } catch {
    return undefined
  }
}

const remarks = ({ annotations = [] }: CheckPayload['output']): readonly string[] =>
  annotations.map(
    ({ path, start_line, title, message }) => `> **${path}:${start_line}** ${title ?? ''}  \n> ${message}`,
  )
