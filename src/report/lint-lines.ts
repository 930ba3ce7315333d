import type { Diagnostic } from '../spec/diagnostic.ts'
import { byImportance, countsOf, type LintReport, lintTitle, wordsOf } from './lint-report.ts'
import { type LogLine, textLine } from './log-line.ts'
import { clip, oneLine } from './visible.ts'

/** A step log of more lines is not read. */
const LINES = 2000
/** GitHub keeps ten errors, ten warnings and ten notices of a step; one error is the sentence that the step fails with. */
const ERRORS = 9
const WARNINGS = 10
/** GitHub allows 4,096 characters; a longer message than this is not read. */
const MESSAGE = 1000

/** Everything that was found, file by file: `file:line:column severity code message`, and what to do below it. */
export function lintLines(report: LintReport): readonly LogLine[] {
  const shown = report.found.slice(0, LINES)
  const wordWidth = shown.some(({ severity }) => severity === 'warning') ? 'warning'.length : 'error'.length
  const lines = [...Map.groupBy(shown, ({ file }) => file).values()].flatMap((found) => [
    '',
    ...found.flatMap(({ file, line, column, severity, code, message, advice }) => [
      `${file}:${line}:${column}  ${severity.padEnd(wordWidth)}  ${code}  ${message}`,
      ...(advice === undefined ? [] : [`    → ${advice}`]),
    ]),
  ])
  const rest = report.found.length - shown.length
  return [
    textLine(`chant lint · ${lintTitle(report)}`),
    ...lines.map(textLine),
    ...(rest > 0 ? [textLine(''), textLine(`+${rest} more${report.file ? `: all are in ${report.file}` : ''}`)] : []),
  ]
}

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
