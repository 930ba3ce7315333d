import type { Board } from '../board/board.ts'
import type { PlannedWorker } from '../plan/plan.ts'
import { count } from './durations.ts'
import { bytes, firstThatFits, fitting, SUMMARY_LIMIT } from './fit.ts'
import { lintSection } from './lint-advice.ts'
import { bounded } from './log-line.ts'
import { code, table, text } from './markdown.ts'
import { criticalPath } from './mermaid.ts'
import { planGraph } from './plan-graph.ts'
import { shortIds } from './short-ids.ts'
import { joined, notPlannedSection } from './summary.ts'
import { mermaidSection, startedSection } from './summary-parts.ts'
import { emptyWords, namesOf } from './tally.ts'
import { clip } from './visible.ts'

/** So many specs that are left out are listed, the most that fit into half of the summary. */
const NOT_PLANNED = [500, 100, 10] as const

/** The summary of mode plan: what would be worked, in which waves, what decides how long it takes, what is left out and why. */
export function planSummary(board: Board): string {
  const workers = [...board.workers.values()].map((worker) => worker.planned)
  const short = shortIds(namesOf(board))
  const waves = workers.reduce((most, p) => Math.max(most, p.wave), 0)
  if (workers.length === 0) {
    return joined([
      '# chant plan: nothing to do',
      text(`Nothing to do: ${emptyWords(board)}`),
      notPlanned(board),
      ...graphSection(board),
      startedSection(board),
    ])
  }
  const chain = [...criticalPath(board)].map(short)
  const [by, ...otherBy] = new Set(workers.map(workedBy))
  const head = [
    `# chant plan: ${count(workers.length, 'spec')} in ${count(waves, 'wave')}`,
    `Nothing was started.${chain.length > 1 ? ` The longest chain decides how long it takes: ${chain.slice(0, 30).map(code).join(' → ')}.` : ''}`,
    `Worked by ${otherBy.length > 0 ? 'the agents below' : by}, each spec on a branch of its own: ${branches(workers)}.`,
  ]
  const rest = [notPlanned(board), ...graphSection(board), ...lintSection(board), startedSection(board)]
  const room = SUMMARY_LIMIT - bytes(joined([...head, ...rest]))
  return joined([...head, planTable(workers, short, otherBy.length > 0, room), ...rest])
}

const notPlanned = (board: Board): string =>
  firstThatFits(NOT_PLANNED, SUMMARY_LIMIT / 2, (most) => notPlannedSection(board, most).join(''))

/** A row for each spec in at most `room` bytes: titles go first, then the rows of the last waves, which are counted. */
function planTable(
  workers: readonly PlannedWorker[],
  short: (id: string) => string,
  differ: boolean,
  room: number,
): string {
  const ordered = workers.toSorted((a, b) => a.wave - b.wave)
  // What is the same of all is said once: a table that is too wide for the page hides the rest. Ids are whole, for the branch.
  const row = (p: PlannedWorker, titles: boolean): readonly string[] => [
    String(p.wave),
    `${code(p.specId)}${titles ? ` ${text(clip(p.title, 80))}` : ''}`,
    p.dependsOn.length > 0 ? code(bounded(p.dependsOn.map(short), ' ', 200)) : '',
    ...(differ ? [workedBy(p)] : []),
  ]
  const write = (rows: readonly (readonly string[])[]): string =>
    table(['wave', 'spec', 'after', ...(differ ? ['agent'] : [])], ['right'], rows)
  for (const titles of [true, false]) {
    const whole = write(ordered.map((p) => row(p, titles)))
    if (bytes(whole) <= room) return whole
  }
  const rows = ordered.map((p) => row(p, false))
  const sizes = rows.map((cells) => `| ${cells.join(' | ')} |`)
  const shown = rows.slice(0, fitting(sizes, room - OTHER_LINES))
  return `${write(shown)}\n\n${count(rows.length - shown.length, 'more spec')}: a summary has no room for them.`
}

/** The head of the table, and the line that counts what is left out. Bytes. */
const OTHER_LINES = 200

/** The agent of a spec, its model and its prompt, and who decided these. */
const workedBy = (p: PlannedWorker): string =>
  [text(p.agent), ...chosen('', p.model, p.chosenBy?.model), ...chosen('prompt ', p.prompt, p.chosenBy?.prompt)].join(
    ' · ',
  )

/** How branches are named: what stands before the id is the same for all of a run. */
function branches(workers: readonly PlannedWorker[]): string {
  const prefixes = new Set(workers.map(({ branch, specId }) => branch.slice(0, -specId.length)))
  const named = [...prefixes].map((prefix) => (prefix === '' ? 'its id' : `${code(prefix)} and its id`))
  return [named.join(', '), ...workers.slice(0, 1).map(({ branch }) => `as in ${code(branch)}`)].join(', ')
}

/** A value and who decided it. */
const chosen = (name: string, value: string | undefined, by: string | undefined): readonly string[] =>
  value === undefined ? [] : [`${name}${code(clip(value, 100))}${by === undefined ? '' : ` (${text(clip(by, 100))})`}`]

/** Who waits for whom, what is left out included, and what the colours mean. */
function graphSection(board: Board): readonly string[] {
  const graph = planGraph(board)
  return graph ? [...mermaidSection('Dependencies', graph.diagram), text(graph.legend)] : []
}
