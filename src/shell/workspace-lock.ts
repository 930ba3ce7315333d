import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ProcessIdentity } from '../board/event.ts'
import { compare } from '../process/identity.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import { err, ok, type Result } from '../result.ts'
import { isMissing } from './files.ts'

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
  const mine = `${path}.${owner.identity.pid}.${owner.identity.start.replace(/\W/g, '')}`
  writeFileSync(mine, JSON.stringify(owner), { mode: 0o600 })
  try {
    let predecessor: Owner | undefined
    // Each turn takes the name, meets a live holder, or removes a dead one: somebody always gets on.
    for (;;) {
      if (tryLink(mine, path))
        return ok({ ...(predecessor ? { predecessor } : {}), release: () => release(path, owner) })
      const holder = readOwner(path)
      if (!holder) continue
      if (compare(holder.identity, table) !== 'different') return err(holder)
      const removed = removeDead(path, holder, owner, table)
      if (!removed.ok) return removed
      if (removed.value) predecessor = holder
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
 * Reading a dead holder and removing its name are two steps, and between them another contender may have taken the
 * place. So removal is itself done under a lock of the same kind; one that died doing this is replaced like any other.
 */
function removeDead(path: string, holder: Owner, owner: Owner, table: ProcessTable): Result<boolean, Owner> {
  const takeover = takeLock(`${path}.takeover`, owner, table)
  if (!takeover.ok) return takeover
  try {
    const current = readOwner(path)
    if (!current || !isSame(current, holder)) return ok(false)
    rmSync(path, { force: true })
    return ok(true)
  } finally {
    takeover.value.release()
  }
}

function release(path: string, owner: Owner): void {
  const holder = readOwner(path)
  if (holder && isSame(holder, owner)) rmSync(path, { force: true })
}

/** post gives up the lock that main took. */
export const releaseLockOf = release

const isSame = (a: Owner, b: Owner): boolean =>
  a.identity.pid === b.identity.pid && a.identity.start === b.identity.start && a.runKey === b.runKey

export function readOwner(path: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isOwner(value) ? value : undefined
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}

const isOwner = (value: unknown): value is Owner =>
  typeof value === 'object' && value !== null && 'identity' in value && 'runKey' in value && 'stateDir' in value
