import { headingOf, type MarkdownLine } from './markdown-lines.ts'
import type { Criterion } from './spec.ts'

/**
 * Acceptance criteria: the boxes below the LAST `## Acceptance Criteria`, up to the next heading of level 1 or 2.
 * `lines` are those outside code fences. The heading may go on (`## Acceptance Criteria (v2)`), as in chant.
 *
 * chant counts every `- [ ]` anywhere in a line. Here a box counts where GitHub shows one, at the start of a list item of
 * any kind and depth: a criterion that only mentions `- [ ]` in its text is not open for ever, and a box that is
 * written `* [ ]` or `1. [ ]` is not overlooked.
 */
export function findCriteria(lines: readonly MarkdownLine[]): Criterion[] {
  const start = lines.findLastIndex(({ text }) => isCriteriaHeading(text))
  if (start === -1) return []
  const criteria: Criterion[] = []
  for (const { text, line } of lines.slice(start + 1)) {
    if ((headingOf(text)?.level ?? 6) <= 2) break
    const [, mark, label] = BOX.exec(text) ?? []
    if (mark !== undefined && label !== undefined) criteria.push({ text: label.trim(), ticked: mark !== ' ', line })
  }
  return criteria
}

/** One or more list markers, in a quote or not, then the box. `[x](…)` and `[x][…]` are links. */
const BOX = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)+\[([ xX])\](?![([])(.*)$/

/** Whether a line starts a section of criteria. */
export function isCriteriaHeading(text: string): boolean {
  const heading = headingOf(text)
  return heading?.level === 2 && heading.text.startsWith('Acceptance Criteria')
}

/** The first heading of level 1 that says something. */
export function findTitle(lines: readonly MarkdownLine[]): string | undefined {
  for (const { text } of lines) {
    const heading = headingOf(text)
    if (heading?.level === 1 && heading.text !== '') return heading.text
  }
  return undefined
}
