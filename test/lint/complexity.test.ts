import { expect, test } from 'vitest'
import { aText, linesOf } from './lint-of.ts'

const boxes = (count: number) => Array.from({ length: count }, (_, i) => `  - [ ] Thing ${i}`).join('\n')

test('more criteria than the threshold are a warning at the first too many', () => {
  expect(linesOf({ a: aText({ criteria: boxes(11) }) })).toMatchInlineSnapshot(`
    "warning many-criteria a.md:17:3 The spec has 11 acceptance criteria, more than 10.
      → Split it into specs that can be worked one by one (\`chant split\` does), or raise \`lint.thresholds.complexity_criteria\` in .chant/config.md."
  `)
  expect(linesOf({ a: aText({ criteria: boxes(10) }) })).toBe('')
})

test('more target files than the threshold are a warning at the first too many', () => {
  const files = (count: number) =>
    aText({ front: `target_files: [${Array.from({ length: count }, (_, i) => `f${i}`).join(', ')}]` })
  expect(linesOf({ a: files(6) })).toMatchInlineSnapshot(`
    "warning many-files a.md:2:36 \`target_files\` names 6 files, more than 5.
      → Split it into specs that can be worked one by one (\`chant split\` does), or raise \`lint.thresholds.complexity_files\` in .chant/config.md."
  `)
  expect(linesOf({ a: files(5) })).toBe('')
})

test('more words than the threshold are a warning where a project wants it', () => {
  const long = aText({ body: 'word '.repeat(150) })
  expect(linesOf({ a: long })).toBe('')
  expect(linesOf({ a: long }, undefined, { config: { disable: [] } })).toMatchInlineSnapshot(`
    "warning many-words a.md:3:1 The spec has 161 words, more than 150.
      → Split it into specs that can be worked one by one (\`chant split\` does), or raise \`lint.thresholds.complexity_words\` in .chant/config.md."
  `)
})

test('words of an earlier agent do not count', () => {
  const failed = `${aText({ front: 'status: failed' })}\n## Agent Output\n\n\`\`\`\n${'word '.repeat(500)}\n\`\`\`\n`
  expect(linesOf({ a: failed }, undefined, { config: { disable: [] } })).toBe('')
})

test('a large model on a simple spec is a warning', () => {
  const simple = (front: string, body = '') => ({ a: aText({ front, title: '# Do', body, criteria: '' }) })
  expect(linesOf(simple('model: claude-opus-4-5'), 'model-waste')).toMatchInlineSnapshot(`
    "warning model-waste a.md:2:8 It asks for a large model ("claude-opus-4-5") and is simple: criteria 0, files 0, words 2.
      → A smaller model does it for less: take \`model\` out, or name one, for example \`haiku\`."
  `)
  expect(linesOf(simple('model: sonnet'), 'model-waste')).toContain('a.md:2:8')
  for (const fine of [
    simple('model: haiku'),
    simple('model: opus', 'It takes a few words more'),
    simple('model: opus\ntype: research'),
    simple('model: opus\ntype: driver'),
    simple('model: opus\ntarget_files: [a, b]'),
  ])
    expect(linesOf(fine, 'model-waste')).toBe('')
})

test('thresholds are those of the project', () => {
  const thresholds = {
    complexityCriteria: 1,
    complexityFiles: 0,
    complexityWords: 3,
    simpleCriteria: 9,
    simpleFiles: 9,
    simpleWords: 99,
  }
  const text = aText({ front: 'target_files: [x]\nmodel: opus', criteria: boxes(2) })
  const found = linesOf({ a: text }, undefined, { config: { thresholds, disable: [] } })
  expect(found.match(/(?<=warning )[\w-]+/g)).toEqual(['many-files', 'model-waste', 'many-words', 'many-criteria'])
})
