/** The tab, joiners inside words and emoji, and what chooses the look of a sign: harmless where they stand, and common. */
const KEPT = String.raw`\t|(?<=[^\s\p{DI}]\ufe0f?)[\u200c\u200d\ufe0e\ufe0f]|(?<=\p{sc=Han})\p{Variation_Selector}`
/**
 * Everything that a terminal, a log viewer or a reader could be misled by: controls, bidi and zero-width marks, line separators, letters
 * without a shape. Several joiners in a row join nothing: bits are hidden in them.
 */
const UNSAFE = new RegExp(String.raw`(?!${KEPT})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]`, 'gu')
/** Colours only; any other escape sequence is shown, because removing it would hide that it was there. */
const COLOUR = /\x1b\[[0-9;:]*m/g
const NAMED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
  '\0': '\\0',
  '\x1b': '\\e',
}

/** One line of text in which nothing is invisible: colours are removed, control and bidi characters become escapes (`\u202e`). */
export function visible(text: string): string {
  return text.replace(COLOUR, '').replace(UNSAFE, (character) => {
    const point = character.codePointAt(0) ?? 0
    if (point > 0xffff) return `\\u{${point.toString(16)}}`
    return NAMED[character] ?? `\\u${point.toString(16).padStart(4, '0')}`
  })
}

/** `text` in at most `limit` UTF-16 units, marker included; never cut inside a character. */
export function clip(text: string, limit: number, marker = '…'): string {
  if (text.length <= limit) return text
  const end = Math.max(0, limit - marker.length)
  const before = text.charCodeAt(end - 1)
  const halved = before >= 0xd800 && before <= 0xdbff
  return text.slice(0, halved ? end - 1 : end) + marker
}

/** The same for text of several lines: line breaks and tabs become one space. */
export const oneLine = (text: string): string => visible(text.replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, ' '))

/** With a full stop where it has no end of its own. */
export const sentence = (text: string): string => {
  const line = oneLine(text).trim()
  return line === '' || /[.!?…]$/.test(line) ? line : `${line}.`
}

/** Lines without the blank ones at their end. */
export const withoutBlankEnd = (lines: readonly string[]): readonly string[] =>
  lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1)
