import type { Diagnostic } from '../spec/diagnostic.ts'
import { byImportance, countsOf, type LintReport } from './lint-report.ts'

/**
 * The output `results` of mode lint: the findings as a JSON array, most important first where not all of them fit into
 * `limitBytes`. GitHub counts outputs in UTF-16.
 */
export function lintResults(report: LintReport, limitBytes: number): string {
  const all = JSON.stringify(report.found)
  if (all.length * 2 <= limitBytes) return all
  const kept: string[] = []
  let left = limitBytes / 2 - 2
  for (const found of byImportance(report)) {
    const json = JSON.stringify(found)
    left -= json.length + 1
    if (left < 0) break
    kept.push(json)
  }
  return `[${kept.join(',')}]`
}

/** The file that the output `results-file` names in mode lint: all of it. */
export function lintResultsFile({ specs, found }: LintReport): {
  readonly version: 1
  readonly mode: 'lint'
  readonly counts: { readonly specs: number; readonly errors: number; readonly warnings: number }
  readonly diagnostics: readonly Diagnostic[]
} {
  const { errors, warnings } = countsOf(found)
  return { version: 1, mode: 'lint', counts: { specs, errors, warnings }, diagnostics: found }
}
