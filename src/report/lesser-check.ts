import type { CheckPayload } from './check-payload.ts'

/** A check run with all that it has to say, or without a part of it. */
export interface LesserCheck {
  readonly check: CheckPayload
  readonly without?: 'annotations' | 'details'
}

const PLAIN = 'GitHub does not take the details of this check run. The job summary has them.'

/** What to write where GitHub does not take all of it, from the whole to its state alone. A check run without its details has an end all the same. */
export function lesserChecks(check: CheckPayload): readonly LesserCheck[] {
  const { annotations, ...words } = check.output
  return [
    { check },
    ...(annotations ? [{ check: { ...check, output: words }, without: 'annotations' } as const] : []),
    plainCheck(check),
  ]
}

/** Its name, state and title. */
export const plainCheck = (check: CheckPayload): LesserCheck => ({
  check: { ...check, output: { title: check.output.title, summary: PLAIN } },
  without: 'details',
})
