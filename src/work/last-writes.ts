import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveChecks } from '../github/live-checks.ts'
import { count, duration } from '../report/durations.ts'
import { textLine } from '../report/log-line.ts'
import { clip } from '../report/visible.ts'
import { print } from '../shell/printer.ts'
import type { Cleaner } from '../shell/secrets.ts'

/** A wait of which nobody has to be told. Milliseconds. */
const MOMENT_MS = 3_000

/**
 * Waits while `wait` writes to GitHub, with all that follows at most `milliseconds`. Where that takes more than a moment the log says
 * what is waited for: at the end of a run nothing else moves.
 */
export async function sayingSo(
  checks: LiveChecks,
  milliseconds: number,
  cleaner: Cleaner,
  wait: () => Promise<void>,
): Promise<void> {
  const done = new AbortController()
  const telling = sleep(MOMENT_MS, undefined, { signal: done.signal, ref: false }).then(
    () =>
      say(
        checks,
        (what) => `waiting for GitHub, at most ${Math.round(milliseconds / 1000)} s, to take ${what}`,
        cleaner,
      ),
    () => undefined,
  )
  try {
    await wait()
  } finally {
    done.abort()
    await telling
  }
}

/**
 * Waits until everything is written, at most `milliseconds`; where GitHub has said itself when it will listen again, until then and for what is
 * left, at most `patience` milliseconds more. Then nothing more is written.
 */
export async function endChecks(
  checks: LiveChecks,
  { milliseconds, patience }: { readonly milliseconds: number; readonly patience: number },
  cleaner: Cleaner,
): Promise<void> {
  await checks.flush(milliseconds)
  const { pausedFor } = checks
  if (pausedFor > 0 && pausedFor < patience) {
    const seconds = Math.ceil(pausedFor / 1000)
    say(checks, (what) => `waiting ${seconds} s, as GitHub asks, for it to take ${what}`, cleaner)
    await checks.flush(patience)
  }
  await checks.close(0)
}

/** For the end of the main step: somebody goes on. */
export const sayLeft = (checks: LiveChecks, cleaner: Cleaner): void =>
  say(checks, (what) => `left to the post step: ${what}`, cleaner)

/** For the end of the post step, where nobody does; undefined where GitHub has everything. */
export function neverTaken(checks: LiveChecks): string | undefined {
  const what = pendingWords(checks)
  const isAsked = checks.pending.trouble === undefined && checks.pausedFor > 0
  const why = isAsked ? `: it has asked to be left alone for another ${duration(checks.pausedFor)}` : ''
  return (
    what && `GitHub did not take ${what}${why}. What it shows of this run is old; results, summary and logs are whole.`
  )
}

function say(checks: LiveChecks, words: (what: string) => string, { clean }: Cleaner): void {
  const what = pendingWords(checks)
  if (what) print([textLine(words(what))], clean)
}

/** `the end of 2 check runs and the comment (last try: 502 Server Error)`. */
function pendingWords({ pending: { checks, comments, trouble } }: LiveChecks): string | undefined {
  const what = [
    ...(checks > 0 ? [`the end of ${count(checks, 'check run')}`] : []),
    ...(comments > 0 ? ['the comment'] : []),
  ]
  if (what.length === 0) return undefined
  const status = trouble?.status === undefined ? '' : `${trouble.status} `
  return what.join(' and ') + (trouble ? ` (last try: ${status}${clip(trouble.message, 200)})` : '')
}
