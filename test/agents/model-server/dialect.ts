import type { Offered, ToolCall } from './tools.ts'

/** What one answer says: text, or a call of a tool. */
export type Said = { readonly type: 'text'; readonly text: string } | { readonly type: 'call'; readonly call: ToolCall }

/** One event of an answer's stream: its data, with a name where the dialect names events. */
export interface StreamEvent {
  readonly name?: string
  readonly data: unknown
}

/** How one vendor's API is spoken. Requests come as parsed JSON of unknown shape. */
export interface Dialect {
  readonly name: 'anthropic' | 'responses' | 'chat' | 'gemini'
  /** Whether a request to this path is one for an answer. */
  readonly answers: (path: string) => boolean
  readonly model: (path: string, body: unknown) => string
  /** How many answers of this conversation the request already holds the results of. */
  readonly answered: (body: unknown) => number
  readonly offered: (body: unknown) => readonly Offered[]
  readonly streams: (path: string, body: unknown) => boolean
  /** The answer in pieces, of which the first one or two are a beginning. */
  readonly stream: (said: Said, model: string, id: (prefix: string) => string) => readonly StreamEvent[]
  /** The answer in one piece. */
  readonly whole: (said: Said, model: string, id: (prefix: string) => string) => unknown
  readonly error: (status: number, message: string) => unknown
}

/** What every answer costs, in the words of this project: `input` holds `cached`. */
export const TOKENS = { input: 2_000, cached: 800, output: 34 } as const
