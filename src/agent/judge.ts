import type { Exit } from '../board/event.ts'
import type { Judgement, Seen } from './adapter.ts'
import type { FailureReason } from './event.ts'
import { failureOf, waitIn } from './failure.ts'

/**
 * How a process ended. Success needs both: that the agent said so, and exit code 0; some CLIs exit 0 when they are
 * stopped or cannot reach their model. Where the agent says nothing, its last try and its stderr are asked.
 */
export function judgeEnd(
  seen: Seen,
  exit: Exit,
  stderrTail: string,
  /** Exit codes that mean something for this CLI. */
  codes: Readonly<Record<number, FailureReason>> = {},
): Judgement {
  const { result } = seen
  const code = exit.type === 'code' ? exit.code : undefined
  if (result?.ok && code === 0) return { type: 'success', message: result.message }
  if (result?.ok) return failure(seen, 'crash', `It said that it was done, then ${exitWords(exit)}`)
  if (result) return failure(seen, result.reason, result.message)
  const last = lastLine(stderrTail)
  const known = code === undefined ? undefined : codes[code]
  if (known) return failure(seen, known, last === '' ? `It ${exitWords(exit)}` : last)
  if (seen.retry)
    return failure(seen, seen.retry.reason, `It ${exitWords(exit)} while it tried ${requestWords(seen.retry)}`)
  // A shell's codes for a child that a signal ended, too: what stands on stderr is not why.
  if (code === undefined || (code > 128 && code < 160)) return failure(seen, 'crash', `It ${exitWords(exit)}`)
  if (code === 0) return failure(seen, 'no-result', 'It exited with code 0 and never said that it was done')
  return failure(seen, failureOf(undefined, lastLines(stderrTail)), last === '' ? `It ${exitWords(exit)}` : last)
}

function failure(seen: Seen, reason: FailureReason, message: string): Judgement {
  const { resetsAt } = seen
  // An account that is used up until a time that is known is one to wait for.
  const known = reason === 'quota' && resetsAt !== undefined ? 'rate-limit' : reason
  const waits = known === 'rate-limit' || known === 'overloaded'
  return {
    type: 'failure',
    reason: known,
    message,
    retryAfterMs: waits ? waitIn(message) : undefined,
    resetsAt: waits || known === 'quota' ? resetsAt : undefined,
  }
}

/** How a process ended, as the end of a sentence. */
export function exitWords(exit: Exit): string {
  switch (exit.type) {
    case 'code':
      return `exited with code ${exit.code}`
    case 'signal':
      return `was killed by ${exit.signal}`
    case 'unknown':
      return 'ended in a way nobody could tell'
  }
}

const requestWords = ({ status }: NonNullable<Seen['retry']>): string =>
  status === undefined ? 'a failed request again' : `a request again that was answered with status ${status}`

/** Lines of stderr that may say why it ended; before them may stand anything, what its commands printed too. */
const TELLING_LINES = 5

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-TELLING_LINES).join('\n')

const lastLine = (text: string): string =>
  text
    .split('\n')
    .findLast((line) => line.trim() !== '')
    ?.trim() ?? ''
