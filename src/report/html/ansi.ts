import { visible } from '../visible.ts'

/** One of the 16 colours that a theme gives, or one of its own as `#rrggbb`. */
export type Colour = number | string

/** How a terminal would show a piece of text. Concealed text is shown: nothing in a log is hidden. */
export interface TextStyle {
  readonly foreground?: Colour
  readonly background?: Colour
  readonly bold?: true
  readonly dim?: true
  readonly italic?: true
  readonly underline?: true
  readonly strike?: true
  readonly inverse?: true
}

/** Text in one style, with everything invisible in it written out. */
export interface Run {
  readonly text: string
  readonly style: TextStyle
}

const SGR = /\x1b\[([0-9;:]*)m/

/**
 * A line of terminal output as runs of text, and the style that the next line begins with. SGR sequences as in ECMA-48 and
 * xterm (16, 256 and 24-bit colours); other escape sequences are shown as text.
 */
export function runsOf(line: string, start: TextStyle): { readonly runs: readonly Run[]; readonly end: TextStyle } {
  const runs: Run[] = []
  let style = start
  // The pattern's group stands between the texts: text, parameters, text, …
  for (const [i, part] of line.split(SGR).entries()) {
    if (i % 2 === 1) style = styleAfter(part, style)
    else if (part !== '') runs.push({ text: visible(part), style })
  }
  return { runs, end: style }
}

/** Parameters of one sequence, applied from left to right; unknown ones change nothing. */
function styleAfter(parameters: string, before: TextStyle): TextStyle {
  let style = before
  const codes = parameters.split(';')
  for (let i = 0; i < codes.length; i++) {
    const [code = '', ...parts] = (codes[i] ?? '').split(':')
    const n = Number(code)
    if (n === 38 || n === 48) {
      // With colons everything is in one parameter, with semicolons it takes the next two or four.
      const given = parts.length > 0 ? parts : codes.slice(i + 1, i + (codes[i + 1] === '2' ? 5 : 3))
      if (parts.length === 0) i += given.length
      const colour = extendedColour(given)
      if (colour !== undefined) style = { ...style, [n === 38 ? 'foreground' : 'background']: colour }
    } else if (n === 4 && parts[0] === '0') style = without(style, 'underline')
    else style = simple(n, style)
  }
  return style
}

function simple(n: number, style: TextStyle): TextStyle {
  if (n === 0) return {}
  if (n >= 30 && n <= 37) return { ...style, foreground: n - 30 }
  if (n >= 90 && n <= 97) return { ...style, foreground: n - 90 + 8 }
  if (n >= 40 && n <= 47) return { ...style, background: n - 40 }
  if (n >= 100 && n <= 107) return { ...style, background: n - 100 + 8 }
  switch (n) {
    case 1:
      return { ...style, bold: true }
    case 2:
      return { ...style, dim: true }
    case 3:
      return { ...style, italic: true }
    case 4:
    case 21:
      return { ...style, underline: true }
    case 7:
      return { ...style, inverse: true }
    case 9:
      return { ...style, strike: true }
    case 22:
      return without(without(style, 'bold'), 'dim')
    case 23:
      return without(style, 'italic')
    case 24:
      return without(style, 'underline')
    case 27:
      return without(style, 'inverse')
    case 29:
      return without(style, 'strike')
    case 39:
      return without(style, 'foreground')
    case 49:
      return without(style, 'background')
    default:
      return style
  }
}

const without = (style: TextStyle, name: keyof TextStyle): TextStyle => {
  const { [name]: _, ...rest } = style
  return rest
}

/** `5;n`, `2;r;g;b`, or with colons `2::r:g:b`, where a colour space may stand before the colour. */
function extendedColour([kind, ...rest]: readonly string[]): Colour | undefined {
  const numbers = rest.map((part) => (part === '' ? Number.NaN : Number(part)))
  if (kind === '5') {
    const n = numbers[0] ?? Number.NaN
    return n >= 0 && n <= 255 ? ofPalette(n) : undefined
  }
  const rgb = numbers.length > 3 ? numbers.slice(1, 4) : numbers
  return kind === '2' && rgb.length === 3 && rgb.every((n) => n >= 0 && n <= 255) ? hex(rgb) : undefined
}

/** xterm's 256 colours: 16 of the theme, a cube of 6 × 6 × 6, 24 greys. */
function ofPalette(n: number): Colour {
  if (n < 16) return n
  if (n >= 232) return hex([8 + (n - 232) * 10, 8 + (n - 232) * 10, 8 + (n - 232) * 10])
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40)
  const i = n - 16
  return hex([level(Math.floor(i / 36)), level(Math.floor(i / 6) % 6), level(i % 6)])
}

const hex = (rgb: readonly number[]): string => `#${rgb.map((n) => n.toString(16).padStart(2, '0')).join('')}`
