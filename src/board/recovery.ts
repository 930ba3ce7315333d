import { causeWords } from '../outcome/advice.ts'
import type { Outcome } from '../outcome/outcome.ts'
import type { Board, TrackedProcess, Worker } from './board.ts'

/** What a look at the machine says of a process whose end nobody recorded. */
export interface Sighting {
  /** The machine has been started anew since. */
  readonly otherBoot: boolean
  /** `same`: it lives; `different`: it is gone; `unknown`: out of sight, in another pid namespace. */
  readonly comparison: 'same' | 'different' | 'unknown'
  /** Live processes that are or came from it: itself, noted descendants, carriers of its cookie. */
  readonly members: number
}

export type Recovery =
  /** Something of it lives: stop it. */
  | { readonly type: 'reap' }
  /** It is gone: its record goes. */
  | { readonly type: 'stale' }
  /** Its gate was never recorded and nothing carries its cookie: the command was never run. */
  | { readonly type: 'never-ran' }
  /** It cannot be told from here; nothing may be signalled. */
  | { readonly type: 'lost'; readonly why: 'other-boot' | 'other-namespace' }

/** What recovery does about one process. Only what is proven ours is ever signalled. */
export function decideRecovery(tracked: TrackedProcess, seen: Sighting): Recovery {
  if (tracked.identity && seen.otherBoot) return { type: 'lost', why: 'other-boot' }
  if (tracked.identity && seen.comparison === 'unknown') return { type: 'lost', why: 'other-namespace' }
  if (seen.members > 0) return { type: 'reap' }
  return tracked.identity ? { type: 'stale' } : { type: 'never-ran' }
}

/** The outcome of a worker that main could not give one; undefined where it has one. */
export function decideOutcome(board: Board, worker: Worker): Outcome | undefined {
  if (worker.state.type === 'done') return undefined
  const cause = board.stopping === 'signal' ? 'signal' : 'killed'
  if (worker.startedAt === undefined)
    return { type: 'cancelled-before-start', cause, message: `Not started: ${causeWords(cause)}` }
  if (cause === 'signal') return { type: 'cancelled', cause, message: `Stopped: ${causeWords(cause)}` }
  const doing = worker.state.type === 'running' ? 'being worked' : worker.state.type
  return { type: 'lost', message: `The action was killed while this spec was ${doing}` }
}
