/**
 * One timer for everything that has to be looked at while agents run and has no event of its own: descendants, growing
 * output, the heartbeat.
 */
export class Pulse implements Disposable {
  readonly #listeners = new Set<() => void>()
  readonly #timer: NodeJS.Timeout

  constructor(periodMs: number) {
    this.#timer = setInterval(() => {
      for (const listener of this.#listeners) listener()
    }, periodMs)
  }

  /** Calls `listener` at every beat until the answer is called. */
  each(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
