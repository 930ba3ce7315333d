import { type Run, runsOf, type TextStyle } from '../src/report/html/ansi.ts'
import { cutAt, findAll, type Match } from '../src/report/html/find.ts'
import type { LogData } from '../src/report/html/log-blocks.ts'
import { element } from './element.ts'
import { isPlain, styled } from './styled.ts'

/** More places than anybody steps through; each is an element of the page. */
const MOST_MATCHES = 5_000

interface Line {
  readonly runs: readonly Run[]
  readonly text: string
  readonly row: HTMLElement
}

/** Shows one log at a time, with line numbers, and finds text in it. Nothing of a log is read before it is opened. */
export class LogViewer {
  readonly #read: (id: string) => string
  readonly #log = element('log', HTMLElement)
  readonly #found = element('found', HTMLOutputElement)
  #lines: readonly Line[] = []
  #matches: readonly Match[] = []
  #marks: readonly (readonly HTMLElement[])[] = []
  #current = -1
  #query = ''

  /** @param read gives the JSON of a log's data block */
  constructor(read: (id: string) => string) {
    this.#read = read
  }

  open(id: string, atEnd: boolean): void {
    const { lines, before }: LogData = JSON.parse(this.#read(id))
    let style: TextStyle = {}
    this.#lines = lines.map((line, i) => {
      const { runs, end } = runsOf(line, style)
      style = end
      return { runs, text: runs.map((run) => run.text).join(''), row: row(before + i + 1) }
    })
    for (const line of this.#lines) write(line, [])
    this.#log.replaceChildren(...this.#lines.map((line) => line.row))
    this.#log.style.setProperty('--digits', `${String(before + lines.length).length}ch`)
    this.#log.setAttribute('aria-label', `Log of ${id}, ${lines.length} lines`)
    const file = element('file', HTMLAnchorElement)
    file.href = `logs/${encodeURIComponent(id)}.log`
    file.textContent = `the whole file, logs/${id}.log`
    element('before', HTMLElement).textContent =
      before > 0 ? `The first ${before.toLocaleString('en')} lines are only in logs/${id}.log.` : ''
    this.#matches = []
    this.#marks = []
    if (this.#query !== '') this.search(this.#query)
    else this.#log.scrollTop = atEnd ? this.#log.scrollHeight : 0
  }

  focus(): void {
    this.#log.focus({ preventScroll: true })
  }

  /** Marks every place of `query` and goes to the first. */
  search(query: string): void {
    for (const line of new Set(this.#matches.map((match) => match.line))) this.#write(line, [])
    this.#query = query
    this.#matches = findAll(
      this.#lines.map((line) => line.text),
      query,
      MOST_MATCHES,
    )
    const ofLine = Map.groupBy(this.#matches, (match) => match.line)
    const marks = new Map<Match, readonly HTMLElement[]>()
    for (const [line, matches] of ofLine)
      for (const [match, parts] of this.#write(line, matches)) marks.set(match, parts)
    this.#marks = this.#matches.map((match) => marks.get(match) ?? [])
    this.#go(this.#matches.length > 0 ? 0 : -1)
  }

  /** To the next place (1) or the one before (-1), around the ends. */
  step(by: 1 | -1): void {
    const n = this.#matches.length
    if (n > 0) this.#go((this.#current + by + n) % n)
  }

  #go(to: number): void {
    for (const mark of this.#marks[this.#current] ?? []) mark.classList.remove('current')
    this.#current = to
    const marks = this.#marks[to] ?? []
    for (const mark of marks) mark.classList.add('current')
    const [first] = marks
    if (first) {
      const [box, at] = [this.#log.getBoundingClientRect(), first.getBoundingClientRect()]
      this.#log.scrollTop += at.top - box.top - box.height / 2
      this.#log.scrollLeft = Math.max(0, this.#log.scrollLeft + at.right - box.left - box.width / 2)
      this.#log.scrollIntoView({ block: 'nearest' })
    }
    const all = `${this.#matches.length.toLocaleString('en')}${this.#matches.length === MOST_MATCHES ? '+' : ''}`
    this.#found.textContent = this.#query === '' ? '' : to < 0 ? 'not found' : `${to + 1} of ${all}`
  }

  #write(line: number, matches: readonly Match[]): ReadonlyMap<Match, readonly HTMLElement[]> {
    const shown = this.#lines[line]
    return shown ? write(shown, matches) : new Map()
  }
}

function row(n: number): HTMLElement {
  const line = document.createElement('div')
  line.className = 'line'
  line.dataset['n'] = String(n)
  return line
}

/** Writes a line's text into its row, and gives the elements that mark each match: one for each style that the match has. */
function write({ runs, row }: Line, matches: readonly Match[]): ReadonlyMap<Match, readonly HTMLElement[]> {
  const marks = new Map<Match, readonly HTMLElement[]>()
  row.replaceChildren(
    ...cutAt(runs, matches).map(({ text, style, match }) => {
      if (!match && isPlain(style)) return text
      const part = match ? document.createElement('mark') : styled(style)
      if (match) marks.set(match, [...(marks.get(match) ?? []), part])
      part.append(text)
      return part
    }),
  )
  return marks
}
