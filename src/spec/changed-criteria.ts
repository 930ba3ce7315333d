import { parseSpec } from './parse-spec.ts'

/**
 * Whether the acceptance criteria of a spec say something else now: others, fewer, more, or in another order. Ticking them
 * changes nothing, and of a text that cannot be read nobody can say.
 */
export function criteriaChanged(name: string, file: string, before: string, now: string): boolean {
  const [was, is] = [before, now].map((text) => {
    const parsed = parseSpec(name, file, text)
    return parsed.ok ? parsed.value.spec.criteria.map((criterion) => criterion.text) : undefined
  })
  return was !== undefined && is !== undefined && JSON.stringify(was) !== JSON.stringify(is)
}
