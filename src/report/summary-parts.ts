import type { Board } from '../board/board.ts'
import { totalUsage } from '../board/usage.ts'
import { count, day, duration } from './durations.ts'
import { byUrgency } from './log-header.ts'
import { bounded } from './log-line.ts'
import { type Align, code, details, factsTable, fence, link, prose, table, text } from './markdown.ts'
import { shortIds } from './short-ids.ts'
import { specPlace } from './spec-link.ts'
import { namesOf, tally } from './tally.ts'
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
    ['waiting', t.waiting],
    ['queued', t.queued],
  ]
  const shown = columns.filter(([name, n]) => Number(n) > 0 || name === 'completed' || name === 'failed')
  const usage = totalUsage(board)
  const used = [costWords(usage), tokenWords(usage)].filter((words) => words !== undefined).join(' · ')
  const cost = used === '' ? [] : [used]
  return table(
    ['', ...shown.map(([name]) => name), 'time', 'agents’ time', ...cost.map(() => 'cost')],
    ['left', ...shown.map((): Align => 'right'), 'right', 'right', 'right'],
    [[`**${count(t.total, 'spec')}**`, ...shown.map(([, n]) => String(n)), ...times(board, now), ...cost]],
  )
}

/** How long people waited, and how long agents worked. */
function times(board: Board, now: number): readonly string[] {
  if (board.startedAt === undefined) return []
  const agents = [...board.workers.values()]
    .flatMap((worker) => worker.spans)
    .filter((span) => span.type === 'agent')
    .reduce((sum, span) => sum + (span.to ?? now) - span.from, 0)
  return [duration((board.finishedAt ?? now) - board.startedAt), duration(agents)]
}

/**
 * Why the other specs are not worked: what somebody asked for first, then broken files. `limit` of them, the rest is counted. A list,
 * because sentences in a table are not read on a phone.
 */
export function notPlannedList(board: Board, limit: number): string {
  const specs = byUrgency(board.notPlanned)
  const shown = specs.slice(0, limit).map((spec) => {
    const { specId, title, message, asked, file, line, column } = spec
    const name = title === specId ? '' : ` ${text(clip(title, TITLE))}`
    const check = board.checkRuns.get(specId)?.url
    return `- ${code(specId)}${name}: ${asked ? '**asked for**, ' : ''}${prose(clip(message, 400))} (${specPlace(board, file, line, column)}${check ? `, ${link('check', check)}` : ''})`
  })
  const rest = specs.length - shown.length
  return [...shown, ...(rest > 0 ? [`- +${rest} more`] : [])].join('\n')
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
    ...(board.startedAt === undefined ? [] : [['started', `${day(board.startedAt)} UTC`] as const]),
    ...(run.withheld.length > 0 ? [['withheld from agents', code(bounded(run.withheld, ', ', 2000))] as const] : []),
  ]
  const inputs = Object.entries(run.inputs)
    .slice(0, 60)
    .map(([name, value]) => [code(name), code(clip(value, 500))])
  const settings = (run.settings ?? []).map(({ name, value, from }) => [text(name), code(clip(value, 500)), text(from)])
  return details(
    'How this run was started',
    [
      factsTable(facts),
      ...(settings.length > 0 ? [table(['setting', 'value', 'from'], [], settings)] : []),
      ...(inputs.length > 0 ? [table(['input', 'value'], [], inputs)] : []),
    ].join('\n\n'),
  )
}

export const mermaidSection = (title: string, diagram: string | undefined): readonly string[] =>
  diagram === undefined ? [] : [`## ${title}\n\n${fence(diagram.split('\n'), 'mermaid')}`]
