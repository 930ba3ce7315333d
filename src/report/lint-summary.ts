import type { Diagnostic } from '../spec/diagnostic.ts'
import { firstThatFits, SUMMARY_LIMIT } from './fit.ts'
import { byImportance, type LintReport, lintTitle, wordsOf } from './lint-report.ts'
import { code, details, link, prose, table } from './markdown.ts'
import { type SameFindings, sameFindings } from './same-findings.ts'
import { clip } from './visible.ts'

/** A page of more is not read; less where it would not fit. */
const SIZES: readonly TableSize[] = [
  { rows: 300, places: 20 },
  { rows: 100, places: 10 },
  { rows: 20, places: 1 },
]
const WORDS = 500

/** How much of what was found a table shows: remarks, and places of each. */
export interface TableSize {
  readonly rows: number
  readonly places: number
}

/** Address of a line of a file on GitHub, where the commit is known. */
export type LineLink = (file: string, line: number) => string | undefined

/** The job summary of mode lint. */
export function lintSummary(report: LintReport, linkTo: LineLink = () => undefined): string {
  const head = `# chant lint: ${lintTitle(report)}`
  if (report.found.length === 0) return `${head}\n`
  const { changed } = report
  const ordered = byImportance(report)
  const write = (size: TableSize): string =>
    [
      head,
      ...(changed === undefined ? [] : ['What this pull request changes comes first.']),
      findingsTable(ordered, size, linkTo),
      ...(sameFindings(ordered).length > size.rows ? [countsByCode(ordered)] : []),
      'Every rule is described in `docs/lint.md` of chant-action; `lint.disable` in `.chant/config.md` switches warnings off.\n',
    ].join('\n\n')
  return firstThatFits(SIZES, SUMMARY_LIMIT, write)
}

/** A row for each of the first remarks, with the places that it is about; the rest is counted. */
export function findingsTable(
  found: readonly Diagnostic[],
  size: TableSize,
  linkTo: LineLink = () => undefined,
): string {
  const shown = sameFindings(found).slice(0, size.rows)
  const rows = shown.map((same) => {
    const [{ severity, code: rule, ...words }] = same
    const level = severity === 'error' ? '**error**' : 'warning'
    return [
      `${level} ${code(rule)}${same.length > 1 ? ` × ${same.length}` : ''}`,
      prose(clip(wordsOf(words), WORDS)),
      placesCell(same, size.places, linkTo),
    ]
  })
  const rest = found.length - shown.flat().length
  return table(['rule', 'what and what to do', 'where'], [], rest > 0 ? [...rows, [`+${rest} more`, '', '']] : rows)
}

function placesCell(same: SameFindings, limit: number, linkTo: LineLink): string {
  const places = same.slice(0, limit).map((each) => placeLink(each, linkTo))
  const rest = same.length - places.length
  return [...places, ...(rest > 0 ? [`+${rest} more`] : [])].join(', ')
}

function placeLink({ file, line, column }: Diagnostic, linkTo: LineLink): string {
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
