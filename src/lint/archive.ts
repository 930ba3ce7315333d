import type { Rule } from './rule.ts'

/** The id stands in `.chant/specs` and in `.chant/archive`; the one in `.chant/specs` counts. */
export const alsoArchived: Rule = {
  code: 'also-archived',
  severity: 'warning',
  chant: ['duplicate'],
  about: 'every',
  check: ({ spec }, { archived }) =>
    archived.has(spec.id)
      ? [
          {
            where: { line: 1, column: 1 },
            message: `.chant/archive holds a spec ${spec.id} too; this one counts.`,
            advice: 'Remove or rename one of the two.',
          },
        ]
      : [],
}
