import { expect, test } from 'vitest'
import { pathsNamedIn } from '../../src/lint/files.ts'
import { aText, folderOf, linesOf } from './lint-of.ts'

const gone = (...paths: readonly string[]) => ({ facts: { paths: new Map(paths.map((p) => [p, 'missing'] as const)) } })

test('a context file that is not there is a warning where it is written', () => {
  const text = aText({ front: 'context:\n  - docs/a.md\n  - docs/b.md#part\n  - ../c.md' })
  const paths = new Map([
    ['docs/b.md#part', 'missing'],
    ['../c.md', 'outside'],
  ] as const)
  expect(linesOf({ a: text }, undefined, { facts: { paths } })).toMatchInlineSnapshot(`
    "warning missing-context a.md:4:5 \`context\` names "docs/b.md#part", which does not exist: the prompt will go without it.
      → Files are read whole: take out what stands behind the \`#\`.
    warning missing-context a.md:5:5 \`context\` names "../c.md", which leads out of the repository: the prompt will go without it.
      → Correct the path, which starts at the folder that holds \`.chant\`; or leave it, where an earlier spec makes the file."
  `)
})

test('values that chant derived into context are no files', () => {
  const text = aText({ front: 'context: [derived_team=core]' })
  expect([...pathsNamedIn(folderOf({ a: text }).specs)]).toEqual([])
  expect(linesOf({ a: text }, undefined, gone('derived_team=core'))).toBe('')
})

test('a missing output schema is an error once the spec is completed', () => {
  const text = (status: string) => ({ a: aText({ front: `status: ${status}\noutput_schema: s.json` }) })
  expect(linesOf(text('completed'), undefined, gone('s.json'))).toMatchInlineSnapshot(`
    "error missing-output-schema a.md:3:16 \`output_schema\` names "s.json", which does not exist.
      → Correct the path, which starts at the folder that holds \`.chant\`, or add the schema."
  `)
  expect(linesOf(text('pending'), undefined, gone('s.json'))).toMatch(/^warning missing-output-schema a\.md:3:16/)
  expect(linesOf(text('completed'))).toBe('')
})

test('only the paths that rules ask about are looked up', () => {
  const open = aText({ front: 'context: [a, b]\noutput_schema: s\ntarget_files: [t]' })
  const done = aText({ front: 'status: completed\ncontext: [c]\noutput_schema: s2' })
  expect([...pathsNamedIn(folderOf({ open, done }).specs)].sort()).toEqual(['a', 'b', 's', 's2'])
})
