import type { Diagnostic } from '../spec/diagnostic.ts'
import { byImportance, countsOf, type LintReport, lintTitle, wordsOf } from './lint-report.ts'
import { type LogLine, textLine } from './log-line.ts'
import { type SameFindings, sameFindings } from './same-findings.ts'
import { clip, oneLine } from './visible.ts'

/** A step log of more lines is not read. */
const LINES = 2000
/** From so many places on, a remark is written once, above all of them. */
const MANY = 3
/** GitHub keeps ten errors, ten warnings and ten notices of a step; one error is the sentence that the step fails with. */
const ERRORS = 9
const WARNINGS = 10
/** GitHub allows 4,096 characters; a longer message than this is not read. */
const MESSAGE = 1000

/**
 * Everything that was found: file by file as `file:line:column severity code message`, with what to do below it; then each remark
 * that stands at many places, with these below it.
 */
export function lintLines(report: LintReport): readonly LogLine[] {
  const shown = report.found.slice(0, LINES)
  const groups = Map.groupBy(sameFindings(shown), (same) => same.length >= MANY)
  const few = new Set(groups.get(false)?.flat())
  const byFile = Map.groupBy(
    shown.filter((found) => few.has(found)),
    ({ file }) => file,
  )
  const width = shown.some(({ severity }) => severity === 'warning') ? 'warning'.length : 'error'.length
  const lines = [
    ...[...byFile.values()].flatMap((found) => ['', ...found.flatMap((each) => linesOf(each, width))]),
    ...errorsFirst(groups.get(true) ?? []).flatMap((same) => ['', ...linesOfMany(same)]),
  ]
  const rest = report.found.length - shown.length
  return [
    textLine(`chant lint · ${lintTitle(report)}`),
    ...lines.map(textLine),
    ...(rest > 0 ? [textLine(''), textLine(`+${rest} more${report.file ? `: all are in ${report.file}` : ''}`)] : []),
  ]
}

function linesOf({ severity, code, message, advice, ...place }: Diagnostic, width: number): readonly string[] {
  return [`${placeOf(place)}  ${severity.padEnd(width)}  ${code}  ${message}`, ...adviceLines(advice)]
}

const errorsFirst = (groups: readonly SameFindings[]): readonly SameFindings[] =>
  groups.toSorted(([a], [b]) => Number(b.severity === 'error') - Number(a.severity === 'error'))

function linesOfMany(same: SameFindings): readonly string[] {
  const [{ severity, code, message, advice }] = same
  return [
    `${severity}  ${code}  at ${same.length} places: ${message}`,
    ...adviceLines(advice),
    ...same.map((each) => `  ${placeOf(each)}`),
  ]
}

const placeOf = ({ file, line, column }: Pick<Diagnostic, 'file' | 'line' | 'column'>): string =>
  `${file}:${line}:${column}`

const adviceLines = (advice: string | undefined): readonly string[] => (advice === undefined ? [] : [`    → ${advice}`])

/** As many annotations as GitHub keeps of a step, most important first, and how many it does not show. */
export function lintAnnotations(report: LintReport): readonly LogLine[] {
  const ordered = byImportance(report)
  const errors = ordered.filter(({ severity }) => severity === 'error').slice(0, ERRORS)
  const warnings = ordered.filter(({ severity }) => severity === 'warning').slice(0, WARNINGS)
  const rest = report.found.length - errors.length - warnings.length
  const more: LogLine = {
    type: 'annotation',
    level: 'notice',
    title: 'chant lint',
    message: `${rest} more findings are in the summary and in the log of this step: GitHub shows ten errors and ten warnings beside the files.`,
  }
  return [...[...errors, ...warnings].map(annotation), ...(rest > 0 ? [more] : [])]
}

const annotation = (found: Diagnostic): LogLine => ({
  type: 'annotation',
  level: found.severity,
  title: found.code,
  message: clip(oneLine(wordsOf(found)), MESSAGE),
  file: found.file,
  line: found.line,
  column: found.column,
})

/** The sentence that the step fails with; absent where no error was found. */
export function lintFailure(report: LintReport): string | undefined {
  const { errors } = countsOf(report.found)
  if (errors === 0) return undefined
  return `chant lint: ${lintTitle(report)}. Mend the errors; each says in the summary what to do.`
}
