import type { Spec } from '../spec/spec.ts'
import { driversOf, memberOf } from '../spec/spec-id.ts'
import { isContainer, type Rule } from './rule.ts'
import { listOf } from './words.ts'

/** chant's ids, `YYYY-MM-DD-SSS-XXX` with member numbers behind, wherever they stand in a text. */
const SPEC_ID = /\b\d{4}-\d{2}-\d{2}-[0-9a-z]{3}-[0-9a-z]{3}(?:\.\d+)*\b/g

/**
 * The text speaks of other specs that it does not depend on. An agent sees one spec and none of the others, and may start
 * before they are done. Drivers may name everybody, members all but their siblings.
 */
export const coupling: Rule = {
  code: 'coupling',
  severity: 'warning',
  chant: ['coupling'],
  about: 'unfinished',
  check: ({ spec, lines }) => {
    if (isContainer(spec)) return []
    const isForeign = foreignTo(spec)
    const seen = new Set<string>()
    const named: string[] = []
    let where: { line: number; column: number } | undefined
    for (const { text, line } of lines) {
      for (const { 0: id, index } of text.matchAll(SPEC_ID)) {
        if (seen.has(id)) continue
        seen.add(id)
        if (!isForeign(id)) continue
        named.push(id)
        where ??= { line, column: index + 1 }
      }
    }
    if (where === undefined) return []
    const siblings = memberOf(spec.id) === undefined ? '' : ', beside it in its group'
    const [them, their] = named.length > 1 ? ['them', 'their'] : ['it', 'its']
    return [
      {
        where,
        message: `The text speaks of ${listOf(named)}${siblings}, and the spec does not depend on ${them}.`,
        advice: `Where the spec needs ${their} work, name ${them} in \`depends_on\`; what it has to know of ${them}, say in its own text.`,
      },
    ]
  },
}

/** Tells ids that are neither the spec itself, nor something it says it has to do with, nor a part or driver of these. */
function foreignTo(spec: Spec): (id: string) => boolean {
  const related = [spec.id, ...spec.dependsOn, ...spec.blockedSpecs, ...(spec.originalSpec ? [spec.originalSpec] : [])]
  const known = new Set(related.map(withoutPrefix))
  const driversOfKnown = new Set([...known].flatMap(driversOf))
  const driver = memberOf(withoutPrefix(spec.id))?.driver
  return (id) => {
    if (known.has(id) || driversOfKnown.has(id) || driversOf(id).some((above) => known.has(above))) return false
    return driver === undefined || memberOf(id)?.driver === driver
  }
}

/** A project's prefix may stand before an id. */
const withoutPrefix = (id: string): string => id.replace(/^.*?(?=\d{4}-\d{2}-\d{2}-)/, '')
