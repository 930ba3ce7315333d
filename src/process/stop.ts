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
export const EMPTY_LOOKS = 3

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
  // Process groups in which everybody was of the tree when we looked: whoever is in one later came from it.
  const groups = new Set<number>()
  let killed = false
  let empty = 0
  const started = performance.now()
  for (;;) {
    // Never older than the question: in another worker's scan our processes may still be alive.
    const snapshot = table.snapshot(started)
    const all = membersOf(tree, snapshot, table, groups)
    for (const group of ownGroups(all, snapshot)) groups.add(group)
    const foreign = all.filter((row) => isForeign(row.pid))
    const members = all.filter((row) => !foreign.includes(row))
    const elapsed = performance.now() - started
    const end = { signalled: [...signalled.values()], killed, foreign: foreign.map(refOf) }
    const kill = elapsed >= GRACE_MS || urgent()
    const isLate = elapsed > GRACE_MS + KILL_MS
    // A scan takes time, and who forks and ends meanwhile may hand on under it. The kernel sees a group at one moment.
    for (const group of groups) if (!isInhabited(group)) groups.delete(group)
    if (members.length === 0) {
      const unseen = isLate ? [] : [...groups].filter((group) => !hasZombie(group, snapshot))
      empty = unseen.length > 0 ? 0 : empty + 1
      if (empty >= EMPTY_LOOKS) return { ...end, left: [] }
      if (kill) for (const group of unseen) send(-group, 'SIGKILL')
      killed ||= kill && unseen.length > 0
    } else {
      empty = 0
      if (isLate) return { ...end, left: members.map(refOf) }
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
  const own = ownGroups(members, snapshot)
  const groups = new Set<number>()
  for (const row of targets) {
    // Asked once more at the last moment: a process that ended since the scan may have left its number to another.
    const now = table.row(row.pid)
    if (!isAlive(now) || now.start !== row.start) continue
    if (own.has(row.group)) groups.add(row.group)
    else send(row.pid, signal)
  }
  for (const group of groups) send(-group, signal)
}

/** The process groups of members in which there is nobody else. */
function ownGroups(members: readonly ProcessRow[], snapshot: Snapshot): ReadonlySet<number> {
  const ours = new Set(members.map((row) => row.pid))
  const groups = new Set(members.map((row) => row.group).filter((group) => group > 1))
  for (const row of snapshot.rows.values()) if (!ours.has(row.pid) && row.state !== 'Z') groups.delete(row.group)
  return groups
}

/** The dead that nobody has waited for are in their group as the living are. */
function hasZombie(group: number, snapshot: Snapshot): boolean {
  for (const row of snapshot.rows.values()) if (row.group === group && row.state === 'Z') return true
  return false
}

/** Whether anybody is in a process group whom we may signal. Signal 0 asks without signalling. */
function isInhabited(group: number): boolean {
  try {
    process.kill(-group, 0)
    return true
  } catch {
    return false
  }
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

/** So many are named: what is to be done comes after them. */
const NAMED = 10

/** For people: who it is, why it is there, and what ends it. */
export const leftWords = (left: readonly ProcessRef[]): string => {
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : ''
  const pids = left.slice(0, NAMED).map((ref) => ref.pid)
  return `pid ${pids.join(', ')}${more} did not end after SIGKILL: a system call that cannot be interrupted holds it, most often for a disk or a network share that does not answer. Its record is kept, and post, the next run on this machine and \`mode: clean\` look again; the end of that call ends it, or a restart of the machine`
}

const refOf = (row: ProcessRow): ProcessRef => ({ pid: row.pid, start: row.start })
