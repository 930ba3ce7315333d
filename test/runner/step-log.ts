import type { SecretMask } from './secret-mask.ts'
import { KNOWN_COMMANDS, parseWorkflowCommand, type WorkflowCommand } from './workflow-command.ts'

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  /** `file`, `line`, `title`, … as given. */
  readonly properties: Readonly<Record<string, string>>
}

interface Waiter {
  readonly pattern: RegExp
  readonly resolve: (line: string) => void
  readonly reject: (reason: Error) => void
}

/** One step's log: obeys the workflow commands in it, and keeps the lines that a person would see. */
export class StepLog {
  /** As the log shows them: secrets masked, commands as `##[group]…`, `##[error]…`; silent commands are not there. */
  readonly lines: string[] = []
  readonly annotations: Annotation[] = []
  /** By `save-state`. */
  readonly state: Record<string, string> = {}
  /** By `set-output`. */
  readonly outputs: Record<string, string> = {}
  /** A command that the runner refuses fails the step. */
  readonly problems: string[] = []

  readonly #mask: SecretMask
  readonly #onLine: (line: string) => void
  readonly #names = new Set(KNOWN_COMMANDS)
  readonly #waiters = new Set<Waiter>()
  #stopToken: string | undefined
  #ended = false

  constructor(mask: SecretMask, onLine: (line: string) => void) {
    this.#mask = mask
    this.#onLine = onLine
  }

  /** One line that the step printed, without its line end. */
  read(line: string): void {
    const command = parseWorkflowCommand(line, this.#names)
    const shown = command ? this.#obey(command, line) : line
    if (shown !== undefined) this.#show(shown)
  }

  /** Resolves with the first line, seen or to come, that matches; rejects when the step ends without one. */
  waitForLine(pattern: RegExp): Promise<string> {
    const seen = this.lines.find((line) => pattern.test(line))
    if (seen !== undefined) return Promise.resolve(seen)
    return new Promise((resolve, reject) => {
      const waiter = { pattern, resolve, reject }
      if (this.#ended) reject(this.#missing(waiter))
      else this.#waiters.add(waiter)
    })
  }

  /** Something in a command or in a file of commands that the runner refuses. */
  refuse(message: string): void {
    this.problems.push(message)
    this.annotations.push({ level: 'error', message, properties: {} })
    this.#show(`##[error]${message}`)
  }

  /** No more lines will come. */
  end(): void {
    this.#ended = true
    for (const waiter of this.#waiters) waiter.reject(this.#missing(waiter))
    this.#waiters.clear()
  }

  #missing(waiter: Waiter): Error {
    return new Error(`the step ended without ${waiter.pattern}; its last lines:\n${this.lines.slice(-20).join('\n')}`)
  }

  #show(line: string): void {
    const shown = this.#mask.apply(line)
    this.lines.push(shown)
    this.#onLine(shown)
    for (const waiter of this.#waiters) {
      if (!waiter.pattern.test(shown)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(shown)
    }
  }

  /** Does what a command says, and answers what the log shows of it: often nothing. */
  #obey(command: WorkflowCommand, line: string): string | undefined {
    const { name, properties, data } = command
    if (this.#stopToken !== undefined) {
      if (name === this.#stopToken) {
        this.#names.delete(name)
        this.#stopToken = undefined
      }
      return line
    }
    switch (name) {
      case 'add-mask':
        this.#mask.add(data)
        return undefined
      case 'save-state':
      case 'set-output': {
        const key = properties['name']
        const values = name === 'save-state' ? this.state : this.outputs
        if (key) values[key] = data
        else this.refuse(`Unable to process command '${name}': it has no name.`)
        return undefined
      }
      case 'set-env':
      case 'add-path':
        this.refuse(`The \`${name}\` command is disabled.`)
        return undefined
      case 'stop-commands':
        this.#stopToken = data.toLowerCase()
        this.#names.add(this.#stopToken)
        return line
      case 'error':
      case 'warning':
      case 'notice':
        this.annotations.push({ level: name, message: this.#mask.apply(data), properties })
        return `##[${name}]${data}`
      case 'group':
      case 'endgroup':
        return `##[${name}]${data}`
      case 'debug':
      case 'echo':
      case 'add-matcher':
      case 'remove-matcher':
        return undefined
      default:
        throw new Error(`no rule for the command ${name}`)
    }
  }
}
