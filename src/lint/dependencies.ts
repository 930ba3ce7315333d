import { quoted } from '../spec/finding.ts'
import type { Rule } from './rule.ts'
import { listOf } from './words.ts'

/** `depends_on` names a spec that is nowhere. The plan refuses the spec, as chant does. */
export const unknownDependency: Rule = {
  code: 'unknown-dependency',
  severity: 'error',
  chant: ['dependency'],
  about: 'every',
  stops: 'planner',
  check: ({ spec }, { groups, ids, didYouMean }) =>
    spec.dependsOn.flatMap((id, item) =>
      groups.progressOf(id) !== 'unknown'
        ? []
        : [
            {
              where: { field: 'depends_on', item },
              message: `\`depends_on\` names ${quoted(id)}, and no spec has this id.`,
              advice: `${didYouMean(id, ids)}Name a spec of .chant/specs or .chant/archive by its whole id, or take it out.`,
            },
          ],
    ),
}

/** The spec waits for itself, by way of others. None of them would ever start. */
export const dependencyCycle: Rule = {
  code: 'dependency-cycle',
  severity: 'error',
  chant: ['dependency'],
  about: 'every',
  stops: 'planner',
  check: ({ spec }, { cycleOf }) => {
    const cycle = cycleOf(spec.id)
    // Those that only wait for the circle have nothing to mend.
    if (!cycle?.includes(spec.id)) return []
    const next = cycle[cycle.indexOf(spec.id) + 1] ?? ''
    const item = spec.dependsOn.indexOf(next)
    return [
      {
        where: { field: 'depends_on', ...(item === -1 ? {} : { item }) },
        message: `It waits for itself: ${listOf(cycle, ' → ')}.`,
        advice: spec.fieldLines['depends_on']
          ? 'Take one of these out of `depends_on`.'
          : 'It has no `depends_on`: it waits by its number in the group, or for what its driver waits for. Change that of another.',
      },
    ]
  },
}
