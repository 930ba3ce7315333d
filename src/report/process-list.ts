import { clock, duration } from './durations.ts'
import { code, prose, table } from './markdown.ts'
import { clip, oneLine } from './visible.ts'

/** A process of the registry, compared with what lives. Times in epoch ms. */
export interface ListedProcess {
  readonly specId: string
  readonly title: string | undefined
  /** The number as the record has it; absent where the record holds none. */
  readonly pid: number | undefined
  readonly state: 'running' | 'quiet' | 'stalled' | 'stale'
  readonly branch: string | undefined
  /** `YYYY-MM-DD HH:MM:SS` local time, as chant prints it. */
  readonly logModified: string | undefined
  readonly log: string | undefined
  /** Why it is stale, or what is odd: `process_dead` is chant's own word. */
  readonly warning: string | undefined
  readonly run: string | undefined
  readonly agent: string | undefined
  readonly role: string | undefined
  readonly attempt: number | undefined
  readonly identity:
    | { readonly pid: number; readonly start: string; readonly boot: string; readonly namespace: string }
    | undefined
  readonly startedAt: number | undefined
  /** Since the last output. */
  readonly idleMs: number | undefined
  /** Of one core, 0 to 1 and above; for live processes. */
  readonly cpuShare: number | undefined
  /** Newest line of output. */
  readonly activity: string | undefined
}

/**
 * The answer of chant's `chant_work_list` (its fields first, `src/mcp/tools/work.rs`), with what we know besides. Running
 * is what lives and is the process that was recorded; everything else is stale.
 */
export function processListJson(processes: readonly ListedProcess[]): unknown {
  const stale = processes.filter((process) => process.state === 'stale').length
  return {
    processes: processes.map((p) => ({
      spec_id: p.specId,
      title: p.title ?? null,
      pid: p.pid ?? null,
      status: p.state === 'stale' ? 'stale' : 'running',
      log_modified: p.logModified ?? null,
      branch: p.branch ?? null,
      ...(p.warning === undefined ? {} : { warning: p.warning }),
      state: p.state,
      run: p.run ?? null,
      agent: p.agent ?? null,
      role: p.role ?? null,
      attempt: p.attempt ?? null,
      identity: p.identity ?? null,
      started_at: p.startedAt === undefined ? null : new Date(p.startedAt).toISOString(),
      idle_seconds: p.idleMs === undefined ? null : Math.round(p.idleMs / 1000),
      cpu_percent: p.cpuShare === undefined ? null : Math.round(p.cpuShare * 100),
      log: p.log ?? null,
      activity: p.activity ?? null,
    })),
    summary: { running: processes.length - stale, stale },
  }
}

const HEAD = ['SPEC', 'STATE', 'PID', 'AGENT', 'SINCE', 'IDLE', 'BRANCH', 'NOW'] as const

function cells(p: ListedProcess, now: number): readonly string[] {
  return [
    p.specId,
    p.state,
    p.pid === undefined ? '?' : String(p.pid),
    p.agent ?? '',
    p.startedAt === undefined ? '' : duration(now - p.startedAt),
    p.state === 'stale' || p.idleMs === undefined ? '' : duration(p.idleMs),
    p.branch ?? '',
    clip(oneLine(nowWords(p)), 80),
  ]
}

function nowWords(p: ListedProcess): string {
  if (p.warning !== undefined) return p.warning
  const busy = p.cpuShare === undefined ? '' : `, ${Math.round(p.cpuShare * 100)} % CPU`
  if (p.state === 'quiet' || p.state === 'stalled') return `(no output${busy})`
  const role = p.role === undefined || p.role === 'agent' ? '' : `${p.role}: `
  return role + (p.activity ?? 'no output yet')
}

/** The list for the step log: aligned columns, then the two numbers. Raw text, one line each. */
export function processListLines(processes: readonly ListedProcess[], now: number): readonly string[] {
  if (processes.length === 0) return [SAID_NOTHING]
  const rows = [HEAD, ...processes.map((process) => cells(process, now))]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    counts(processes),
  ]
}

/** The list for the job summary. */
export function processListMarkdown(processes: readonly ListedProcess[], now: number): string {
  if (processes.length === 0) return `# chant: no agent is running\n\n${SAID_NOTHING}\n`
  const rows = processes.map((process) =>
    cells(process, now).map((cell, column) => (column === 0 || column === 6 ? shown(cell) : prose(cell))),
  )
  const head = HEAD.map((word) => word.toLowerCase())
  return `# chant: ${counts(processes)}\n\n${table(head, ['left', 'left', 'right', 'left', 'right', 'right', 'left', 'left'], rows)}\n\nLooked at ${clock(now)} UTC.\n`
}

const SAID_NOTHING = 'No process of chant-action is recorded in this workspace.'

const shown = (cell: string): string => (cell === '' ? '' : code(cell))

const counts = (processes: readonly ListedProcess[]): string => {
  const stale = processes.filter((process) => process.state === 'stale').length
  return `running ${processes.length - stale} · stale ${stale}`
}
