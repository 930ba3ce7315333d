import type { Diagnostic } from '../spec/diagnostic.ts'
import { firstThatFits } from './fit.ts'
import { byImportance, type LintReport, lintTitle, wordsOf } from './lint-report.ts'
import { code, details, link, prose, table } from './markdown.ts'
import { clip } from './visible.ts'

/** GitHub shows nothing at all of a summary above 1 MiB. */
const BUDGET = 900_000
/** A page of more rows is not read; fewer where they would not fit. */
const ROWS = [300, 100, 20]
const WORDS = 500

/** Address of a line of a file on GitHub, where the commit is known. */
export type LineLink = (file: string, line: number) => string | undefined

/** The job summary of mode lint. */
export function lintSummary(report: LintReport, linkTo: LineLink = () => undefined): string {
  const head = `# chant lint: ${lintTitle(report)}`
  if (report.found.length === 0) return `${head}\n`
  const { changed } = report
  const ordered = byImportance(report)
  const write = (rows: number): string =>
    [
      head,
      ...(changed === undefined ? [] : ['What this pull request changes comes first.']),
      findingsTable(ordered, rows, linkTo),
      ...(ordered.length > rows ? [countsByCode(ordered)] : []),
      'Every rule is described in `docs/lint.md` of chant-action; `lint.disable` in `.chant/config.md` switches warnings off.\n',
    ].join('\n\n')
  return firstThatFits(ROWS, BUDGET, write)
}

/** A row for each of the first findings; the rest is counted. */
export function findingsTable(found: readonly Diagnostic[], limit: number, linkTo: LineLink = () => undefined): string {
  const rows = found
    .slice(0, limit)
    .map((each) => [
      placeCell(each, linkTo),
      `${each.severity === 'error' ? '**error**' : 'warning'} ${code(each.code)}`,
      prose(clip(wordsOf(each), WORDS)),
    ])
  const rest = found.length - rows.length
  return table(['place', 'rule', 'what and what to do'], [], rest > 0 ? [...rows, [`+${rest} more`, '', '']] : rows)
}

function placeCell({ file, line, column }: Diagnostic, linkTo: LineLink): string {
  const place = `${clip(file.replace(/^.*\//, ''), 120)}:${line}:${column}`
  const url = linkTo(file, line)
  return url === undefined ? code(place) : link(place, url)
}

/** Where not everything is shown: how often each rule found something. */
function countsByCode(found: readonly Diagnostic[]): string {
  const counts = [...Map.groupBy(found, (each) => each.code)].map(([name, all]) => [name, all.length] as const)
  const rows = counts.toSorted(([, a], [, b]) => b - a).map(([name, times]) => [code(name), String(times)])
  return details('How often each rule found something', table(['rule', 'times'], ['left', 'right'], rows))
}
