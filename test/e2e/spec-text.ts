export interface SpecParts {
  readonly title?: string
  readonly type?: string
  /** Further lines of front matter, without a line end at the end. */
  readonly front?: string
  readonly body?: string
  readonly criteria?: readonly string[]
}

/** A spec file in chant's format: pending, with one open criterion. */
export function specText({
  title = 'A task',
  type = 'code',
  front,
  body,
  criteria = ['It works'],
}: SpecParts = {}): string {
  const list = criteria.map((text) => `- [ ] ${text}\n`).join('')
  return [
    `---\ntype: ${type}\nstatus: pending\n${front === undefined ? '' : `${front}\n`}---\n`,
    `# ${title}\n`,
    ...(body === undefined ? [] : [`${body}\n`]),
    ...(criteria.length > 0 ? [`## Acceptance Criteria\n\n${list}`] : []),
  ].join('\n')
}

/** An id of the day, unique by its number: `2026-11-02-007-abc`. */
export const idOf = (number: number): string => `2026-11-02-${String(number).padStart(3, '0')}-abc`

/** As many plain specs as asked for, by id, numbered from 1. */
export const plainSpecs = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [idOf(index + 1), specText({ title: `Task ${index + 1}` })]),
  )
