import type { Diagnostic } from '../spec/diagnostic.ts'
import { count } from './durations.ts'
import { sameFindings } from './same-findings.ts'

/** What the linter found in the specs of a project, for people and programs. */
export interface LintReport {
  /** How many specs were looked at. */
  readonly specs: number
  /** The files among those of `found` that are no specs but configuration. */
  readonly settings?: ReadonlySet<string>
  /** File by file. Paths begin at the root of the workspace. */
  readonly found: readonly Diagnostic[]
  /** Files that the pull request changes, where there is one and its base is known. */
  readonly changed?: ReadonlySet<string>
  /** Where everything stands as JSON, however much it is. */
  readonly file?: string
}

export interface LintCounts {
  readonly errors: number
  readonly warnings: number
}

export function countsOf(found: readonly Diagnostic[]): LintCounts {
  const errors = found.filter(({ severity }) => severity === 'error').length
  return { errors, warnings: found.length - errors }
}

/** `2 errors and 5 warnings in 3 of 12 specs`, `1 warning in the configuration`, `nothing wrong in 12 specs`. */
export function lintTitle({ found, specs, settings = new Set() }: LintReport): string {
  const { errors, warnings } = countsOf(found)
  if (specs === 0) return 'no specs'
  if (found.length === 0) return `nothing wrong in ${count(specs, 'spec')}`
  const what = [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])]
  const files = [...new Set(found.map(({ file }) => file))]
  const ofSpecs = files.filter((file) => !settings.has(file)).length
  const where = [
    ...(ofSpecs > 0 ? [`${ofSpecs} of ${count(specs, 'spec')}`] : []),
    ...(files.length > ofSpecs ? ['the configuration'] : []),
  ]
  return `${what.join(' and ')} in ${where.join(' and in ')}`
}

/**
 * Errors first, in each level what this pull request can mend, in that what was not said before, otherwise in the order in which it
 * was found: where only some are shown, these are the ones.
 */
export function byImportance({ found, changed }: LintReport): readonly Diagnostic[] {
  const isNew = new Set(sameFindings(found).map(([first]) => first))
  const rank = (each: Diagnostic): number =>
    (each.severity === 'error' ? 0 : 4) +
    (changed === undefined || changed.has(each.file) ? 0 : 2) +
    (isNew.has(each) ? 0 : 1)
  return found.toSorted((a, b) => rank(a) - rank(b))
}

/** What is wrong and what to do about it. */
export const wordsOf = ({ message, advice }: Pick<Diagnostic, 'message' | 'advice'>): string =>
  advice === undefined ? message : `${message} ${advice}`
