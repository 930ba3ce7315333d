import { quoted } from '../spec/finding.ts'
import { KNOWN_FIELDS } from '../spec/spec-fields.ts'
import type { Found, Rule } from './rule.ts'
import { isOneEditFrom } from './slip.ts'

/**
 * A field that chant does not know and that looks like one it knows. chant ignores it without a word, so that a spec with
 * `depend_on` starts before what it depends on.
 */
export const mistakenField: Rule = {
  code: 'mistaken-field',
  severity: 'warning',
  chant: ['field'],
  about: 'unfinished',
  check: ({ spec }) =>
    Object.keys(spec.unknown).flatMap((key): Found[] => {
      const known = [...KNOWN_FIELDS].find((field) => looksLike(key, field))
      if (known === undefined) return []
      return [
        {
          where: { line: spec.fieldLines[key] ?? 1, column: 1 },
          message: `chant does not know the field ${quoted(key)}, so it changes nothing.`,
          advice: `Write \`${known}\`, if that is what you mean.`,
        },
      ]
    }),
}

const looksLike = (key: string, known: string): boolean =>
  plain(key) === plain(known) || (known.length > 5 && isOneEditFrom(key, known))

/** Without case, separators and a plural's end: `dependsOn`, `depends-on`, `label`. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[-_\s]/g, '')
    .replace(/s$/, '')
