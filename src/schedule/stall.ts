/** Below this share of one core an agent that says nothing is not working either. */
const IDLE_SHARE = 0.01

/** Looks come every second; a gap this long is not a slow one. */
const PAUSE_SECONDS = 30

/** One look at a running command. Times in seconds on a clock that never jumps. */
export interface Look {
  readonly at: number
  /** Output came since the last look. */
  readonly output: boolean
  /** CPU seconds used by the tree so far. */
  readonly cpu: number
}

export type Liveliness =
  | { readonly type: 'active' }
  /** No output for half of the window: shown, not acted upon. */
  | { readonly type: 'quiet'; readonly since: number; readonly cpuShare: number }
  /** No output and no CPU for the whole window. */
  | { readonly type: 'stalled'; readonly since: number }

/**
 * Tells quiet from dead: a command is stalled when it printed nothing for `window` seconds AND its process tree used less
 * than 1 % of a core over them. A long build is quiet and busy; a hung connection is quiet and idle.
 */
export class StallWatch {
  readonly #window: number
  #lastOutput: number
  #looks: { at: number; cpu: number }[]

  constructor(window: number, start: number) {
    this.#window = window
    this.#lastOutput = start
    this.#looks = [{ at: start, cpu: 0 }]
  }

  look({ at, output, cpu }: Look): Liveliness {
    // A look that is long overdue says that we were paused, and the agent perhaps with us: the window begins anew.
    if (at - (this.#looks.at(-1)?.at ?? at) > PAUSE_SECONDS) {
      this.#lastOutput = at
      this.#looks = []
    }
    this.#looks.push({ at, cpu })
    // The newest look that is a whole window old stays: the window begins there.
    while ((this.#looks[1]?.at ?? at) <= at - this.#window) this.#looks.shift()
    if (output) this.#lastOutput = at
    const silent = at - this.#lastOutput
    if (silent < this.#window / 2) return { type: 'active' }
    const first = this.#looks[0] ?? { at, cpu }
    const span = at - first.at
    const cpuShare = span > 0 ? (cpu - first.cpu) / span : 0
    const whole = silent >= this.#window && span >= this.#window
    return whole && cpuShare < IDLE_SHARE
      ? { type: 'stalled', since: this.#lastOutput }
      : { type: 'quiet', since: this.#lastOutput, cpuShare }
  }
}
