import type { Board, Span, Worker } from '../board/board.ts'
import type { SpecId } from '../spec/spec.ts'
import { duration } from './durations.ts'
import { label } from './mermaid-label.ts'
import { shortIds } from './short-ids.ts'
import { namesOf, type Standing, standing } from './tally.ts'
import { axisStep } from './time-axis.ts'

/** mermaid itself gives up at 500 edges and 50,000 characters; a picture is unreadable before that. */
export const NODE_LIMIT = 200
export const EDGE_LIMIT = 450
export const TEXT_LIMIT = 40_000
/** A bar is seen when it takes this part of the whole width, and has room for a word when it takes that part. */
const VISIBLE_PART = 100
const WORD_PART = 10
/** Pixels that mermaid needs for a character of a section's name, and around it. */
const CHARACTER = 7
const PADDING = 20
const NAME_LIMIT = 40

/** Green, red and blue as in the graph, in place of mermaid's own; they and the dark words on them hold in both themes. */
const GANTT_COLOURS = {
  sectionBkgColor: '#8c8cff7d',
  sectionBkgColor2: '#8c8cff7d',
  activeTaskBkgColor: '#4ac26b',
  activeTaskBorderColor: '#1a7f37',
  critBkgColor: '#ff8182',
  critBorderColor: '#cf222e',
  taskBkgColor: '#80ccff',
  taskBorderColor: '#0969da',
  taskTextColor: '#1f2328',
  taskTextDarkColor: '#1f2328',
}

/**
 * When each worker did what, as a mermaid gantt: a section for each worker, a bar for each span. Agents' bars get a visible
 * minimum; other spans that have no room for their name are left out. Epoch ms in; the axis shows the reader's own time of day.
 */
export function timeline(board: Board, now: number): string | undefined {
  const started = [...board.workers.values()].filter((worker) => worker.spans.length > 0)
  if (started.length === 0) return undefined
  const spans = started.flatMap((worker) => worker.spans)
  const from = spans.reduce((least, span) => Math.min(least, span.from), Number.POSITIVE_INFINITY)
  const to = spans.reduce((most, span) => Math.max(most, span.to ?? now), from)
  const short = shortIds(namesOf(board))
  const name = (worker: Worker): string => label(short(worker.planned.specId), NAME_LIMIT)
  const widest = Math.min(NAME_LIMIT, Math.max(...started.map((worker) => short(worker.planned.specId).length)))
  const step = axisStep(to - from)
  const draw = (workers: readonly Worker[]): string =>
    [
      '---',
      'displayMode: compact',
      'config:',
      '  gantt:',
      `    leftPadding: ${widest * CHARACTER + PADDING}`,
      '  themeVariables:',
      ...Object.entries(GANTT_COLOURS).map(([name, colour]) => `    ${name}: "${colour}"`),
      '---',
      'gantt',
      'dateFormat x',
      `axisFormat ${step < 60_000 ? '%H:%M:%S' : '%H:%M'}`,
      `tickInterval ${step < 60_000 ? `${step / 1000}second` : `${step / 60_000}minute`}`,
      'todayMarker off',
      ...workers.flatMap((worker) => {
        const bars = worker.spans.flatMap((span) => bar(worker, span, now, to - from))
        return bars.length > 0 ? [`section ${name(worker)}`, ...bars] : []
      }),
    ].join('\n')
  return withinLimits(board, started, draw)
}

/** mermaid's words for how the bar of a last attempt looks. */
const TAGS: Readonly<Partial<Record<Standing, string>>> = {
  succeeded: 'active, ',
  failed: 'crit, ',
  cancelled: 'crit, ',
}

function bar(worker: Worker, span: Span, now: number, whole: number): readonly string[] {
  const least = Math.max(1, Math.ceil(whole / VISIBLE_PART))
  const took = Math.round((span.to ?? now) - span.from)
  if (took < whole / WORD_PART && span.type !== 'agent') return []
  const words = duration(took)
  const ended = standing(worker)
  const last = worker.spans.findLast((s) => s.type === 'agent') === span
  const tag = span.type !== 'agent' ? 'done, ' : last ? (TAGS[ended] ?? '') : ''
  const name = span.type !== 'agent' ? span.type : worker.attempts > 1 ? `attempt ${span.attempt} ${words}` : words
  return [`${label(name)} :${tag}${Math.round(span.from)}, ${Math.max(took, least)}ms`]
}

const COLOURS: Readonly<Record<Standing, string>> = {
  succeeded: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328',
  cancelled: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328',
  'not-run': 'fill:#eaeef2,stroke:#6e7781,color:#1f2328',
  running: 'fill:#ddf4ff,stroke:#0969da,color:#1f2328',
  waiting: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328',
  queued: 'fill:#f6f8fa,stroke:#afb8c1,color:#1f2328',
}

/** Who needs whom, as a mermaid flowchart coloured by outcome. Absent when no spec of this run depends on another. */
export function graph(board: Board): string | undefined {
  const workers = linkedOrFailed([...board.workers.values()])
  const short = shortIds(namesOf(board))
  const draw = (chosen: readonly Worker[]): string | undefined => {
    const names = new Map(chosen.map((worker, i) => [worker.planned.specId, `n${i + 1}`]))
    const edges = chosen.flatMap((worker) =>
      worker.planned.dependsOn.flatMap((needed) => {
        const [source, target] = [names.get(needed), names.get(worker.planned.specId)]
        return source && target ? [`${source} --> ${target}`] : []
      }),
    )
    if (edges.length === 0 || edges.length > EDGE_LIMIT) return undefined
    const used = new Set(chosen.map(standing))
    return [
      'flowchart LR',
      ...chosen.map((worker) => {
        const words = label(`${short(worker.planned.specId)} ${worker.planned.title}`, 70)
        return `${names.get(worker.planned.specId)}["${words}"]:::${className(standing(worker))}`
      }),
      ...edges,
      ...[...used].sort().map((one) => `classDef ${className(one)} ${COLOURS[one]}`),
    ].join('\n')
  }
  return withinLimits(board, workers, draw)
}

/** Those that need one of the others, are needed by one, or failed: the rest would only be boxes beside the graph. */
export function linkedOrFailed(workers: readonly Worker[]): readonly Worker[] {
  const here = new Set(workers.map((worker) => worker.planned.specId))
  const linked = new Set<SpecId>()
  for (const { planned } of workers) {
    for (const id of planned.dependsOn) if (here.has(id)) linked.add(id).add(planned.specId)
  }
  return workers.filter((worker) => linked.has(worker.planned.specId) || standing(worker) === 'failed')
}

const className = (one: Standing): string => one.replace('-', '')

/** The whole picture where it is small enough, else only failures and the critical path. */
function withinLimits(
  board: Board,
  workers: readonly Worker[],
  draw: (workers: readonly Worker[]) => string | undefined,
): string | undefined {
  const fits = (chosen: readonly Worker[]): string | undefined => {
    const drawn = chosen.length > 0 && chosen.length <= NODE_LIMIT ? draw(chosen) : undefined
    return drawn !== undefined && drawn.length <= TEXT_LIMIT ? drawn : undefined
  }
  const path = criticalPath(board)
  const important = workers.filter((w) => path.has(w.planned.specId) || standing(w) === 'failed')
  return fits(workers) ?? fits(important.slice(0, NODE_LIMIT)) ?? fits(important.slice(0, NODE_LIMIT / 4))
}

/** The longest chain of specs, from its first to its last. */
export function criticalPath(board: Board): ReadonlySet<SpecId> {
  const workers = [...board.workers.values()]
  const path = new Set<SpecId>()
  let next = workers.reduce<Worker | undefined>(
    (most, w) => (most === undefined || w.planned.criticalPath > most.planned.criticalPath ? w : most),
    undefined,
  )
  while (next && !path.has(next.planned.specId)) {
    const { specId, criticalPath: length } = next.planned
    path.add(specId)
    next = workers.find((w) => w.planned.criticalPath === length - 1 && w.planned.dependsOn.includes(specId))
  }
  return path
}
