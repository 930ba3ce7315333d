import { writeFileSync } from 'node:fs'
import type { Environment } from '../inputs.ts'
import { messageOf } from '../message.ts'
import { type LogLine, textLine } from '../report/log-line.ts'
import { print } from './printer.ts'

/**
 * The job summary of this step: the runner reads the file when the step's process has ended, so that what stands there
 * when a step is killed is what people see. Not being able to write it is no reason to fail, and is said once.
 */
export class StepSummary {
  readonly #path: string
  readonly #clean: (text: string) => string
  #said = false

  constructor(env: Environment, clean: (text: string) => string) {
    this.#path = env['GITHUB_STEP_SUMMARY'] ?? ''
    this.#clean = clean
  }

  /** Puts it in the place of what the step wrote before. `markdown` holds no secret. */
  write(markdown: string): void {
    if (this.#path === '') return this.#say(textLine('note  no job summary: GITHUB_STEP_SUMMARY names no file'))
    try {
      writeFileSync(this.#path, markdown)
    } catch (error) {
      const message = `The job summary cannot be written to ${this.#path}: ${messageOf(error)}`
      this.#say({ type: 'annotation', level: 'warning', message })
    }
  }

  #say(line: LogLine): void {
    if (!this.#said) print([line], this.#clean)
    this.#said = true
  }
}
