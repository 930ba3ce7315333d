/** `undefined` stands for `*`, everything else says which single character it takes. */
type Token = ((character: string) => boolean) | undefined

export const isGlob = (text: string): boolean => /[*?[]/.test(text)

/**
 * Matches whole ids against `*` (any run of characters), `?` (one), `[abc]`, `[a-z]` and `[!abc]` (one of, or none of).
 * A `[` that is never closed is an ordinary character. Time is at most length of pattern × length of id.
 */
export function globMatcher(pattern: string): (id: string) => boolean {
  const tokens = (pattern.match(/\[[!^]?\]?[^\]]*\]|./gs) ?? []).map(tokenOf)
  return (id) => {
    let [token, at] = [0, 0]
    // The last `*` may always take one character more, and no earlier one ever has to.
    let star: { readonly token: number; readonly at: number } | undefined
    while (at < id.length || token < tokens.length) {
      const test = tokens[token]
      if (token < tokens.length && test === undefined) {
        star = { token, at }
        token++
      } else if (at < id.length && test?.(id.charAt(at))) {
        token++
        at++
      } else if (star !== undefined && star.at < id.length) {
        star = { token: star.token, at: star.at + 1 }
        ;[token, at] = [star.token + 1, star.at]
      } else return false
    }
    return true
  }
}

function tokenOf(text: string): Token {
  if (text === '*') return undefined
  if (text === '?') return () => true
  const set = /^\[([!^]?)(.+)\]$/s.exec(text)
  if (set === null) return (character) => character === text
  const [, not, members = ''] = set
  const ranges = [...members.matchAll(/(.)-(.)|(.)/gs)].map(
    ([, from, to, one = '']) => [from ?? one, to ?? one] as const,
  )
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== (not !== '')
}
