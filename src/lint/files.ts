import { quoted } from '../spec/finding.ts'
import type { Spec } from '../spec/spec.ts'
import { isFinished, type LintFacts, type Rule } from './rule.ts'

/** The paths whose files the rules below ask about, relative to the project. */
export const pathsNamedIn = (specs: readonly Spec[]): ReadonlySet<string> =>
  new Set(
    specs.flatMap((spec) => [
      ...(isFinished(spec) ? [] : spec.context.filter(isPath)),
      ...(spec.outputSchema === undefined ? [] : [spec.outputSchema]),
    ]),
  )

/** `context` names a file that is not there. chant leaves it out of the prompt without a word. */
export const missingContext: Rule = {
  code: 'missing-context',
  severity: 'warning',
  chant: ['context'],
  about: 'unfinished',
  check: ({ spec }, { facts }) =>
    spec.context.flatMap((path, item) => {
      const state = isPath(path) ? facts.paths.get(path) : undefined
      if (state === undefined) return []
      return [
        {
          where: { field: 'context', item },
          message: `\`context\` names ${quoted(path)}, ${words(state)}: the prompt will go without it.`,
          advice: path.includes('#')
            ? 'Files are read whole: take out what stands behind the `#`.'
            : 'Correct the path, which starts at the folder that holds `.chant`; or leave it, where an earlier spec makes the file.',
        },
      ]
    }),
}

/** `output_schema` names a file that is not there, so no output can be checked. */
export const missingOutputSchema: Rule = {
  code: 'missing-output-schema',
  severity: 'error',
  chant: ['output'],
  about: 'every',
  check: ({ spec }, { facts }) => {
    const state = spec.outputSchema === undefined ? undefined : facts.paths.get(spec.outputSchema)
    if (state === undefined) return []
    return [
      {
        where: { field: 'output_schema' },
        message: `\`output_schema\` names ${quoted(spec.outputSchema ?? '')}, ${words(state)}.`,
        advice: 'Correct the path, which starts at the folder that holds `.chant`, or add the schema.',
        // An earlier spec may make it still.
        ...(spec.status === 'completed' ? {} : { severity: 'warning' as const }),
      },
    ]
  },
}

const words = (state: 'missing' | 'outside'): string =>
  state === 'missing' ? 'which does not exist' : 'which leads out of the repository'

/** chant notes values it derived in `context` too, as `derived_<key>=<value>`: these are no files. */
const isPath = (text: string): boolean => !/^derived_[^/]*=/.test(text)

/** Nothing is known to be missing. */
export const NO_FACTS: LintFacts = { paths: new Map() }
