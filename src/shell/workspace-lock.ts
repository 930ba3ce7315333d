import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ProcessIdentity } from '../board/event.ts'
import { compare, isIdentity } from '../process/identity.ts'
import { isAlive, type ProcessTable } from '../process/snapshot.ts'
import { err, ok, type Result } from '../result.ts'
import { isMissing, writeFully } from './files.ts'

/** Who owns a workspace: the complete record is on disk before its name is, so nobody ever reads half of it. */
export interface Owner {
  readonly identity: ProcessIdentity
  readonly runKey: string
  readonly stateDir: string
  readonly since: string
}

export interface Lock {
  /** The owner before us, dead without having settled: its run wants recovery. */
  readonly predecessor?: Owner
  readonly release: () => void
}

/**
 * Takes the workspace by `link(2)`, which either makes the name or fails. A live holder keeps it however long it sleeps;
 * only one whose process is proven gone is replaced. Never decided by age. The error is the live holder.
 */
export function takeLock(path: string, owner: Owner, table: ProcessTable): Result<Lock, Owner> {
  const mine = `${path}.${owner.identity.pid}.${plain(owner.identity.start)}`
  writeDurably(mine, JSON.stringify(owner))
  try {
    // Each turn takes the name, meets a live holder, or finds that somebody else was faster: somebody always gets on.
    for (;;) {
      if (tryLink(mine, path)) {
        removeTraces(path, table)
        return ok({ release: () => releaseLock(path, owner) })
      }
      const holder = readOwner(path)
      if (holder === 'absent') continue
      if (holder !== 'unreadable' && compare(holder.identity, table) !== 'different') return err(holder)
      const replaced = replaceDead(path, holder, mine, owner, table)
      if (!replaced.ok) return replaced
      if (!replaced.value) continue
      removeTraces(path, table)
      const release_ = () => releaseLock(path, owner)
      return ok(holder === 'unreadable' ? { release: release_ } : { predecessor: holder, release: release_ })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Reading a dead holder and taking its place are two steps, and between them another contender may have done so. So the
 * place is changed under a lock of the same kind, by renaming our complete record over the dead one: the name never goes
 * free in between. A record that nobody can read belongs to nobody who lives, and is kept beside for people to look at.
 */
function replaceDead(
  path: string,
  holder: Owner | 'unreadable',
  mine: string,
  owner: Owner,
  table: ProcessTable,
): Result<boolean, Owner> {
  const takeover = takeLock(`${path}.takeover`, owner, table)
  if (!takeover.ok) return takeover
  try {
    const current = readOwner(path)
    if (current === 'absent') return ok(false)
    const same = current === 'unreadable' || holder === 'unreadable' ? current === holder : isSame(current, holder)
    if (!same) return ok(false)
    if (holder === 'unreadable') copyFileSync(path, `${path}.unreadable`)
    renameSync(mine, path)
    return ok(true)
  } finally {
    takeover.value.release()
  }
}

/** What contenders left that were killed while they contended: whoever holds the workspace takes it away. */
function removeTraces(path: string, table: ProcessTable): void {
  const folder = dirname(path)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue
    const trace = join(folder, name)
    if (isDead(name, trace, table)) rmSync(trace, { force: true })
  }
}

/** A contender's record says in its name whose it is, because it may have been killed before it wrote a word. */
function isDead(name: string, trace: string, table: ProcessTable): boolean {
  const [, pid, start] = /\.(\d+)\.(\w+)$/.exec(name) ?? []
  if (pid !== undefined && start !== undefined) {
    const row = table.row(Number(pid))
    return !isAlive(row) || plain(row.start) !== start
  }
  const holder = readOwner(trace)
  return typeof holder === 'object' && compare(holder.identity, table) === 'different'
}

const plain = (start: string): string => start.replace(/\W/g, '')

/** Gives the name free, if it is still the owner's. */
export function releaseLock(path: string, owner: Owner): void {
  const holder = readOwner(path)
  if (typeof holder === 'object' && isSame(holder, owner)) rmSync(path, { force: true })
}

const isSame = (a: Owner, b: Owner): boolean =>
  a.identity.pid === b.identity.pid && a.identity.start === b.identity.start && a.runKey === b.runKey

/** The record at a lock's name; `unreadable` for anything that is not a whole one. */
export function readOwner(path: string): Owner | 'absent' | 'unreadable' {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isOwner(value) ? value : 'unreadable'
  } catch (error) {
    if (isMissing(error)) return 'absent'
    if (error instanceof SyntaxError) return 'unreadable'
    throw error
  }
}

const isOwner = (value: unknown): value is Owner =>
  typeof value === 'object' &&
  value !== null &&
  'identity' in value &&
  isIdentity(value.identity) &&
  'runKey' in value &&
  typeof value.runKey === 'string' &&
  'stateDir' in value &&
  typeof value.stateDir === 'string' &&
  'since' in value &&
  typeof value.since === 'string'

/** On disk before it gets its name: after a crash of the machine there is a whole record or none. */
function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600)
  try {
    writeFully(file, Buffer.from(text))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
