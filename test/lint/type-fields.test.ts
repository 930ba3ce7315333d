import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

test('documentation without tracks is a warning', () => {
  expect(linesOf({ a: aText({ front: 'type: documentation\ntarget_files: [d.md]' }) })).toMatchInlineSnapshot(`
    "warning missing-tracks a.md:2:7 A documentation spec says in \`tracks\` which files it describes; this one does not.
      → Add \`tracks\` with their paths or globs: chant notices by it when the documentation is out of date."
  `)
})

test('documentation and research without target files are a warning', () => {
  expect(linesOf({ a: aText({ front: 'type: documentation\ntracks: [src/*]' }) })).toMatchInlineSnapshot(`
    "warning missing-target-files a.md:2:7 A documentation spec says in \`target_files\` what it is to write; this one does not.
      → Add \`target_files\` with the paths: they are put into the prompt."
  `)
  expect(linesOf({ a: aText({ front: 'type: research\norigin: [d.csv]' }) })).toContain('missing-target-files a.md:2:7')
})

test('research with nothing to start from is a warning', () => {
  expect(linesOf({ a: aText({ front: 'type: research\ntarget_files: [d.md]' }) })).toMatchInlineSnapshot(`
    "warning missing-origin a.md:2:7 A research spec names what it reads in \`informed_by\` or \`origin\`; this one has neither.
      → Add \`informed_by\` with texts to read, or \`origin\` with data to look into."
  `)
  for (const field of ['informed_by', 'origin'])
    expect(linesOf({ a: aText({ front: `type: research\ntarget_files: [d.md]\n${field}: [x]` }) })).toBe('')
})

test('other types need none of these fields', () => {
  for (const type of ['code', 'task', 'conflict']) expect(linesOf({ a: aText({ front: `type: ${type}` }) })).toBe('')
})
