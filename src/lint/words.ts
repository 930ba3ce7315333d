/** The first names, and how many there are besides. */
export function listOf(names: readonly string[], separator = ', ', most = 8): string {
  if (names.length <= most + 1) return names.join(separator)
  return `${names.slice(0, most).join(separator)}${separator}+${names.length - most} more`
}

/** `a`, `a or b`, `a, b or c`. */
export const eitherOf = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ')
