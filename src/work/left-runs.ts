import { cpSync, existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { type Board, type Finding, fold, type Remark } from '../board/board.ts'
import type { Environment } from '../inputs.ts'
import { messageOf } from '../message.ts'
import { compare } from '../process/identity.ts'
import { readJournal } from '../shell/journal.ts'
import type { Cleaner } from '../shell/secrets.ts'
import { type StateDir, unsettledRuns } from '../shell/state-dir.ts'
import { finishRun, RECOVERED, settle, summaryOf } from './conclude.ts'
import type { RecordContext, SavingContext } from './context.ts'
import type { Place } from './place.ts'
import { closeSettled, openLeftRun, recover, removeRaw } from './recover.ts'

/** An earlier run of this workspace that never came to its end, and what became of it now. */
export type LeftRun =
  /** Its main process lives: it is nobody else's business. */
  | { readonly type: 'alive'; readonly key: string; readonly pid: number }
  /** Its main process belongs to another pid namespace: whether it lives cannot be told, and nothing is touched. */
  | { readonly type: 'unseen'; readonly key: string; readonly pid: number; readonly dir: StateDir }
  /** Its processes are gone, its work is saved. */
  | {
      readonly type: 'recovered'
      readonly key: string
      readonly dir: StateDir
      readonly ctx: RecordContext
      readonly remarks: readonly Finding[]
      /** What could not be done, or has to be known of it. */
      readonly warnings: readonly Remark[]
      readonly settled: boolean
    }
  /** It could not be opened, so nothing of it was touched. */
  | { readonly type: 'unreadable'; readonly dir: StateDir; readonly message: string }

/** For people, after the name of a run. */
export const UNSEEN = 'was started in another container (pid namespace) and cannot be seen from here'

/** Recovers every run of the workspace whose main process is proven gone; `current` is left out. */
export async function recoverLeftRuns(
  place: Place,
  current: StateDir,
  cleaner: Cleaner,
  env: Environment,
): Promise<readonly LeftRun[]> {
  const found: LeftRun[] = []
  for (const dir of unsettledRuns(current)) {
    const board = fold(readJournal(dir.journal) ?? [])
    // Killed in its very last step: there is nothing to recover, and nothing to tell.
    if (board.settled) closeSettled(dir)
    else found.push(await recoverOne(board, place, dir, cleaner, env))
  }
  return found
}

async function recoverOne(
  { run }: Board,
  place: Place,
  dir: StateDir,
  cleaner: Cleaner,
  env: Environment,
): Promise<LeftRun> {
  const main = run && compare(run.main, place.table)
  if (run && main === 'same') return { type: 'alive', key: run.key, pid: run.main.pid }
  if (run && main === 'unknown') return { type: 'unseen', key: run.key, pid: run.main.pid, dir }
  const left = openLeftRun(dir, place.table, cleaner)
  if (!left.ok) return { type: 'unreadable', dir, message: left.error }
  try {
    return await putInOrder(left.value, dir, env)
  } catch (error) {
    // What is wrong with one run is no reason for another not to start.
    return { type: 'unreadable', dir, message: messageOf(error) }
  }
}

async function putInOrder(ctx: RecordContext, dir: StateDir, env: Environment): Promise<LeftRun> {
  const before = ctx.journal.board
  await recover(ctx, env)
  const { recovered, warnings } = ctx.journal.board
  await finishRun(ctx, env, undefined, () => summaryOf(ctx))
  const settled = settle(ctx)
  if (settled) removeRaw(dir)
  return {
    type: 'recovered',
    key: ctx.run.key,
    dir,
    ctx,
    remarks: recovered.slice(before.recovered.length),
    warnings: warnings.slice(before.warnings.length),
    settled,
  }
}

/** What there is of each run that was recovered. */
export const recoveredRuns = (left: readonly LeftRun[]): readonly RecordContext[] =>
  left.flatMap((run) => (run.type === 'recovered' ? [run.ctx] : []))

/** Tells of recovered runs in the journal of the run that found them, and takes their logs and patches into its report. */
export function reportLeftRuns(ctx: SavingContext, left: readonly LeftRun[]): void {
  for (const run of left) {
    if (run.type === 'unreadable')
      ctx.journal.append({
        type: 'warning',
        code: 'left-run',
        message: `An earlier run in ${run.dir.root} could not be recovered: ${run.message}`,
      })
    if (run.type === 'unseen')
      ctx.journal.append({
        type: 'warning',
        code: 'left-run',
        message: `Run ${run.key} ${UNSEEN} (pid ${run.pid}) and did not come to its end. If it has ended, its work is in ${run.dir.root}`,
      })
    if (run.type !== 'recovered') continue
    for (const { code, specId, message } of run.remarks)
      ctx.journal.append({
        type: 'recovered',
        what: code,
        message: `run ${run.key}${specId ? `, ${specId}` : ''}: ${message}`,
      })
    for (const { code, specId, message } of run.warnings)
      ctx.journal.append({
        type: 'warning',
        code,
        message: `Run ${run.key}${specId ? `, ${specId}` : ''}: ${message}`,
      })
    // `recovered/<run key>/` in the report.
    if (existsSync(run.dir.logs)) copyFiles(run.dir.logs, join(ctx.dir.report, RECOVERED, run.key))
  }
}

/** Only files: an agent may have put a pipe or a link among them, and a copy of that could end no run or leave the folder. */
const copyFiles = (from: string, to: string): void =>
  cpSync(from, to, {
    recursive: true,
    filter: (path) => {
      const there = lstatSync(path)
      return there.isFile() || there.isDirectory()
    },
  })
