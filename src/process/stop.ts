import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessRef } from '../board/event.ts'
import { membersOf, type Tree } from './members.ts'
import { isAlive, type ProcessRow, type ProcessTable, type Snapshot } from './snapshot.ts'

/** From TERM to KILL, milliseconds. The runner allows 7.5 s from SIGINT until it sends SIGTERM. */
export const GRACE_MS = 3_000
/** After KILL: what is not gone by then sits in an uninterruptible call and is reported. */
const KILL_MS = 2_500
/** How often a tree is looked at while it ends. No event tells of the end of a process that is not our child. */
const LOOK_MS = 40
/** A tree is gone when this many looks in a row find nothing: a process may fork between two of them. */
const EMPTY_LOOKS = 3

export interface Stopped {
  /** Everybody who was signalled, the recorded process included. */
  readonly signalled: readonly ProcessRef[]
  /** Somebody needed SIGKILL. */
  readonly killed: boolean
  /** Still there after SIGKILL. */
  readonly left: readonly ProcessRef[]
  /** Came from the tree and belongs to another user (sudo, setuid): we may not signal it. */
  readonly foreign: readonly ProcessRef[]
}

/**
 * Ends a process tree and waits until it is gone: TERM, grace, KILL, then looks until three in a row find nobody.
 * With nobody alive it signals nobody and costs three looks. `urgent` is asked while waiting: true ends the grace.
 */
export async function stopTree(tree: Tree, table: ProcessTable, urgent: () => boolean = () => false): Promise<Stopped> {
  const signalled = new Map<number, ProcessRef>()
  let killed = false
  let empty = 0
  const started = performance.now()
  for (;;) {
    // Never older than the question: in another worker's scan our processes may still be alive.
    const snapshot = table.snapshot(started)
    const all = membersOf(tree, snapshot, table)
    const foreign = all.filter((row) => isForeign(row.pid))
    const members = all.filter((row) => !foreign.includes(row))
    const elapsed = performance.now() - started
    const end = { signalled: [...signalled.values()], killed, foreign: foreign.map(refOf) }
    if (members.length === 0) {
      empty += 1
      if (empty >= EMPTY_LOOKS) return { ...end, left: [] }
    } else {
      empty = 0
      if (elapsed > GRACE_MS + KILL_MS) return { ...end, left: members.map(refOf) }
      const kill = elapsed >= GRACE_MS || urgent()
      // TERM once for each process; KILL at every look until it is gone.
      const targets = kill ? members : members.filter((row) => signalled.get(row.pid)?.start !== row.start)
      signalAll(targets, members, snapshot, table, kill ? 'SIGKILL' : 'SIGTERM')
      for (const row of targets) signalled.set(row.pid, refOf(row))
      killed ||= kill
    }
    await sleep(LOOK_MS)
  }
}

/** What a crash handler can still do: one KILL to every member, at once, without waiting. */
export function killTreeNow(tree: Tree, table: ProcessTable): void {
  const snapshot = table.snapshot(performance.now())
  const members = membersOf(tree, snapshot, table)
  signalAll(members, members, snapshot, table, 'SIGKILL')
}

/** A group is signalled as one, so that a forking tree cannot outrun us, but only when everybody in it is ours. */
function signalAll(
  targets: readonly ProcessRow[],
  members: readonly ProcessRow[],
  snapshot: Snapshot,
  table: ProcessTable,
  signal: 'SIGTERM' | 'SIGKILL',
): void {
  const ours = new Set(members.map((row) => row.pid))
  const foreign = new Set<number>()
  for (const row of snapshot.rows.values()) if (!ours.has(row.pid) && row.state !== 'Z') foreign.add(row.group)
  const groups = new Set<number>()
  for (const row of targets) {
    // Asked once more at the last moment: a process that ended since the scan may have left its number to another.
    const now = table.row(row.pid)
    if (!isAlive(now) || now.start !== row.start) continue
    if (foreign.has(row.group) || row.group <= 1) send(row.pid, signal)
    else groups.add(row.group)
  }
  for (const group of groups) send(-group, signal)
}

/** ESRCH (gone meanwhile) and EPERM (another user's) are answers: the next look tells what is left. */
function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
}

/** Signal 0 asks without signalling. */
function isForeign(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** For people: who it is, and how to end it. */
export const foreignWords = (foreign: readonly ProcessRef[]): string => {
  const pids = foreign.map((ref) => ref.pid).join(' ')
  return `pid ${pids} was started below it as another user and may not be signalled; \`sudo kill ${pids}\` ends it`
}

const refOf = (row: ProcessRow): ProcessRef => ({ pid: row.pid, start: row.start })
