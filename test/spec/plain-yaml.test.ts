import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Document, isScalar, isSeq, type Node, parseDocument, visit } from 'yaml'
import { readPlainYaml } from '../../src/spec/plain-yaml.ts'
import { runs } from '../random-cases.ts'

/** What readers of a document look at: each node with its place and value, as `yaml` knows them. */
function seen(document: Document): unknown {
  const nodes: unknown[] = [document.toJS(), document.errors, document.warnings]
  const note = (_: unknown, node: Node): void => {
    if (isScalar(node)) nodes.push([node.value, node.source, node.type, node.range?.slice(0, 2)])
    else nodes.push([isSeq(node), node.range?.[0]])
  }
  visit(document, { Scalar: note, Seq: note, Map: note })
  return nodes
}

const asYaml = (source: string): unknown =>
  seen(parseDocument(source, { prettyErrors: false, stringKeys: true, logLevel: 'silent' }))

const words = [
  'pending',
  'true',
  'NULL',
  'False',
  '2026-01-24-01q-snf',
  '2026-01-24T04:20:27Z',
  'src/a.ts',
  'a:',
  'a:b',
  '1e5',
  '12e4',
  'a1e5',
]
const word = fc.oneof(
  fc.constantFrom(
    ...words,
    '0x1f',
    '1234567',
    'abc1234',
    '1_000',
    '.inf',
    '.github/ci.yml',
    '.5',
    'a*',
    '*a',
    '-',
    '---',
    '12:30:45',
    '1.2.3',
  ),
  fc.stringMatching(/^[0-9a-f]{7}$/),
  fc.stringMatching(/^[a-z0-9._:/@*+-]{1,12}$/),
)
const list = fc.tuple(fc.constantFrom('', '  ', ' ', '    '), fc.array(word, { maxLength: 4 }))
const field = fc.oneof(
  fc
    .tuple(fc.constantFrom('type', 'status', 'labels', 'true', 'null', '__proto__', 'a'), word)
    .map(([key, value]) => `${key}: ${value}\n`),
  fc
    .tuple(fc.constantFrom('labels', 'members', 'depends_on', 'False'), list)
    .map(([key, [indent, items]]) => `${key}:\n${items.map((item) => `${indent}- ${item}\n`).join('')}`),
  fc.constantFrom('# comment\n', '\n', '- a\n', '  b\n', 'a: b: c\n', 'a: "b"\n', 'a: [b]\n', 'a:\n', ' - a\n'),
)

describe('plain YAML', () => {
  it('is read as yaml reads it', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 5 }), (fields) => {
        const source = fields.join('')
        const document = readPlainYaml(source)
        if (document !== undefined) expect(seen(document)).toEqual(asYaml(source))
      }),
      { numRuns: runs(3000) },
    )
  })

  it('is what chant writes', () => {
    const source = `type: code
status: completed
depends_on:
- 2026-01-24-01q-snf
target_files:
- src/a.ts
- .github/workflows/ci.yml
- docs/**/a.md
commits:
- 9a76ae5
- 1d24c8e
completed_at: 2026-01-24T04:20:27Z
model: claude-opus-4-5
`
    const document = readPlainYaml(source)
    expect(document && seen(document)).toEqual(asYaml(source))
  })

  it('is nothing that may mean something else, nor anything wrong', () => {
    const others = [
      '',
      'a: 1',
      'a: true',
      'a: NULL',
      'null: a',
      'a: 1234567',
      'a: 12e4567',
      'a: b c',
      'a: "b"',
      'a: b # c',
      'a: [b]',
    ]
    const wrong = [
      'a: b\na: c',
      'a: b:',
      'a:\n- b\n - c',
      'a: b\n- c',
      'a:\n\t- b',
      'a: *b',
      'a: &b c',
      'a: !b c',
      'a: b\n  c',
      'a:',
    ]
    for (const source of [...others, ...wrong]) expect(readPlainYaml(`${source}\n`), source).toBe(undefined)
  })
})
