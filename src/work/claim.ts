import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { saveState } from '@actions/core'
import type { ProcessIdentity } from '../board/event.ts'
import type { Environment } from '../inputs.ts'
import { messageOf } from '../message.ts'
import { compare, identityOf } from '../process/identity.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import { err, ok, type Result } from '../result.ts'
import { forgetOldRuns, freeStateDir, makeStateDir, removePlace, runKeyOf, type StateDir } from '../shell/state-dir.ts'
import { type Owner, takeLock } from '../shell/workspace-lock.ts'
import type { Place } from './place.ts'

/** A place on disk that is this run's, and for `mode: run` the workspace too. */
export interface Claim {
  readonly key: string
  readonly main: ProcessIdentity
  readonly dir: StateDir
  /** Gives the workspace free. */
  readonly release: () => void
  /** Removes the place, while nothing in it is worth keeping. */
  readonly remove: () => void
}

/** The error is one sentence and leaves nothing behind. */
export async function claim(mode: 'run' | 'plan', place: Place, env: Environment): Promise<Result<Claim, string>> {
  const row = place.table.row(process.pid)
  if (!row)
    return err('The process table cannot be read: /proc does not show this process. Is it mounted in this container?')
  const main = identityOf(row, place.table)
  const key = runKeyOf(env, new Date())
  // Planning leaves no trace, so it has a place of its own and never meets a run's.
  const wanted = freeStateDir(env, place.workspace, mode === 'run' ? key : `plan-${key}-${process.pid}`)
  try {
    mkdirSync(dirname(wanted.lock), { recursive: true, mode: 0o700 })
    const release =
      mode === 'run'
        ? own(wanted, { identity: main, runKey: key, stateDir: wanted.root, since: new Date().toISOString() }, place)
        : ok(() => undefined)
    if (!release.ok) return release
    // Before anything is made: the runner hands this to post, even when we are killed in the next moment.
    if (mode === 'run') saveState('state-dir', wanted.root)
    const dir = makeStateDir(wanted, main)
    await forgetOldRuns(dir, place.table)
    return ok({
      key,
      main,
      dir,
      release: release.value,
      remove: () => removePlace(dir),
    })
  } catch (error) {
    return err(
      `The state directory cannot be made: ${messageOf(error)}. Set XDG_STATE_HOME to a folder that can be written.`,
    )
  }
}

function own(dir: StateDir, owner: Owner, place: Place): Result<() => void, string> {
  const lock = takeLock(dir.lock, owner, place.table)
  return lock.ok ? ok(lock.value.release) : err(refusedBy(lock.error, dir.lock, place.table))
}

function refusedBy({ runKey, identity, since }: Owner, lock: string, table: ProcessTable): string {
  const who = `Another chant-action run works in this workspace: ${runKey}, process ${identity.pid}, since ${since}.`
  return compare(identity, table) === 'unknown'
    ? `${who} It was started in another container (pid namespace), so nobody can see from here whether it still lives. If it does not, remove ${lock}.`
    : `${who} Wait for it to end, or give this run a workspace of its own.`
}
