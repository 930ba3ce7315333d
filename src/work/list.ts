import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Board, fold, type TrackedProcess, type Worker } from '../board/board.ts'
import type { Environment } from '../inputs.ts'
import { CpuMeter, TICKS_PER_SECOND } from '../process/cpu.ts'
import { compare } from '../process/identity.ts'
import { membersOf, treeOf } from '../process/members.ts'
import { readProjections } from '../process/projections.ts'
import type { ProcessTable } from '../process/snapshot.ts'
import type { ListedProcess } from '../report/process-list.ts'
import { readJournal } from '../shell/journal.ts'
import { noRunIn, unsettledRuns } from '../shell/state-dir.ts'
import type { Place } from './place.ts'

/** Over which CPU use is measured. Milliseconds. */
const SAMPLE_MS = 300

/**
 * Every process that a run of this workspace started and has not seen the end of, compared with what lives now; then the
 * pid files that no journal knows. Reads only.
 */
export async function listProcesses(place: Place, env: Environment): Promise<readonly ListedProcess[]> {
  const now = Date.now()
  const runs = unsettledRuns(noRunIn(env, place.workspace)).map((dir) => fold(readJournal(dir.journal) ?? []))
  const open = runs.flatMap((board) =>
    byPlan(board)
      .filter((tracked) => !tracked.gone && tracked.identity)
      .map((tracked) => ({ board, tracked })),
  )
  const shares = await cpuShares(
    open.map(({ tracked }) => tracked),
    place.table,
  )
  const listed = open.map(({ board, tracked }) => listedOf(board, tracked, place.table, shares.get(tracked.token), now))
  const known = new Set(listed.map((process) => `${process.specId} ${process.pid}`))
  const strangers = readProjections(place.project)
    .filter(({ name, pid }) => !known.has(`${name} ${pid}`))
    .map((file) => strangerOf(file, place.table))
  return [...listed, ...strangers]
}

/** Processes as their specs are planned: which of those that start together was first is chance. */
function byPlan(board: Board): readonly TrackedProcess[] {
  const place = new Map([...board.workers.keys()].map((specId, index) => [specId, index]))
  const placeOf = ({ specId }: TrackedProcess): number => place.get(specId) ?? 0
  return [...board.processes.values()].toSorted((a, b) => placeOf(a) - placeOf(b))
}

function listedOf(
  board: Board,
  tracked: TrackedProcess,
  table: ProcessTable,
  cpuShare: number | undefined,
  now: number,
): ListedProcess {
  const { specId, identity } = tracked
  const worker = board.workers.get(specId)
  const comparison = identity ? compare(identity, table) : 'different'
  const log = board.run ? `${board.run.logsDir}/${specId}.log` : undefined
  const lastOutput = Math.max(worker?.activity?.at ?? 0, tracked.spawningAt)
  return {
    specId,
    title: worker?.planned.title,
    pid: identity?.pid,
    state: comparison === 'same' ? liveState(worker) : 'stale',
    branch: worker?.branch,
    logModified: log === undefined ? undefined : modified(log),
    log,
    warning:
      comparison === 'same'
        ? (leftByKill(tracked) ?? unwatchedWords(board, table))
        : staleWords(tracked, comparison, table),
    run: board.run?.key,
    agent: worker?.agent ?? worker?.planned.agent,
    role: tracked.role,
    attempt: tracked.attempt,
    identity,
    startedAt: tracked.spawningAt,
    idleMs: comparison === 'same' ? Math.max(0, now - lastOutput) : undefined,
    cpuShare: comparison === 'same' ? cpuShare : undefined,
    activity: worker?.activity?.text,
  }
}

const liveState = (worker: Worker | undefined): 'running' | 'quiet' | 'stalled' =>
  worker?.stopCause === 'stalled' ? 'stalled' : worker?.quiet ? 'quiet' : 'running'

const CLEAN = 'run `mode: clean`'
/** `mode: clean` does not help here. */
const LEFT = 'SIGKILL did not end it: its system call must end, or restart the machine'

/** It was ended and is still there. */
const leftByKill = ({ identity, left = [] }: TrackedProcess): string | undefined =>
  left.some(({ pid }) => pid === identity?.pid) ? LEFT : undefined

/** An orphan lives and is shown as living, but nobody counts its minutes or hears its end. */
const unwatchedWords = (board: Board, table: ProcessTable): string | undefined =>
  board.run && compare(board.run.main, table) === 'different'
    ? `its run's main process is gone and nobody watches it: ${CLEAN}`
    : undefined

function staleWords(tracked: TrackedProcess, comparison: 'different' | 'unknown', table: ProcessTable): string {
  if (comparison === 'unknown') return 'in another pid namespace: cannot be seen from here'
  const below = membersOf(treeOf(tracked), table.snapshot(), table)
  const children = below.length > 0 ? `, but pid ${below.map((row) => row.pid).join(', ')} below it lives on` : ''
  const help = below.some(({ pid }) => tracked.left?.some((ref) => ref.pid === pid)) ? LEFT : CLEAN
  return `process_dead${children}: ${help}`
}

/** A pid file in `.chant/pids` that no run of ours wrote: chant's own, or something that is no pid at all. */
function strangerOf(
  file: { readonly name: string; readonly path: string; readonly pid: number | undefined },
  table: ProcessTable,
): ListedProcess {
  const lives = file.pid !== undefined && table.snapshot().rows.has(file.pid)
  const warning =
    file.pid === undefined
      ? `${file.path} holds no process id: run \`mode: clean\``
      : lives
        ? `a live process has this pid, but nothing tells whether it is the one that ${file.path} means`
        : `process_dead: ${file.path} was not written by a run that is known here`
  return {
    specId: file.name,
    pid: file.pid,
    state: 'stale',
    warning,
    title: undefined,
    branch: undefined,
    logModified: undefined,
    log: undefined,
    run: undefined,
    agent: undefined,
    role: undefined,
    attempt: undefined,
    identity: undefined,
    startedAt: undefined,
    idleMs: undefined,
    cpuShare: undefined,
    activity: undefined,
  }
}

async function cpuShares(
  processes: readonly TrackedProcess[],
  table: ProcessTable,
): Promise<ReadonlyMap<string, number>> {
  if (processes.length === 0) return new Map()
  const meters = new Map(processes.map((tracked) => [tracked.token, new CpuMeter()]))
  const look = () => {
    const snapshot = table.snapshot()
    return new Map(
      processes.map((tracked) => [
        tracked.token,
        meters.get(tracked.token)?.look(membersOf(treeOf(tracked), snapshot, table)) ?? 0,
      ]),
    )
  }
  const started = performance.now()
  const first = look()
  await sleep(SAMPLE_MS)
  const second = look()
  const seconds = (performance.now() - started) / 1000
  return new Map(
    [...second].map(([token, ticks]) => [
      token,
      Math.max(0, ticks - (first.get(token) ?? 0)) / TICKS_PER_SECOND / seconds,
    ]),
  )
}

/** Local time, as chant prints it. */
function modified(path: string): string | undefined {
  const time = statSync(path, { throwIfNoEntry: false })?.mtime
  if (!time) return undefined
  const two = (n: number) => String(n).padStart(2, '0')
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}
