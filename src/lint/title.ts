import { findTitle, isCriteriaHeading } from '../spec/criteria.ts'
import type { Found, Rule, Subject } from './rule.ts'
import { textStart } from './spec-text.ts'

/** chant reads a title from any line of this form, whatever stands around it. */
const TITLE_LINE = /^\s*# \s*\S/

/** No heading says what the spec is about. chant refuses to work such a spec. */
export const missingTitle: Rule = {
  code: 'missing-title',
  severity: 'error',
  chant: ['title'],
  about: 'every',
  stops: 'invalid-spec',
  check: (subject) => {
    if (hasTitle(subject) || titleInFence(subject)) return []
    return [
      {
        where: textStart(subject),
        message: 'The spec has no title.',
        advice: almostTitle(subject) ?? 'Begin its text with a heading of level 1, `# What is to be done`.',
      },
    ]
  },
}

/** chant takes a comment of a shell script for the title; here the spec goes by its id. */
export const titleInCode: Rule = {
  code: 'title-in-code',
  severity: 'warning',
  chant: ['title'],
  about: 'unfinished',
  check: (subject) => {
    const line = hasTitle(subject) ? undefined : titleInFence(subject)
    if (line === undefined) return []
    const found: Found = {
      where: { line, column: 1 },
      message: 'The only line that could be the title stands in a block of code.',
      advice: 'Begin the text with a heading of level 1, `# What is to be done`.',
    }
    return [found]
  },
}

const hasTitle = ({ spec, lines }: Subject): boolean => spec.title !== spec.id || findTitle(lines) !== undefined

/** The line in the file of a title that is none, because it is code. */
function titleInFence({ spec }: Subject): number | undefined {
  const index = spec.body.split(/\r?\n/).findIndex((line) => TITLE_LINE.test(line))
  return index === -1 ? undefined : spec.bodyLine + index
}

/** A heading of another level, or without its blank, is what people write instead. */
function almostTitle({ lines }: Subject): string | undefined {
  const first = lines.find(({ text }) => text.trim() !== '')
  if (first === undefined || !first.text.startsWith('#') || isCriteriaHeading(first.text)) return undefined
  return `Line ${first.line} is no title: write one \`#\`, a space and the title.`
}
