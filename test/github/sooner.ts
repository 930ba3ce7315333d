import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What a promise comes to, if it does before a timer of so many milliseconds that begins now. For what is a matter of timers alone
 * a machine that stands still proves nothing: it holds up both, and they ring in their order.
 */
export async function sooner<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  const settled = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`nothing came of it within ${milliseconds} ms`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    settled.abort()
  }
}
