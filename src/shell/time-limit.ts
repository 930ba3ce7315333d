import { createContext, Script } from 'node:vm'

const TIMEOUT = 'ERR_SCRIPT_EXECUTION_TIMEOUT'

/**
 * Runs a task of pure computation that may be made to take for ever, such as a regular expression from a file on text from an
 * agent; undefined where its time was up. Nothing else happens meanwhile, so the time is to be short. V8 ends the task even inside a
 * regular expression.
 */
export function withinTime<T>(milliseconds: number, task: () => T): { readonly value: T } | undefined {
  let done: { value: T } | undefined
  const run = (): void => {
    done = { value: task() }
  }
  try {
    new Script('run()').runInContext(createContext({ run }), { timeout: milliseconds })
  } catch (error) {
    // The error belongs to the context, so it is no instance of our `Error`.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === TIMEOUT) return undefined
    throw error
  }
  return done
}
