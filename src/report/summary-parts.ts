import type { Board } from '../board/board.ts'
import { totalUsage } from '../board/usage.ts'
import type { NotPlanned } from '../plan/plan.ts'
import { clock, count, duration } from './durations.ts'
import { byUrgency } from './log-header.ts'
import { bounded } from './log-line.ts'
import { type Align, code, details, fence, link, prose, table, text } from './markdown.ts'
import { shortIds } from './short-ids.ts'
import { namesOf, type Tally, tally } from './tally.ts'
import { costWords, tokenWords } from './usage-words.ts'
import { clip } from './visible.ts'

const TITLE = 80

/** The numbers of the run in one row; empty columns are left out. */
export function countsTable(board: Board, now: number): string {
  const t = tally(board)
  const columns: readonly (readonly [string, string | number])[] = [
    ['completed', t.succeeded],
    ['failed', t.failed],
    ['cancelled', t.cancelled],
    ['not run', t.notRun],
    ['running', t.running],
    ['queued', t.queued],
  ]
  const shown = columns.filter(([name, n]) => Number(n) > 0 || name === 'completed' || name === 'failed')
  const usage = totalUsage(board)
  const used = [costWords(usage), tokenWords(usage)].filter((words) => words !== undefined).join(' · ')
  const cost = used === '' ? [] : [used]
  return table(
    ['', ...shown.map(([name]) => name), 'time', ...cost.map(() => 'cost')],
    ['left', ...shown.map((): Align => 'right'), 'left'],
    [[`**${count(t.total, 'spec')}**`, ...shown.map(([, n]) => String(n)), timeWords(board, now, t), ...cost]],
  )
}

/** `10m 12s (agents 31m 02s, 3 at once)`: how long people waited, and how long agents worked. */
function timeWords(board: Board, now: number, t: Tally): string {
  if (board.startedAt === undefined) return ''
  const agents = [...board.workers.values()]
    .flatMap((worker) => worker.spans)
    .filter((span) => span.type === 'agent')
    .reduce((sum, span) => sum + (span.to ?? now) - span.from, 0)
  const parallel = t.total > 1 && board.run ? `, ${board.run.maxParallel} at once` : ''
  return `${duration((board.finishedAt ?? now) - board.startedAt)} (agents ${duration(agents)}${parallel})`
}

/** Why the other specs are not worked: what somebody asked for first, then broken files. `limit` rows, the rest is counted. */
export function notPlannedTable(specs: readonly NotPlanned[], limit: number): string {
  const shown = byUrgency(specs).slice(0, limit)
  const rows = shown.map((spec) => [
    `${code(spec.specId)}${spec.title === spec.specId ? '' : ` ${text(clip(spec.title, TITLE))}`}`,
    `${spec.asked ? '**asked for** · ' : ''}${prose(clip(spec.message, 400))}`,
    code(
      `${spec.file}${spec.line === undefined ? '' : `:${spec.line}${spec.column === undefined ? '' : `:${spec.column}`}`}`,
    ),
  ])
  const rest = specs.length - shown.length
  return table(['spec', 'why not', 'file'], [], rest > 0 ? [...rows, [`+${rest} more`, '', '']] : rows)
}

/** Warnings, and what was found and put right after a crash. */
export function remarks(board: Board, limit: number): readonly string[] {
  const short = shortIds(namesOf(board))
  const lines = (list: Board['warnings'], named: boolean): string =>
    [
      ...list.slice(0, limit).map(({ code: what, message, specId }) => {
        const who = specId ? `${code(short(specId))} ` : ''
        return `- ${who}${named ? `**${text(what)}** ` : ''}${prose(clip(message, 600))}`
      }),
      ...(list.length > limit ? [`- +${list.length - limit} more in the log`] : []),
    ].join('\n')
  return [
    ...(board.warnings.length > 0 ? [`## Warnings\n\n${lines(board.warnings, false)}`] : []),
    ...(board.recovered.length > 0 ? [`## Recovered\n\n${lines(board.recovered, true)}`] : []),
  ]
}

/** Where to read on: the artifact, or the folder. */
export function logsLine(board: Board): string {
  const { artifact, artifactSkipped, run } = board
  if (artifact) {
    const name = artifact.url ? link(artifact.name, artifact.url) : code(artifact.name)
    return `Logs, patches and \`results.json\`: artifact ${name}.`
  }
  if (!run) return ''
  return `Logs: ${code(run.logsDir)}${artifactSkipped ? ` (not uploaded: ${prose(clip(artifactSkipped, 300))})` : ''}.`
}

/** Everything that decided how this run went, folded. */
export function startedSection(board: Board): string {
  const { run } = board
  if (!run) return ''
  const facts: readonly (readonly [string, string])[] = [
    ['chant-action', text(run.version)],
    ['run', code(run.key)],
    ['base', `${code(run.base.name)} at ${code(run.base.sha.slice(0, 12))}`],
    ['agent', text(run.agent)],
    ...((run.accounts ?? []).length > 1 ? [['accounts', text(run.accounts.join(', '))] as const] : []),
    ['at once', String(run.maxParallel)],
    ...(run.maxCostUsd === undefined ? [] : [['budget', `$${run.maxCostUsd}`] as const]),
    ...(totalUsage(board)?.estimated && run.pricesDate
      ? [['costs that begin with ~', `estimated by prices of ${text(run.pricesDate)}`] as const]
      : []),
    ...(board.startedAt === undefined ? [] : [['started', `${clock(board.startedAt)} UTC`] as const]),
    ...(run.withheld.length > 0 ? [['withheld from agents', code(bounded(run.withheld, ', ', 2000))] as const] : []),
  ]
  const inputs = Object.entries(run.inputs)
    .slice(0, 60)
    .map(([name, value]) => [code(name), code(clip(value, 500))])
  const settings = (run.settings ?? []).map(({ name, value, from }) => [text(name), code(clip(value, 500)), text(from)])
  return details(
    'How this run was started',
    [
      table(['', ''], [], facts),
      ...(settings.length > 0 ? [table(['setting', 'value', 'from'], [], settings)] : []),
      ...(inputs.length > 0 ? [table(['input', 'value'], [], inputs)] : []),
    ].join('\n\n'),
  )
}

export const mermaidSection = (title: string, diagram: string | undefined): readonly string[] =>
  diagram === undefined ? [] : [`## ${title}\n\n${fence(diagram.split('\n'), 'mermaid')}`]
