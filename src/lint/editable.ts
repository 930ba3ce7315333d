import { type FieldChanges, setFields } from '../spec/edit.ts'
import type { Rule } from './rule.ts'

/** What the end of a worker sets, with values that no spec has. */
const ENDS: readonly FieldChanges[] = [
  { status: 'ended' },
  { branch: 'ended' },
  { commits: ['ended'] },
  { completed_at: 'ended' },
  { model: 'ended' },
]

/** Only with these in it can front matter be so that a field cannot be set: anchors, tags, braces, keys that stand alone, tabs. */
const SUSPICIOUS = /[&!{?\t]/

/** A field that cannot be set at the end, because another repeats its value. Better said before the work is paid for. */
export const uneditableField: Rule = {
  code: 'uneditable-field',
  severity: 'error',
  chant: ['parse'],
  about: 'unfinished',
  stops: 'invalid-spec',
  check: ({ spec: { head } }) => {
    if (!SUSPICIOUS.test(head)) return []
    return ENDS.flatMap((change) => (setFields(head, change).ok ? [] : Object.keys(change))).map((field) => ({
      where: { field },
      message: `The end of the work cannot be written into \`${field}\` without changing something else.`,
      advice:
        'Write it as `key: value`, without an anchor that another field repeats, and the front matter without tabs.',
    }))
  },
}
