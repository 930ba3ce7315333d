import { unreachable } from '../result.ts'

/** Why a run or a worker was told to stop. The first cause wins. */
export type StopCause =
  | 'signal'
  | 'fail-fast'
  | 'deadline'
  /** `max-cost-usd` is spent: nothing new starts, and what runs may end. */
  | 'budget'
  | 'timed-out'
  | 'stalled'
  /** The action itself was killed; said afterwards, by post or the next run. */
  | 'killed'

interface Said {
  /** One sentence for people: the cause first, no advice (see advice.ts). Cleaned of secrets before it is stored. */
  readonly message: string
}

/** Why a worker ended. Exactly one for each worker. */
export type Outcome =
  /** The agent ended well, its commits are on the branch, criteria are ticked, `verify` passed. */
  | ({ readonly type: 'completed' } & Said)
  /** Ended well with nothing to commit, where `allow-no-commits` is set. */
  | ({ readonly type: 'no-changes' } & Said)
  /** The agent exited with a code other than 0. */
  | ({ readonly type: 'exit-non-zero'; readonly code: number } & Said)
  /** The agent was killed by a signal that was not ours. */
  | ({ readonly type: 'signal'; readonly signal: string } & Said)
  /** The agent could not be started. */
  | ({ readonly type: 'spawn-error' } & Said)
  /** Longer than `timeout-minutes`; stopped by us. */
  | ({ readonly type: 'timed-out'; readonly minutes: number } & Said)
  /** No output and no CPU for `stall-minutes`; stopped by us. */
  | ({ readonly type: 'stalled'; readonly minutes: number } & Said)
  /** Exit 0, but no commit and no change. */
  | ({ readonly type: 'no-commits' } & Said)
  /** Exit 0, but acceptance criteria are left open. */
  | ({
      readonly type: 'criteria-unchecked'
      readonly total: number
      /** `line` is 1-based in the spec file as the agent left it, before its end was written into the front matter. */
      readonly open: readonly { readonly text: string; readonly line: number }[]
    } & Said)
  /** Exit 0, but the agent's stream never said that it had finished. */
  | ({ readonly type: 'no-result' } & Said)
  /** The agent's provider had no room for it, in every attempt. */
  | ({ readonly type: 'rate-limited' } & Said)
  /** The provider could not answer, or could not be reached, in every attempt. */
  | ({ readonly type: 'provider-failed'; readonly cause: 'overloaded' | 'network' } & Said)
  /** The provider refused the key, or what it was used for. `secret` is the job's variable that holds it, where there is one. */
  | ({ readonly type: 'auth-failed'; readonly secret?: string } & Said)
  /** The provider has no such model, or not for this key. */
  | ({
      readonly type: 'unknown-model'
      /** As it was asked for; absent where it is the agent's own choice. */
      readonly model?: string
      /** Who asked for it, for people: `input model`, `.chant/specs/a.md:4`. */
      readonly from?: string
      /** 1-based line in the spec's file, where the spec asks for it. */
      readonly line?: number
    } & Said)
  /** The agent used all the turns that it was given. */
  | ({ readonly type: 'max-turns' } & Said)
  /** The agent's own limit of cost was reached. */
  | ({ readonly type: 'budget-exceeded' } & Said)
  /** The result in its output does not fit the JSON Schema that the spec names, or is not there; where the project is strict. */
  | ({
      readonly type: 'output-invalid'
      /** Path of the schema, as the spec names it. */
      readonly schema: string
      /** What is wrong, a line each: `/findings/0: must be string`. */
      readonly errors: readonly string[]
    } & Said)
  | ({ readonly type: 'setup-failed' } & Said)
  | ({ readonly type: 'verify-failed' } & Said)
  /** The agent changed the main checkout while no other worker was alive. */
  | ({ readonly type: 'checkout-touched'; readonly files: readonly string[] } & Said)
  /** The worktree could not be made, or it or its branch is not as we made it. */
  | ({
      readonly type: 'worktree-error'
      /** It could not be made: no command was ever started in it, and it is gone. Absent where one was, and everything is kept. */
      readonly stage?: 'preparing'
    } & Said)
  /** The branches of its dependencies cannot be merged into one start. */
  | ({ readonly type: 'merge-conflict'; readonly files: readonly string[] } & Said)
  /** The branch could not be brought back into the workspace's repository. */
  | ({ readonly type: 'publish-error' } & Said)
  /** We lost track of it: the machine restarted, or the process lives in another pid namespace. */
  | ({ readonly type: 'lost' } & Said)
  | ({ readonly type: 'internal-error' } & Said)
  /** Never started: a spec it depends on did not succeed. */
  | ({ readonly type: 'dependency-failed'; readonly needs: readonly string[] } & Said)
  /** Never started: the run was stopped before its turn. */
  | ({ readonly type: 'cancelled-before-start'; readonly cause: StopCause } & Said)
  /** No account has any quota left: nobody's fault, and worth another run later. It alone does not fail the step. */
  | ({ readonly type: 'quota-exhausted' } & Said)
  /** Never started: `max-cost-usd` was spent before its turn. */
  | ({ readonly type: 'budget-reached' } & Said)
  /** Never started: `deadline-minutes` came before its turn. */
  | ({ readonly type: 'deadline-reached' } & Said)
  /** Stopped by us while it worked. */
  | ({ readonly type: 'cancelled'; readonly cause: StopCause } & Said)

export type OutcomeType = Outcome['type']

/** How an outcome counts. Only `failed` and `cancelled` fail the step by themselves. */
export type Verdict = 'succeeded' | 'failed' | 'cancelled' | 'not-run'

export function verdict(outcome: Outcome): Verdict {
  switch (outcome.type) {
    case 'completed':
    case 'no-changes':
      return 'succeeded'
    case 'cancelled':
      return 'cancelled'
    case 'dependency-failed':
    case 'cancelled-before-start':
    case 'deadline-reached':
    case 'budget-reached':
    case 'quota-exhausted':
      return 'not-run'
    case 'exit-non-zero':
    case 'signal':
    case 'spawn-error':
    case 'timed-out':
    case 'stalled':
    case 'no-commits':
    case 'criteria-unchecked':
    case 'no-result':
    case 'rate-limited':
    case 'provider-failed':
    case 'auth-failed':
    case 'unknown-model':
    case 'max-turns':
    case 'budget-exceeded':
    case 'output-invalid':
    case 'setup-failed':
    case 'verify-failed':
    case 'checkout-touched':
    case 'worktree-error':
    case 'merge-conflict':
    case 'publish-error':
    case 'lost':
    case 'internal-error':
      return 'failed'
    default:
      return unreachable(outcome)
  }
}

/** The conclusion of a whole run, in GitHub's words. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'neutral'
