import { isContainer, type Rule } from './rule.ts'
import { textStart } from './spec-text.ts'

/** Any box of a task list, as GitHub shows it. */
const BOX = /^[\s>]*(?:[-*+]|\d{1,9}[.)])\s+\[[ xX]\](?![([])/

/** Nothing says when the spec is done, so nothing can be checked. */
export const missingCriteria: Rule = {
  code: 'missing-criteria',
  severity: 'warning',
  chant: ['ac_quality'],
  about: 'unfinished',
  check: (subject) => {
    const { spec, lines } = subject
    if (spec.criteria.length > 0 || isContainer(spec)) return []
    const first = lines.find(({ text }) => BOX.test(text))
    if (first === undefined)
      return [
        {
          where: textStart(subject),
          message: 'The spec has no acceptance criteria, so nothing tells a finished one from an abandoned one.',
          advice: 'Add a heading `## Acceptance Criteria` with a box `- [ ]` for each thing that has to hold.',
        },
      ]
    return [
      {
        where: { line: first.line, column: first.text.length - first.text.trimStart().length + 1 },
        message: 'The spec has boxes to tick, and none of them counts as an acceptance criterion.',
        advice: 'Put those that decide whether it is done below a heading `## Acceptance Criteria`.',
      },
    ]
  },
}
