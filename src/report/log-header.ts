import type { Board } from '../board/board.ts'
import type { Setting } from '../board/event.ts'
import type { NotPlanned, PlannedWorker } from '../plan/plan.ts'
import { count } from './durations.ts'
import { bounded, columnsOf, type LogLine, textLine } from './log-line.ts'
import { criticalPath } from './mermaid.ts'
import { emptyWords } from './tally.ts'
import { clip } from './visible.ts'

const LIST_LIMIT = 900
const NOT_PLANNED_LIMIT = 20

/** The head of the log, once the plan stands: what was chosen, in which waves, what is left out and why. */
export function headerLines(board: Board): readonly LogLine[] {
  const { run } = board
  const workers = [...board.workers.values()]
  const planOnly = run?.mode === 'plan'
  if (workers.length === 0) {
    return [textLine(`chant-action · nothing to do: ${emptyWords(board)}`), ...notPlannedLines(board, planOnly)]
  }
  const facts = [
    `chant-action ${run?.version ?? ''}`.trim(),
    `${count(workers.length, 'spec')} planned of ${board.counts.total}`,
    ...(run
      ? [`${run.maxParallel} at once`, `agent ${run.agent}`, `base ${run.base.name} (${run.base.sha.slice(0, 7)})`]
      : []),
  ]
  return [
    textLine(facts.join(' · ')),
    ...(planOnly ? planLines(board) : waveLines(board)),
    ...notPlannedLines(board, planOnly),
    ...settingsLine(run?.settings ?? []),
    ...withheldLine(run?.withheld ?? []),
    ...(planOnly ? [textLine('mode plan: nothing was started')] : []),
  ]
}

function waveLines(board: Board): readonly LogLine[] {
  const { short } = columnsOf(board)
  const waves = Map.groupBy(board.workers.values(), (w) => w.planned.wave)
  return [...waves.keys()]
    .sort((a, b) => a - b)
    .map((wave) => {
      const names = (waves.get(wave) ?? []).map(({ planned }) => {
        const needs = planned.dependsOn.map(short)
        return needs.length > 0 ? `${short(planned.specId)} (after ${bounded(needs, ' ', 80)})` : short(planned.specId)
      })
      return textLine(`plan  wave ${wave}:  ${bounded(names, '  ', LIST_LIMIT)}`)
    })
}

/** Every spec on a line of its own: in mode plan this is the product. */
function planLines(board: Board): readonly LogLine[] {
  const { short } = columnsOf(board)
  const workers = [...board.workers.values()].map((w) => w.planned)
  const width = Math.max(...workers.map((p) => short(p.specId).length))
  const lines = workers
    .toSorted((a, b) => a.wave - b.wave)
    .map((p) => {
      const needs = p.dependsOn.length > 0 ? `  after ${bounded(p.dependsOn.map(short), ' ', 200)}` : ''
      return textLine(
        `plan  wave ${p.wave}  ${short(p.specId).padEnd(width)}  ${p.title}${needs}  → ${p.branch}${withWhat(p)}`,
      )
    })
  const chain = [...criticalPath(board)].map(short)
  if (chain.length < 2) return lines
  return [...lines, textLine(`plan  longest chain: ${bounded(chain, ' → ', LIST_LIMIT)}`)]
}

const withWhat = ({ model, prompt }: PlannedWorker): string =>
  [
    ...(prompt === undefined ? [] : [`  prompt ${clip(prompt, 100)}`]),
    ...(model === undefined ? [] : [`  model ${clip(model, 100)}`]),
  ].join('')

function notPlannedLines(board: Board, all: boolean): readonly LogLine[] {
  const { short } = columnsOf(board)
  const specs = byUrgency(board.notPlanned)
  const shown = all ? specs : specs.slice(0, NOT_PLANNED_LIMIT)
  const rest = specs.length - shown.length
  return [
    ...shown.map((spec) => textLine(`skip  ${short(spec.specId)}: ${spec.message}${placeOf(spec)}`)),
    ...(rest > 0 ? [textLine(`skip  +${rest} more: see the summary`)] : []),
  ]
}

const placeOf = ({ file, line, column }: NotPlanned): string =>
  line === undefined ? '' : ` (${file}:${line}${column === undefined ? '' : `:${column}`})`

/** Something in the spec itself is wrong, and will be until somebody corrects it. */
export const isDefective = ({ reason }: NotPlanned): boolean =>
  reason.type === 'invalid-spec' || reason.type === 'missing-dependency' || reason.type === 'cycle'

/** Specs that somebody named come first, then those in which something is wrong, then the rest as they are. */
export const byUrgency = (specs: readonly NotPlanned[]): readonly NotPlanned[] => {
  const rank = (spec: NotPlanned): number => (spec.asked ? 0 : isDefective(spec) ? 1 : 2)
  return specs.toSorted((a, b) => rank(a) - rank(b))
}

/** What somebody has set; defaults are in the summary. */
function settingsLine(settings: readonly Setting[]): readonly LogLine[] {
  const set = settings.filter(({ from }) => from !== 'default')
  if (set.length === 0) return []
  const words = set.map(({ name, value, from }) => `${name} ${clip(value, 200)} (${clip(from, 200)})`)
  return [textLine(`note  settings: ${bounded(words, ', ', LIST_LIMIT)}`)]
}

function withheldLine(names: readonly string[]): readonly LogLine[] {
  if (names.length === 0) return []
  return [textLine(`note  withheld from agents: ${bounded(names, ', ', LIST_LIMIT)} (hand on by name with pass-env)`)]
}
