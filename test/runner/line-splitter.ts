/** Cuts a stream of text into lines where the runner does: at LF, CRLF and a lone CR. */
export class LineSplitter {
  #rest = ''
  readonly #onLine: (line: string) => void

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
  }

  /** What stands behind the last line end is a line too. */
  end(): void {
    const last = this.#rest.replace(/\r$/, '')
    this.#rest = ''
    if (last !== '') this.#onLine(last)
  }
}
