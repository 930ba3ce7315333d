import { headingOf } from '../spec/markdown-lines.ts'
import type { Subject } from './rule.ts'

/**
 * Words of the text, separated by white space, code included, as chant counts them; but not what an agent left behind in an
 * earlier try: a spec does not become complex because somebody failed at it.
 */
export function countWords({ spec, lines }: Subject): number {
  const end = lines.find(({ text }) => isAgentOutput(text))?.line
  const body =
    end === undefined
      ? spec.body
      : spec.body
          .split('\n')
          .slice(0, end - spec.bodyLine)
          .join('\n')
  return body.match(/\S+/g)?.length ?? 0
}

const isAgentOutput = (text: string): boolean => {
  const heading = headingOf(text)
  return heading?.level === 2 && heading.text === 'Agent Output'
}

/** Where the text begins: what is missing as a whole is missing there. */
export function textStart({ spec, lines }: Subject): { readonly line: number; readonly column: number } {
  return { line: lines.find(({ text }) => text.trim() !== '')?.line ?? spec.bodyLine, column: 1 }
}
