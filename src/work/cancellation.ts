import { fail } from '../shell/printer.ts'
import type { Execution } from './executor.ts'
import type { Session } from './session.ts'

/** After a signal the runner waits 7.5 s, then 2.5 s more; whatever is not done by now is left to post. Milliseconds. */
const LEAVE_AFTER_MS = 6_500

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Turns signals into a stop of the run: the first one stops everything with grace, a second one without. */
export function stopOnSignals(session: Session, execution: Execution): Disposable {
  let asked = false
  const onSignal = () => {
    if (asked) return session.hurry()
    asked = true
    execution.end('signal', 'stop')
    setTimeout(() => leave(session), LEAVE_AFTER_MS).unref()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}

/** The last part of the time in which nothing new is started: a tenth, but never more than five minutes. */
const LAST_PART = 0.1
const LAST_PART_MS = 5 * 60_000

/**
 * Ends the run by itself before the job's own limit would, which reports nothing. Counted from the start of this
 * process on a clock that never jumps: first nothing new starts, then what still runs is stopped.
 */
export function stopAtDeadline(minutes: number, execution: Execution): Disposable {
  if (minutes === 0) return { [Symbol.dispose]: () => undefined }
  const end = minutes * 60_000
  const last = Math.min(end * LAST_PART, LAST_PART_MS)
  const timers = [
    setTimeout(() => execution.end('deadline', 'finish'), Math.max(0, end - last - performance.now())),
    setTimeout(() => execution.end('deadline', 'stop'), Math.max(0, end - performance.now())),
  ]
  return {
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** A bug of ours, or a disk that is full: no process stays behind, and post does the rest. */
export function killOnCrash(session: Session): Disposable {
  const onCrash = (error: unknown) => crash(session, error)
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
  return {
    [Symbol.dispose]: () => {
      process.off('uncaughtException', onCrash)
      process.off('unhandledRejection', onCrash)
    },
  }
}

/** Ends this process with a word on why; every process of ours is killed at once. */
export function crash(session: Session, error: unknown): never {
  fail(crashWords(error), session.ctx.cleaner.clean)
  leave(session)
}

/** A full disk is nobody's bug; everything else is ours, and the stack says where. */
export function crashWords(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
    return 'No space is left on the disk that holds the state of this run (XDG_STATE_HOME). Every agent was stopped; post saves their work as far as there is space.'
  return `Internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

function leave(session: Session): never {
  session.killAll()
  process.exit(1)
}
