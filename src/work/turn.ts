import type { Outcome } from '../outcome/outcome.ts'

/** One attempt that a worker may make. */
export interface Turn {
  /** By name, as the run was given it. */
  readonly account: string
  /** 1-based. */
  readonly attempt: number
  /** The agent's process starts no earlier, epoch milliseconds: starts on one account are apart. */
  readonly notBefore: number
}

/** What a worker is told that asked what to do after an attempt. */
export type Answer =
  | { readonly type: 'go-on'; readonly turn: Turn }
  /** No other attempt follows. */
  | { readonly type: 'give-up'; readonly outcome: Outcome }
