import { clip, oneLine } from './visible.ts'

/** Characters that mean nothing in any mermaid diagram; all others are written as numbers, which no title can end or open anything with. */
const PLAIN = /[^\p{L}\p{N} _/-]/gu
/** A dot between letters is harmless too; after a number it would make a list. */
const INNER_DOT = /(?<=\p{L})\.(?=[\p{L}\p{N}])/u

/** Foreign text as a label of a mermaid diagram, at most `limit` characters before escaping. */
export function label(text: string, limit = 60): string {
  const line = clip(oneLine(text).replace(/\s+/g, ' ').trim(), limit)
  const escaped = line.replace(PLAIN, (character, at: number) => {
    if (character === '.' && INNER_DOT.test(line.slice(Math.max(0, at - 1), at + 2))) return character
    return `#${character.codePointAt(0) ?? 32};`
  })
  return escaped === '' ? '-' : escaped
}
