import type { Judgement } from '../agent/adapter.ts'
import type { FailureReason } from '../agent/event.ts'
import type { Outcome } from '../outcome/outcome.ts'
import { unreachable } from '../result.ts'
import type { AttemptFailure, FailureClass } from '../schedule/failure.ts'
import { type AskedModel, unknownModelWords } from './asked-model.ts'
import type { CommandEnd } from './command.ts'
import { judgeAgent, type Limits } from './judge.ts'

/** What an attempt of an agent comes to. */
export type AttemptEnd =
  /** Nothing against it yet: its work is looked at next. */
  | { readonly type: 'well' }
  /** The end of the worker. */
  | { readonly type: 'over'; readonly outcome: Outcome }
  /** Its provider let it down: the scheduler is asked what to do. */
  | { readonly type: 'let-down'; readonly failure: AttemptFailure; readonly message: string }

/** The same moment, epoch milliseconds. */
export interface Clocks {
  /** As the machine says it now, and its providers: they tell by it when they listen again. */
  readonly wall: number
  /** As this run counts it: it never jumps, and may be hours behind on a machine that slept. */
  readonly steady: number
}

/** What an agent was given, for whoever has to correct it. */
export interface Given {
  /** The job's variable that holds the key, where there is one. */
  readonly secret?: string | undefined
  readonly model: AskedModel
}

/** Our own stop first, then how the process ended and what the agent itself said of its end. Exit 0 alone is not success. */
export function judgeAttempt(
  end: CommandEnd,
  judgement: Judgement | undefined,
  limits: Limits,
  now: Clocks,
  given: Given,
): AttemptEnd {
  const exit = judgeAgent(end, limits)
  if (end.type !== 'ended') return exit ? { type: 'over', outcome: exit } : { type: 'well' }
  if (judgement === undefined || judgement.type === 'success')
    return exit ? { type: 'over', outcome: exit } : { type: 'well' }
  const { reason, message, retryAfterMs } = judgement
  const outcome = outcomeFor(reason, message, exit, given)
  const kind = classOf(reason)
  if (kind === undefined) return { type: 'over', outcome }
  const wait = judgement.resetsAt === undefined ? retryAfterMs : judgement.resetsAt - now.wall
  const resetsAt = wait === undefined ? undefined : now.steady + wait
  return {
    type: 'let-down',
    message,
    failure: { class: kind, outcome, ...(resetsAt === undefined ? {} : { resetsAt }) },
  }
}

/** How the worker ends if nothing more is tried. The agent's own words go before the bare exit code. */
function outcomeFor(
  reason: FailureReason,
  message: string,
  exit: Outcome | undefined,
  { secret, model }: Given,
): Outcome {
  switch (reason) {
    case 'rate-limit':
      return { type: 'rate-limited', message }
    case 'quota':
      return { type: 'quota-exhausted', message }
    case 'auth':
    case 'permission':
      return { type: 'auth-failed', message, ...(secret === undefined ? {} : { secret }) }
    case 'model':
      return unknownModel(model, message)
    case 'budget':
      return { type: 'budget-exceeded', message }
    case 'max-turns':
      return { type: 'max-turns', message }
    case 'no-result':
      return { type: 'no-result', message }
    case 'overloaded':
    case 'network':
      return { type: 'provider-failed', cause: reason, message }
    case 'crash':
      return exit ? { ...exit, message: message === '' ? exit.message : message } : { type: 'no-result', message }
    default:
      return unreachable(reason)
  }
}

const unknownModel = (model: AskedModel, said: string): Outcome => ({
  type: 'unknown-model',
  message: unknownModelWords(model, said),
  ...(model.name === undefined ? {} : { model: model.name }),
  ...(model.from === undefined ? {} : { from: model.from }),
  ...(model.line === undefined ? {} : { line: model.line }),
})

function classOf(reason: FailureReason): FailureClass | undefined {
  switch (reason) {
    case 'rate-limit':
    case 'quota':
    case 'overloaded':
    case 'network':
    case 'auth':
    case 'permission':
    case 'model':
      return reason
    case 'budget':
    case 'max-turns':
    case 'crash':
    case 'no-result':
      return undefined
    default:
      return unreachable(reason)
  }
}
