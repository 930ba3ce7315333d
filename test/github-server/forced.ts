import type { ServerResponse } from 'node:http'

/** An answer that says no. */
export interface Refusal {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What is answered instead of the truth. */
export type Forced =
  | Refusal
  /** The connection is cut before anything was done. */
  | 'reset'
  /** What was asked is done, and the answer is lost. */
  | 'reset-after'
  /** A byte now and then, and never an end. */
  | 'trickle'
  /** Nothing, ever. */
  | 'silence'

export const BAD_CREDENTIALS: Refusal = { status: 401, message: 'Bad credentials' }
export const FORBIDDEN: Refusal = { status: 403, message: 'Resource not accessible by integration' }
export const NOT_FOUND: Refusal = { status: 404, message: 'Not Found' }
export const BROKEN: Refusal = { status: 502, message: 'Server Error' }

export const noCommit = (sha: string): Refusal => ({ status: 422, message: `No commit found for SHA: ${sha}` })

/** The primary limit, or too many at once: GitHub says when to come back. */
export const tooMany = (seconds: number): Refusal => ({
  status: 429,
  message: 'Too many requests',
  headers: { 'retry-after': String(seconds) },
})

/** Without seconds, as GitHub does it at times: then a minute is to be waited. */
export const secondaryLimit = (seconds?: number): Refusal => ({
  status: 403,
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
})

const TRICKLE_MS = 300

/** Answers a byte at a time until somebody has enough. */
export function trickle(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{')
  const timer = setInterval(() => response.write(' '), TRICKLE_MS).unref()
  response.on('close', () => clearInterval(timer)).on('error', () => clearInterval(timer))
}
