/**
 * What any agent CLI says while it works, in one vocabulary. Texts come from the agent as they are: whole, of any length a
 * line may have, not cleaned of secrets and not safe to print. Whoever shows one cleans it first and cuts it after.
 */
export type AgentEvent =
  /** The conversation, as the CLI would find it again. */
  | { readonly type: 'session'; readonly id: string; readonly model: string | undefined }
  /** The agent says something. */
  | { readonly type: 'text'; readonly text: string }
  /** The agent begins to use a tool. `summary` is the command, the file, or whatever else says most about the call. */
  | { readonly type: 'tool'; readonly name: string; readonly summary: string }
  /** The CLI itself tries a request again. `status` is of the answer, where there was one and it is told. */
  | {
      readonly type: 'retry'
      readonly reason: FailureReason
      readonly status: number | undefined
      readonly delayMs: number | undefined
    }
  /** The account is used up until then; milliseconds since 1970. */
  | { readonly type: 'rate-limit'; readonly resetsAt: number }
  | ({ readonly type: 'usage' } & Usage)
  /** How the agent sees its own end. Only one that nothing comes after is the end. */
  | ({ readonly type: 'result' } & AgentResult)
  /** A line that is no event: what a CLI, or something it started, printed besides. */
  | { readonly type: 'log'; readonly text: string }

/** Totals of this process so far, so that the last one is enough. */
export interface Usage {
  /** Tokens read by the model, those from a cache among them. */
  readonly input: number
  /** The part of `input` that came from a cache, which costs less. */
  readonly cached: number
  /** Tokens written by the model, its thinking among them. */
  readonly output: number
  /** undefined where the CLI names no price. */
  readonly costUsd: number | undefined
}

export type AgentResult =
  | { readonly ok: true; readonly message: string }
  | { readonly ok: false; readonly reason: FailureReason; readonly message: string }

/** Why an agent did not do its work. */
export type FailureReason =
  /** Too many requests for now; worth waiting. */
  | 'rate-limit'
  /** The vendor cannot answer now: 5xx. Worth waiting. */
  | 'overloaded'
  /** The account has no money or allowance left; waiting a little does not help. */
  | 'quota'
  /** No key, or one that is not accepted. */
  | 'auth'
  /** A limit on money that the CLI was given. */
  | 'budget'
  /** A limit on turns that the CLI was given. */
  | 'max-turns'
  /** It may not do what it was told: the folder, a tool, anything at all with this key. */
  | 'permission'
  /** The model is not there, or not for this key. */
  | 'model'
  /** No connection, or one that broke. Worth trying again. */
  | 'network'
  /** It ended without saying how, or with an error of another kind. */
  | 'crash'
  /** It exited with 0 and never said that it was done. */
  | 'no-result'
