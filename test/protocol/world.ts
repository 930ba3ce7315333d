import type { ProcessIdentity } from '../../src/board/event.ts'
import type { SchedulerAction, SchedulerState } from '../../src/schedule/scheduler-state.ts'
import type { Journal } from './journal.ts'

/**
 * A machine small enough to be searched whole: two workers, their processes, the files that a crash leaves, and whoever
 * reads them afterwards. What is decided is decided by the real reducer, scheduler, comparison, membership and recovery;
 * only what is done (start, open, signal, write) is modelled here.
 */
export interface World {
  /** The live process of each worker's command: a gate that waits, or the command itself. */
  readonly agents: Pair<'none' | 'waiting' | 'open'>
  /** The live descendant of each command, if it started one. */
  readonly children: Pair<boolean>
  /** It starts one descendant at most. */
  readonly forked: Pair<boolean>
  /** The pid of a process of somebody else that was used by one of ours before; 0 for none. */
  readonly stranger: number
  readonly journal: Journal
  /** What `.chant/pids/<spec>.pid` says; 0 where there is none. */
  readonly files: Pair<number>
  readonly lock: ProcessIdentity | undefined
  /** Undefined once it has ended, however it did. */
  readonly main: Main | undefined
  readonly post: Recoverer | undefined
  /** The next run, or `mode: clean`: recovers what it finds. */
  readonly next: Recoverer | undefined
  readonly budget: Budget
}

export type Pair<T> = readonly [T, T]
export type Index = 0 | 1
export const BOTH: readonly Index[] = [0, 1]
export const put = <T>(pair: Pair<T>, index: Index, value: T): Pair<T> =>
  index === 0 ? [value, pair[1]] : [pair[0], value]

/** What may still happen to us. Each is used up, which keeps the search finite. */
export interface Budget {
  /** SIGKILL to main, post or the next run. */
  readonly crashes: number
  /** Somebody deletes one of our pid files. */
  readonly deletions: number
  /** The pid of one of our dead processes is given to a stranger. */
  readonly reuses: number
  /** The run is cancelled. */
  readonly signals: number
}

export interface Main {
  readonly phase: 'locking' | 'locked' | 'started' | 'working' | 'finishing' | 'reported' | 'settled'
  readonly at: Pair<WorkerStep>
  readonly aborted: Pair<boolean>
  readonly scheduler: SchedulerState
  /** What the scheduler asked for and is not yet carried out. */
  readonly pending: readonly SchedulerAction[]
}

/** What a worker has done last; the order is that of `src/work/command.ts`. */
export type WorkerStep =
  | 'queued'
  | 'preparing'
  | 'worktree'
  | 'intended'
  | 'spawned'
  | 'recorded'
  | 'filed'
  | 'opened'
  | 'ended'
  | 'swept'
  | 'unfiled'
  | 'gone'
  | 'done'

export interface Recoverer {
  readonly identity: ProcessIdentity
  readonly phase: 'starting' | 'reading' | 'recovering' | 'reported' | 'settled' | 'leaving'
  readonly at: Pair<'idle' | 'stopping' | 'found' | 'unfiled'>
}

/** One step of somebody, and the world after it. `wrong`: it must never be taken. */
export interface Move {
  readonly name: string
  readonly world: World
  readonly wrong?: string
}

/** What the searched worlds differ in, apart from the order of steps. */
export interface Setting {
  readonly name: string
  readonly budget: Budget
  /** The second worker needs the first, and the first may fail. */
  readonly dependent: boolean
  /**
   * What each command may start: nothing; a child that keeps the cookie; one that dropped it but works in the worktree; one
   * that dropped it and works elsewhere, which only an earlier look connects to us.
   */
  readonly child: 'none' | 'marked' | 'inside' | 'outside'
  /** Environment and directory of other processes can be read (Linux). */
  readonly marks: boolean
}

/** The protocol, and the ways in which it is broken on purpose to see that the search would notice. */
export interface Protocol {
  /** The command waits behind a gate until it is recorded. */
  readonly gated: boolean
  /** A gate whose starter has died leaves without running its command. */
  readonly gateSeesEnd: boolean
  /** `process-running` is on the journal before the gate is opened. */
  readonly recordBeforeOpen: boolean
  /** `process-gone` is on the journal only after the sweep. */
  readonly sweepBeforeGone: boolean
  /** A process is known by pid AND start time. */
  readonly identity: boolean
  /** Recovery asks the journal, not the pid files. */
  readonly journalIsTruth: boolean
  /** The lock of a live holder is respected. */
  readonly lockAsksHolder: boolean
  /** post takes the lock of the workspace, too. */
  readonly postTakesLock: boolean
  /** Recovery leaves workers alone that have their outcome. */
  readonly outcomeOnce: boolean
}

export const OURS: Protocol = {
  gated: true,
  gateSeesEnd: true,
  recordBeforeOpen: true,
  sweepBeforeGone: true,
  identity: true,
  journalIsTruth: true,
  lockAsksHolder: true,
  postTakesLock: true,
  outcomeOnce: true,
}
