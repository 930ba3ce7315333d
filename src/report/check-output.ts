import type { Board, Worker } from '../board/board.ts'
import { usageOf } from '../board/usage.ts'
import { leftOf } from '../board/worker.ts'
import type { Criterion } from '../spec/spec.ts'
import { OUTPUT_BYTES } from './check-payload.ts'
import { clock, duration } from './durations.ts'
import { firstThatFits, fitting } from './fit.ts'
import { bounded } from './log-line.ts'
import { code, factsTable, fence, link, text } from './markdown.ts'
import { specLine, specPlace } from './spec-link.ts'
import { causeSentence, causes, lastLinesTitle, whatToDo } from './summary-failures.ts'
import { agentWords, branchOf, elapsed, outcomeOf } from './tally.ts'
import { costWords, tokenWords } from './usage-words.ts'
import { clip, withoutBlankEnd } from './visible.ts'

/** A fence is one longer than the longest run of backticks in a line of at most 1,000 characters; it stands twice. */
const FENCES = 2 * 1001 + 100
/** How many criteria are shown, until they fit. */
const CRITERIA = [1000, 200, 50, 10, 0]

/** What a person wants to know of a worker, in Markdown of at most 65,535 bytes; criteria beyond that are counted. */
export function checkSummary(
  board: Board,
  worker: Worker,
  now: number,
  criteria: readonly Criterion[] | undefined,
  logs?: string,
): string {
  const outcome = outcomeOf(worker)
  const links = runLinks(board, { isOver: outcome !== undefined && worker.startedAt !== undefined, logs })
  const news = outcome?.type === 'completed' ? undefined : outcome
  const before = [
    ...(news ? [causeSentence(news, elapsed(worker, now))] : []),
    // The list of criteria says the same, with the ticked ones around it.
    ...(criteria === undefined || news?.type !== 'criteria-unchecked' ? causes(board, worker) : []),
    ...(news ? whatToDo(news) : []),
    factsTable(facts(board, worker, now)),
  ]
  return firstThatFits(CRITERIA, OUTPUT_BYTES, (limit) =>
    [...before, ...criteriaPart(board, worker, criteria ?? [], limit), ...links].join('\n\n'),
  )
}

function facts(board: Board, worker: Worker, now: number): readonly (readonly string[])[] {
  const { planned, pid, commits, activity, quiet, state } = worker
  const agent = worker.spans.findLast((span) => span.type === 'agent')
  const since = agent ? ` ${agent.to === undefined ? 'since' : 'from'} ${clock(agent.from)}` : ''
  const until = agent?.to === undefined ? '' : ` to ${clock(agent.to)}`
  const running = state.type === 'running'
  const share = quiet ? `, with ${Math.round(quiet.cpuShare * 100)} % CPU` : ''
  const usage = usageOf(worker)
  const session = worker.sessions.at(-1)
  const silent = quiet?.since ?? activity?.at
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['spec', specPlace(board, planned.file)],
    ['process', pid === undefined ? undefined : `PID ${pid}${since}${until}${since ? ' UTC' : ''}`],
    ['still there', stillThere(board, worker)],
    ['attempt', worker.attempts > 0 ? String(worker.attempts) : undefined],
    ...setbacks(worker),
    [
      'agent',
      agentWords(worker)
        .map((s) => text(clip(s, 200)))
        .join(' · '),
    ],
    ['cost', [costWords(usage), tokenWords(usage)].filter((words) => words !== undefined).join(' · ') || undefined],
    ['session', session === undefined ? undefined : code(clip(session, 200))],
    ['branch', worker.branch || commits.length > 0 ? code(branchOf(worker)) : undefined],
    ['idle', running && silent !== undefined ? `${duration(now - silent)}${share}` : undefined],
    ['commits', worker.startedAt === undefined ? undefined : String(commits.length)],
    ['patch', worker.patch && commits.length > 0 ? code(worker.patch) : undefined],
  ]
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
}

function stillThere(board: Board, worker: Worker): string | undefined {
  const pids = leftOf(board.processes.values(), worker).map(({ pid }) => pid)
  return pids.length === 0
    ? undefined
    : `PID ${bounded(pids.map(String), ', ', 200)}, held by a system call: SIGKILL did not end it, the end of that call or a restart of the machine does`
}

/** The newest attempts that its provider let down: why it waits, or had to. */
const setbacks = ({ setbacks }: Worker): readonly (readonly [string, string])[] =>
  setbacks
    .slice(-3)
    .map(({ attempt, account, reason, message }) => [
      `attempt ${attempt}`,
      text(clip(`let down on ${account}: ${reason} (${message})`, 300)),
    ])

/** A ticked list; an open one says its place in the spec's file. */
function criteriaPart(board: Board, worker: Worker, criteria: readonly Criterion[], limit: number): readonly string[] {
  if (criteria.length === 0) return []
  const met = criteria.filter((c) => c.ticked).length
  const lines = criteria.slice(0, limit).map((c) => {
    const place = c.ticked ? '' : ` (${specLine(board, worker.planned.file, c.line)})`
    return `- [${c.ticked ? 'x' : ' '}] ${text(clip(c.text, 300))}${place}`
  })
  const rest = criteria.length - lines.length
  const list = [...lines, ...(rest > 0 ? [`- +${rest} more`] : [])].join('\n')
  return [`### Acceptance criteria: ${met} of ${criteria.length}\n\n${list}`]
}

/**
 * Where to read on. `logs`: an address that is better than the run's own. Before the upload the artifact has none, but the page of the
 * run will show it in its place.
 */
export function runLinks(
  board: Board,
  { isOver, logs }: { isOver: boolean; logs?: string | undefined },
): readonly string[] {
  const { run, artifact, artifactSkipped } = board
  const links = [...(run?.links ? [link('The whole run', run.links.run)] : [])]
  const known = logs ?? artifact?.url
  if (known) links.push(link('Logs', known))
  else if (run?.links && isOver && artifactSkipped === undefined)
    links.push(link('Logs, once the run is over', `${run.links.run}#artifacts`))
  return links.length > 0 ? [links.join(' · ')] : []
}

/** The end of a log, fenced, in at most 65,535 bytes: as many of the last lines as fit. Absent without a line. */
export function checkText(tail: readonly string[]): string | undefined {
  const whole = withoutBlankEnd(tail)
  const n = fitting(rendered(whole), OUTPUT_BYTES - FENCES)
  const lines = whole.slice(whole.length - n)
  return lines.length === 0 ? undefined : `${lastLinesTitle(lines.length)}:\n\n${fence(lines)}`
}

/** The lines as a fenced block holds them, newest first. */
function* rendered(lines: readonly string[]): Generator<string> {
  for (let i = lines.length - 1; i >= 0; i--) yield fence([lines[i] ?? '']).split('\n')[1] ?? ''
}
