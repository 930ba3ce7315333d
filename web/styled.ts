import type { Colour, TextStyle } from '../src/report/html/ansi.ts'

/** A span that looks as a terminal would show it. Every colour goes through the style sheet, which keeps it readable. */
export function styled(style: TextStyle): HTMLElement {
  const span = document.createElement('span')
  span.className = 'styled'
  paint(span, 'f', style.foreground)
  paint(span, 'b', style.background)
  for (const name of ATTRIBUTES) if (style[name]) span.classList.add(name)
  return span
}

const ATTRIBUTES = ['bold', 'dim', 'italic', 'underline', 'strike', 'inverse'] as const

function paint(span: HTMLElement, layer: 'f' | 'b', colour: Colour | undefined): void {
  if (typeof colour === 'number') span.classList.add(`${layer}-${colour}`)
  if (typeof colour !== 'string') return
  span.classList.add(`${layer}-own`)
  span.style.setProperty(`--${layer}`, colour)
}

export const isPlain = (style: TextStyle): boolean => Object.keys(style).length === 0
