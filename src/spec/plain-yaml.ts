import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'

/** What is a text to every reader of YAML: no number, no boolean, no null, and no colon at its end. */
const WORD = [
  String.raw`(?!(?:true|false|null)\n)[a-z_]\w*(?:[./:@*+-]+\w+)*`, // src/a.ts, sonnet, docs/**/a.md
  String.raw`\d+-\d+-\w+(?:[.:-]\w+)*`, // ids, dates and times
  String.raw`\.[a-z]+/\w+(?:[./-]+\w+)*`, // .github/workflows/ci.yml
  String.raw`(?=\d*[a-f]\d*[a-f])[\da-f]+`, // commits, but neither 1234567 nor 123e456
].join('|')

/** A key with a word behind it, or with a list of words below it. */
const FIELD = new RegExp(
  `(?!(?:true|false|null):)([a-z_]{1,100}):(?: (${WORD})\n|\n(( *)- (?:${WORD})\n(?:\\4- (?:${WORD})\n)*))`,
  'iy',
)

/**
 * Reads YAML of the plainest kind as `yaml` reads it, but for the tokens that only an edit needs: they take most of the time
 * in which a project is read, and nearly every spec is written like this. All else is `undefined` and left to `yaml`: quotes,
 * comments, numbers, blanks within a value, and every mistake.
 */
export function readPlainYaml(source: string): Document | undefined {
  const root = placed(new YAMLMap<Scalar, Scalar | YAMLSeq>(), 0, source.length)
  const keys = new Set<string>()
  FIELD.lastIndex = 0
  for (let start = 0; start < source.length; start = FIELD.lastIndex) {
    const [, key, word, list = '', indent = ''] = FIELD.exec(source) ?? []
    if (key === undefined || keys.has(key)) return undefined
    keys.add(key)
    const behind = start + key.length + ': '.length
    const value = word === undefined ? sequence(list, indent.length, behind) : scalar(word, behind)
    root.items.push(new Pair(scalar(key, start), value))
  }
  if (root.items.length === 0) return undefined
  const document = new Document(undefined, { stringKeys: true })
  document.contents = root
  return document
}

/** @param lines each with a dash and a word behind its indentation */
function sequence(lines: string, indent: number, start: number): YAMLSeq {
  const seq = placed(new YAMLSeq(), start + indent, start + lines.length)
  let at = start
  for (const line of lines.slice(0, -1).split('\n')) {
    seq.items.push(scalar(line.slice(indent + '- '.length), at + indent + '- '.length))
    at += line.length + 1
  }
  return seq
}

function scalar(text: string, start: number): Scalar {
  const node = new Scalar(text)
  node.source = text
  node.type = 'PLAIN'
  return placed(node, start, start + text.length)
}

function placed<T extends Node>(node: T, start: number, end: number): T {
  node.range = [start, end, end]
  return node
}
