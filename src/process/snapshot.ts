/** One live process, as the operating system shows it at one moment. */
export interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** The program's name as the kernel has it: at most 15 bytes on Linux. */
  readonly name: string
  readonly group: number
  /** Session id; 0 where the platform does not tell (macOS). */
  readonly session: number
  /** `R`, `S`, `D`, `T`, `Z`, …; a `Z` (zombie) is dead. */
  readonly state: string
  /** Start time as compared in identities: clock ticks since boot (Linux), `ps` text (macOS). */
  readonly start: string
  /** CPU time used by the process itself, 100 ticks a second. */
  readonly cpuTicks: number
}

/** All processes at one moment; environment and directory are read on demand and once. */
export interface Snapshot {
  readonly rows: ReadonlyMap<number, ProcessRow>
  /** The value of one variable in the process's environment at its start; undefined when absent or not readable. */
  readonly variable: (pid: number, name: string) => string | undefined
  /** Current directory with symbolic links resolved; undefined when not readable. */
  readonly directory: (pid: number) => string | undefined
  /** Numeric user id; undefined when not readable. */
  readonly user: (pid: number) => number | undefined
}

export interface ProcessTable {
  /** This boot of this machine; empty where not known. */
  readonly boot: string
  /** The pid namespace we live in; empty where there are none. */
  readonly namespace: string
  /** A scan not older than `since` (on the clock of `performance.now()`), else a few milliseconds old at most. */
  readonly snapshot: (since?: number) => Snapshot
  /** One process, read now. Zombies are shown as such. */
  readonly row: (pid: number) => ProcessRow | undefined
  /** Whether `a` started before `b`; undefined where the platform cannot order them. */
  readonly startedBefore: (a: string, b: string) => boolean
}

export const isAlive = (row: ProcessRow | undefined): row is ProcessRow =>
  row !== undefined && row.state !== 'Z' && row.state !== 'X'

/** Everything below `roots`, roots not included, by parent links. */
export function descendants(snapshot: Snapshot, roots: ReadonlySet<number>): readonly ProcessRow[] {
  const children = new Map<number, ProcessRow[]>()
  for (const row of snapshot.rows.values()) {
    const siblings = children.get(row.parent)
    if (siblings) siblings.push(row)
    else children.set(row.parent, [row])
  }
  const found: ProcessRow[] = []
  const seen = new Set(roots)
  const queue = [...roots]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (seen.has(child.pid)) continue
      seen.add(child.pid)
      found.push(child)
      queue.push(child.pid)
    }
  }
  return found
}

/** The chain of parents of `pid`, itself included: never to be signalled when `pid` is ours. */
export function lineage(snapshot: Snapshot, pid: number): Set<number> {
  const chain = new Set<number>()
  for (
    let at: number | undefined = pid;
    at !== undefined && at > 0 && !chain.has(at);
    at = snapshot.rows.get(at)?.parent
  )
    chain.add(at)
  return chain
}
