import { unreachable } from '../result.ts'
import type { Outcome, StopCause } from './outcome.ts'

/** Why we stopped something, as the end of a sentence: `stopped: <words>`. */
export function causeWords(cause: StopCause): string {
  switch (cause) {
    case 'signal':
      return 'the run was cancelled'
    case 'fail-fast':
      return 'another spec failed and fail-fast is set'
    case 'deadline':
      return 'the time of the run was up'
    case 'budget':
      return 'max-cost-usd is spent'
    case 'timed-out':
      return 'the attempt took longer than timeout-minutes'
    case 'stalled':
      return 'no sign of life from the agent'
    case 'killed':
      return 'the action was killed'
    default:
      return unreachable(cause)
  }
}

/** An outcome in a few words, for a table cell or the end of a line. Plain text; may hold names from a spec. */
export function headline(outcome: Outcome): string {
  switch (outcome.type) {
    case 'completed':
      return 'completed'
    case 'no-changes':
      return 'nothing to change'
    case 'exit-non-zero':
      return `exit code ${outcome.code}`
    case 'signal':
      return `killed by ${outcome.signal}`
    case 'spawn-error':
      return 'agent did not start'
    case 'timed-out':
      return `timed out after ${outcome.minutes}m`
    case 'stalled':
      return `silent for ${outcome.minutes}m`
    case 'no-commits':
      return 'no commits'
    case 'criteria-unchecked':
      return outcome.total === 1 ? '1 criterion open' : `${outcome.open.length} of ${outcome.total} criteria open`
    case 'no-result':
      return 'ended without a result'
    case 'rate-limited':
      return 'rate limited'
    case 'provider-failed':
      return outcome.cause === 'overloaded' ? 'provider overloaded' : 'provider not reached'
    case 'auth-failed':
      return 'key refused'
    case 'unknown-model':
      return outcome.model === undefined ? 'no such model' : `no model ${outcome.model}`
    case 'max-turns':
      return 'out of turns'
    case 'budget-exceeded':
      return 'out of budget'
    case 'quota-exhausted':
      return 'no quota left'
    case 'budget-reached':
      return 'not started, budget spent'
    case 'output-invalid':
      return 'result does not fit its schema'
    case 'setup-failed':
      return 'setup failed'
    case 'verify-failed':
      return 'verify failed'
    case 'checkout-touched':
      return 'main checkout changed'
    case 'worktree-error':
      return outcome.stage === 'preparing' ? 'worktree could not be made' : 'worktree not as we made it'
    case 'publish-error':
      return 'branch not brought back'
    case 'lost':
      return 'lost track of it'
    case 'internal-error':
      return 'error in chant-action'
    case 'merge-conflict':
      return 'merge conflict'
    case 'dependency-failed':
      return `needs ${outcome.needs.join(', ')}`
    case 'cancelled-before-start':
      return 'not started'
    case 'deadline-reached':
      return 'not started in time'
    case 'cancelled':
      return 'cancelled'
    default:
      return unreachable(outcome)
  }
}

/** What to do about an outcome: one or two short sentences; `names` of inputs and commands in backticks. Empty after success. */
export function advice(outcome: Outcome): string {
  switch (outcome.type) {
    case 'completed':
    case 'no-changes':
      return ''
    case 'exit-non-zero':
      return adviceForExit(outcome.code)
    case 'signal':
      return outcome.signal === 'SIGKILL'
        ? 'Most often the machine ran out of memory: lower `max-parallel`, or take a larger runner.'
        : 'The signal did not come from this action. The end of the log may say what crashed.'
    case 'spawn-error':
      return 'Install the agent in a step before this one, and make sure that it is on PATH.'
    case 'timed-out':
      return 'Raise `timeout-minutes`, or split the spec. What was done until then is on its branch.'
    case 'stalled':
      return 'It may have waited for an answer or for the network: let the agent run without questions. `stall-minutes` sets the patience.'
    case 'no-commits':
      return 'See in the log what the agent took for done. If nothing to change is a good end, set `allow-no-commits`.'
    case 'criteria-unchecked':
      return 'Finish the open criteria, or tick them in the spec where they are met; the work is kept on its branch. `skip-criteria` turns this check off.'
    case 'no-result':
      return 'The agent ended with exit code 0 in the middle of its work, as when it is interrupted. The end of its log says how far it came; what was done is on its branch.'
    case 'rate-limited':
      return 'Lower `max-parallel`, raise `max-attempts`, or give more accounts with `agents`. What was done is on its branch.'
    case 'provider-failed':
      return outcome.cause === 'overloaded'
        ? 'Its provider could not answer: run again later, raise `max-attempts`, or give another `agent`. What was done is on its branch.'
        : 'Look whether this runner can reach the provider (proxy, firewall, base URL), and run again. What was done is on its branch.'
    case 'auth-failed':
      return adviceForKey(outcome.secret)
    case 'unknown-model':
      return adviceForModel(outcome)
    case 'max-turns':
      return 'Raise `max-turns`, or split the spec. What was done is on its branch.'
    case 'budget-exceeded':
      return 'Raise the limit that the agent was given in `agent-args`, or split the spec. What was done is on its branch.'
    case 'quota-exhausted':
      return 'Run again when the quota is back, or give more accounts with `agents`. The spec stays ready.'
    case 'budget-reached':
      return 'Run again to work it, or raise `max-cost-usd`.'
    case 'output-invalid':
      return 'See in the log what the agent gave as its result, and compare it with `output_schema` of the spec. Run it again, or correct the schema; the work is kept on its branch.'
    case 'setup-failed':
      return 'Correct the `setup` command. It runs in a fresh worktree that holds only committed files; the agent was not started.'
    case 'verify-failed':
      return 'Correct on the branch what `verify` complains about (the end of the log), or the command itself. The work is kept.'
    case 'checkout-touched':
      return 'Look at these files in the workspace. Tell the agent to stay inside the directory that it is started in.'
    case 'worktree-error':
      return outcome.stage === 'preparing'
        ? 'No agent was started. Remove what is in the way, then run the spec again.'
        : 'Nothing was removed: look at the branch and the log. The agent may have switched, moved or rewritten its branch.'
    case 'publish-error':
      return 'The work is kept with the logs. Remove the cause, then run the spec again.'
    case 'lost':
      return 'Run the spec again. If it had changed anything, that is saved on its branch.'
    case 'internal-error':
      return 'This is a bug in chant-action: please report it with this message and the log.'
    case 'merge-conflict':
      return 'Merge these branches by hand, or let one spec depend on the other, then run again. Both sides are kept.'
    case 'dependency-failed':
      return `Correct ${outcome.needs.join(', ')} first, then run again.`
    case 'cancelled-before-start':
      return 'Run again to work it.'
    case 'deadline-reached':
      return 'Run again to work it; `deadline-minutes` sets when the run ends.'
    case 'cancelled':
      return 'Run again to work it. What was done until then is on its branch.'
    default:
      return unreachable(outcome)
  }
}

function adviceForKey(secret: string | undefined): string {
  const what =
    secret === undefined
      ? 'what this agent is logged in with, the secret that holds its key or its login on this runner'
      : `the secret that \`${secret}\` is set from`
  return `Check ${what}: that it is there for this workflow, is not expired, and is allowed what the agent asks for.`
}

function adviceForModel({ model }: Extract<Outcome, { type: 'unknown-model' }>): string {
  if (model === undefined) return 'Name one that this key may use: input `model`, or `model` in the spec.'
  return 'Correct the name, or give this key the right to use that model.'
}

/** Exit codes with a meaning of their own in every shell (POSIX, "Exit Status for Commands"). */
function adviceForExit(code: number): string {
  if (code === 127)
    return 'A program that `command` runs was not found: install it in a step before this one or in `setup`, and make sure that it is on PATH.'
  if (code === 126)
    return 'A command was found but may not be executed: set its executable bit (`git update-index --chmod=+x`).'
  if (code === 137)
    return 'It was killed, most often for lack of memory: lower `max-parallel`, or take a larger runner.'
  return 'The agent ended by itself: the end of its log says why. What was done until then is on its branch.'
}
