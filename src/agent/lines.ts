/** A longer line is no event of any CLI: agents put whole files into one, so it is long. Characters. */
const LONGEST = 4 * 1024 * 1024
/** So much of a line that is too long is still shown. Characters. */
const SHOWN = 1_000

/** Makes lines of pieces that end anywhere, in bounded memory. */
export class Lines {
  #partial: string[] = []
  #length = 0

  /** Lines that this piece completes, without their ends. */
  push(piece: string): readonly string[] {
    const [first = '', ...rest] = piece.split('\n')
    this.#hold(first)
    if (rest.length === 0) return []
    const lines = [this.#take(), ...rest.slice(0, -1).map(whole)]
    this.#hold(rest.at(-1) ?? '')
    return lines
  }

  /** What comes after the last line end. */
  end(): readonly string[] {
    return this.#length === 0 ? [] : [this.#take()]
  }

  #hold(part: string): void {
    // Beyond the limit only the length is kept: the line will be cut anyway.
    if (this.#length <= LONGEST && part !== '') this.#partial.push(part.slice(0, LONGEST + 1))
    this.#length += part.length
  }

  #take(): string {
    const line = this.#partial.join('')
    const length = this.#length
    this.#partial = []
    this.#length = 0
    return length > LONGEST ? cut(line, length) : whole(line)
  }
}

/** A line as it is read: without a carriage return at its end, cut where it is too long. */
export const whole = (line: string): string =>
  line.length > LONGEST ? cut(line, line.length) : line.endsWith('\r') ? line.slice(0, -1) : line

const cut = (line: string, length: number): string => `${line.slice(0, SHOWN)}… (a line of ${length} characters, cut)`
