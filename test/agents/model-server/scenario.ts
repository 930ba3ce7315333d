/**
 * What a scripted model does in one conversation, turn by turn. One model for every dialect: a turn knows nothing of how
 * a vendor writes it.
 */
export type Turn = Answer | Fault

/** A turn that a conversation goes on from. */
export type Answer =
  | { readonly type: 'text'; readonly text: string }
  /** A command for the shell tool the CLI offers. */
  | { readonly type: 'shell'; readonly command: string }
  /** A file for the edit tool the CLI offers; `path` is relative to the worktree. */
  | { readonly type: 'write'; readonly path: string; readonly content: string }

/** A turn that goes wrong; it comes back `times` times, counted over all attempts, before the next one is given. */
export type Fault =
  /** An HTTP error as the vendor words it. */
  | {
      readonly type: 'status'
      readonly status: number
      readonly times: number
      /** Seconds, as the header has it. */
      readonly retryAfter?: number
      /** Besides those of the dialect. */
      readonly headers?: Readonly<Record<string, string>>
      readonly message?: string
      /** In the place of the dialect's own form. */
      readonly body?: unknown
    }
  /** The connection breaks in the middle of an answer. */
  | { readonly type: 'cut'; readonly times: number }
  /** An answer that begins and never goes on. */
  | { readonly type: 'hang'; readonly times: number }

/** The last answer is given again for ever, so that a scenario of one tool call is an agent that never ends. */
export type Scenario = readonly Turn[]

export const say = (text: string): Answer => ({ type: 'text', text })
export const shell = (command: string): Answer => ({ type: 'shell', command })
export const write = (path: string, content: string): Answer => ({ type: 'write', path, content })

type StatusOptions = Omit<Extract<Fault, { type: 'status' }>, 'type' | 'status'>

/** An error once, or as often as `times` says. */
export const fail = (status: number, over: Partial<StatusOptions> = {}): Fault => ({
  type: 'status',
  status,
  times: 1,
  ...over,
})
export const FOR_EVER = Number.POSITIVE_INFINITY
export const cut = (times = 1): Fault => ({ type: 'cut', times })
export const hang = (times = 1): Fault => ({ type: 'hang', times })

/**
 * Where one conversation stands. How far it is is read from the request (so many tool results, so many answers), because
 * a CLI that starts again begins at the first turn; only faults are counted here.
 */
export class Conversation {
  readonly #scenario: Scenario
  readonly #given = new Map<number, number>()

  constructor(scenario: Scenario) {
    this.#scenario = scenario
  }

  /** The turn after `answered` answers. */
  next(answered: number): Turn {
    let answers = 0
    let last: Answer = say('Done.')
    for (const [index, turn] of this.#scenario.entries()) {
      if (isAnswer(turn)) {
        if (answers === answered) return turn
        answers += 1
        last = turn
      } else if (answers === answered) {
        const given = this.#given.get(index) ?? 0
        if (given >= turn.times) continue
        this.#given.set(index, given + 1)
        return turn
      }
    }
    return last
  }
}

export function isAnswer(turn: Turn): turn is Answer {
  return turn.type === 'text' || turn.type === 'shell' || turn.type === 'write'
}
