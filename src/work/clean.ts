import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Environment } from '../inputs.ts'
import { compare, identityOf } from '../process/identity.ts'
import { tidyProjections } from '../process/projections.ts'
import { Registry } from '../process/registry.ts'
import { err, ok, type Result } from '../result.ts'
import type { Cleaner } from '../shell/secrets.ts'
import { forgetOldRuns, noRunIn } from '../shell/state-dir.ts'
import { takeLock } from '../shell/workspace-lock.ts'
import type { RecordContext } from './context.ts'
import { type LeftRun, recoveredRuns, recoverLeftRuns, UNSEEN } from './left-runs.ts'
import type { Place } from './place.ts'

export interface Cleaned {
  /** What was done, a line each. */
  readonly lines: readonly string[]
  readonly recovered: readonly RecordContext[]
}

/**
 * Puts in order what dead runs of this workspace left: processes stopped, work saved, worktrees, records and locks
 * removed. It owns the workspace while it does so; where a live run does, nothing is touched.
 */
export async function clean(place: Place, cleaner: Cleaner, env: Environment): Promise<Result<Cleaned, string>> {
  const row = place.table.row(process.pid)
  if (!row) return err('The process table cannot be read: /proc does not show this process.')
  const dir = noRunIn(env, place.workspace)
  // Without a state folder no run was ever here, and making one would be leaving something.
  if (!existsSync(dirname(dir.lock))) return ok({ lines: tidied(place), recovered: [] })
  const owner = {
    identity: identityOf(row, place.table),
    runKey: 'clean',
    stateDir: dir.root,
    since: new Date().toISOString(),
  }
  const lock = takeLock(dir.lock, owner, place.table)
  if (!lock.ok) {
    const { runKey, identity } = lock.error
    const unseen = compare(identity, place.table) === 'unknown'
    const how = unseen ? UNSEEN : 'is alive'
    const help = unseen ? `. If it has ended, remove ${dir.lock}` : ''
    const held = `run ${runKey} ${how} (pid ${identity.pid}) and owns this workspace: nothing was touched${help}`
    return ok({ lines: [held], recovered: [] })
  }
  try {
    await forgetOldRuns(dir, place.table)
    new Registry(place.project).sweepTemporary()
    const left = await recoverLeftRuns(place, dir, cleaner, env)
    const unlocked = lock.value.predecessor ? [`removed  the lock of run ${lock.value.predecessor.runKey}`] : []
    const lines = [...left.flatMap(wordsOf), ...tidied(place), ...unlocked]
    return ok({ lines, recovered: recoveredRuns(left) })
  } finally {
    lock.value.release()
  }
}

function wordsOf(run: LeftRun): readonly string[] {
  switch (run.type) {
    case 'alive':
      return [`run ${run.key} is alive (pid ${run.pid}): left alone`]
    case 'unseen':
      return [`run ${run.key} ${UNSEEN} (pid ${run.pid}): left alone. If it has ended, its work is in ${run.dir.root}`]
    case 'unreadable':
      return [`run in ${run.dir.root} could not be opened and was left alone: ${run.message}`]
    case 'recovered': {
      const end = run.settled
        ? 'nothing is left of it; its logs are in'
        : 'not all of it could be put in order, and it is kept in'
      return [
        ...[...run.remarks, ...run.warnings].map(
          ({ code, specId, message }) => `${code}  ${specId ?? run.key}  ${message}`,
        ),
        `run ${run.key}: ${end} ${run.dir.root}`,
      ]
    }
  }
}

const tidied = (place: Place): readonly string[] =>
  tidyProjections(place.project, place.table).map(({ path, what }) => `${what}  ${path}`)
