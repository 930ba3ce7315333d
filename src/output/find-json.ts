/** JSON that was found in an agent's output. */
export interface Found {
  readonly value: unknown
  /** The value without blanks. */
  readonly compact: string
}

/** Deeper nesting was meant by nobody, and bounds how often the same characters are looked at. */
const MAX_DEPTH = 200
/** Characters looked at in all. Enough to go through 1 MiB of ordinary output several times. */
const MAX_STEPS = 8 * 1024 * 1024

/**
 * The result in an agent's output: the last JSON object or array that has its lines to itself, fenced or bare; where there is
 * none, the last object inside a line, and then the last array. An output that is JSON as a whole may be any value.
 *
 * chant takes the first one. An agent that prints an example, or shows its prompt, before it answers would be judged by that.
 *
 * @param ignored JSON texts without blanks that are no answer: what the prompt itself showed
 */
export function findJson(output: string, ignored: readonly string[] = []): Found | undefined {
  const text = output.trim()
  const isAnswer = ({ compact }: Found): boolean => !ignored.includes(compact)
  const whole = parse(text)
  if (whole) return isAnswer(whole) ? whole : undefined
  const steps = { left: MAX_STEPS }
  return (
    [...valuesAt(text, /^[ \t]*(?=[{[])/gm, steps, /[ \t]*\r?(?:\n|$)/y)].findLast(isAnswer) ??
    [...valuesAt(text, /(?=\{)/g, steps)].findLast(isAnswer) ??
    [...valuesAt(text, /(?=\[[^\]])/g, steps)].findLast(isAnswer)
  )
}

/** Values that begin where `start` matches, outermost only, and end before `end`, where it is given. */
function* valuesAt(text: string, start: RegExp, steps: { left: number }, end?: RegExp): Generator<Found> {
  for (let match = start.exec(text); match; match = start.exec(text)) {
    const from = match.index + match[0].length
    const to = closeOf(text, from, steps)
    const found = to === undefined || !endsWell(text, to, end) ? undefined : parse(text.slice(from, to))
    if (found) yield found
    // Past the value, or past the character that began none.
    start.lastIndex = found && to !== undefined ? to : from + 1
  }
}

function endsWell(text: string, at: number, end: RegExp | undefined): boolean {
  if (end === undefined) return true
  end.lastIndex = at
  return end.test(text)
}

/** The end of the brackets that open here; undefined where they do not close, or what is between cannot be JSON. */
function closeOf(text: string, start: number, steps: { left: number }): number | undefined {
  const open: string[] = []
  let inString = false
  for (let at = start; at < text.length; at += 1) {
    steps.left -= 1
    if (steps.left < 0) return undefined
    const character = text.charAt(at)
    if (inString) {
      if (character === '"') inString = false
      else if (character === '\\') at += 1
      else if (character === '\n') return undefined
    } else if (character === '"') {
      inString = true
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? '}' : ']') > MAX_DEPTH) return undefined
    } else if (character === '}' || character === ']') {
      if (open.pop() !== character) return undefined
      if (open.length === 0) return at + 1
    } else if (!BETWEEN.test(character)) {
      return undefined
    }
  }
  return undefined
}

/** What JSON has outside strings besides brackets: blanks, numbers, `true`, `false`, `null`. */
const BETWEEN = /[\s\d:,.eE+\-truefalsn]/

function parse(text: string): Found | undefined {
  if (!/^["\d{[tfn-]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return { value, compact: JSON.stringify(value) }
  } catch {
    // No JSON, or nested so deeply that the stack ends.
    return undefined
  }
}
