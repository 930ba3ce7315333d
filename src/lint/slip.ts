/** One letter more, less or other, or two that changed places: `standrad` for `standard`. */
export const isSlipOf = (a: string, b: string): boolean => isOneEditFrom(a, b) || isSwapOf(a, b)

/** One letter more, less or other. */
export function isOneEditFrom(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let from = 0
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from++
  const skips = [
    [from + 1, from + 1],
    [from + 1, from],
    [from, from + 1],
  ] as const
  return skips.some(([inA, inB]) => a.slice(inA) === b.slice(inB))
}

/** Two neighbours that changed places. */
function isSwapOf(a: string, b: string): boolean {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return a.length === b.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}
