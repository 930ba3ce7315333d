import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SPEC_STATUSES, SPEC_TYPES } from '../../src/spec/spec.ts'
import { KNOWN_FIELDS } from '../../src/spec/spec-fields.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/spec-format.md'), 'utf8')

/** What stands in code in the first column of the table below a heading. */
const firstColumn = (heading: string): readonly string[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name)
}

test('docs/spec-format.md has every field, status and type that there is', () => {
  expect(firstColumn('Fields').toSorted()).toEqual([...KNOWN_FIELDS].sort())
  expect(firstColumn('Status').toSorted()).toEqual([...SPEC_STATUSES].sort())
  for (const type of SPEC_TYPES) expect(page).toContain(`\`${type}\``)
})
