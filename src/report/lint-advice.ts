import type { Board } from '../board/board.ts'
import { count } from './durations.ts'
import { findingsTable, type TableSize } from './lint-summary.ts'
import { type LogLine, textLine } from './log-line.ts'
import { details } from './markdown.ts'
import { sameFindings } from './same-findings.ts'

/** A summary is about a run; who wants it all has mode lint. */
const SIZE: TableSize = { rows: 50, places: 10 }

type Advice = NonNullable<Board['lint']>

const words = ({ total, specs }: Advice): string => `${count(total, 'remark')} on ${count(specs, 'planned spec')}`

/** One line in the log, however much there is to say. */
export const lintedLine = (advice: Advice): LogLine =>
  textLine(`lint  ${words(advice)}: see the summary, or all of them by \`mode: lint\``)

/** What could be better about the specs of a run, folded, at the end of its summary. */
export function lintSection({ lint }: Board): readonly string[] {
  if (lint === undefined) return []
  const found = sameFindings(lint.found).slice(0, SIZE.rows).flat()
  const rest = lint.total - found.length
  const more = rest > 0 ? `\n\n+${rest} more: \`mode: lint\` shows them all.` : ''
  return [details(`Lint: ${words(lint)}`, `${findingsTable(found, SIZE)}${more}`)]
}
