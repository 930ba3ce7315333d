import type { Diagnostic } from '../spec/diagnostic.ts'

/** One remark about one place or about several: people read it once, and mend it everywhere. Never empty. */
export type SameFindings = readonly [Diagnostic, ...Diagnostic[]]

/** What says the same, together; in the order in which each is found first. */
export function sameFindings(found: readonly Diagnostic[]): readonly SameFindings[] {
  const groups = Map.groupBy(found, ({ severity, code, message, advice }) =>
    JSON.stringify([severity, code, message, advice]),
  )
  return [...groups.values()].flatMap(([first, ...others]): SameFindings[] => (first ? [[first, ...others]] : []))
}
