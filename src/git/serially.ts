/** Runs one task after another, whatever becomes of each. */
export type Serially = <T>(task: () => Promise<T>) => Promise<T>

export function makeSerially(): Serially {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task, task)
    last = next.catch(() => undefined)
    return next
  }
}
