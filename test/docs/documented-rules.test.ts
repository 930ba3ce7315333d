import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The tables of docs/*.md that have a column `test` say of each rule which test proves it: `file › name`. */

const root = join(import.meta.dirname, '..', '..')

interface Row {
  /** `docs/page.md:line`. */
  readonly at: string
  readonly cells: readonly string[]
  /** What its table has in the column `test`. */
  readonly proof: string
}

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))

function rowsOf(page: string): readonly Row[] {
  const lines = readFileSync(join(root, 'docs', page), 'utf8').split('\n')
  const rows: Row[] = []
  let column = -1
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('|')) column = -1
    else if (/^\|[\s|:-]+$/.test(line)) continue
    else if (/^\|[\s|:-]+$/.test(lines[index + 1] ?? '')) column = cellsOf(line).indexOf('test')
    else if (column !== -1) {
      const cells = cellsOf(line)
      rows.push({ at: `docs/${page}:${index + 1}`, cells, proof: cells[column] ?? '' })
    }
  }
  return rows
}

const rows = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .flatMap(rowsOf)

/** The content of code spans, whatever their fences. */
const spansIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g)].map(([, , content = '']) => content.trim())

const texts = new Map<string, string | undefined>()
function textOf(file: string): string | undefined {
  if (!texts.has(file)) {
    try {
      texts.set(file, readFileSync(join(root, file), 'utf8'))
    } catch {
      texts.set(file, undefined)
    }
  }
  return texts.get(file)
}

/** Whether a test has this name, as it is written in the source: one of `each` with its placeholders. */
function hasTest(text: string, name: string): boolean {
  const written = [`'${name.replaceAll("'", "\\'")}'`, `"${name}"`, `\`${name}\``]
  return written.some((quoted) => new RegExp(`\\(\\s*${RegExp.escape(quoted)}`).test(text))
}

test('every rule that the documentation has a test for names one that is there', () => {
  expect(rows.length).toBeGreaterThan(100)
  const wrong = rows.flatMap(({ at, proof }) =>
    spansIn(proof).flatMap((span) => {
      const [file = '', ...names] = span.split(' › ')
      const text = /^test\/[\w/-]+(?:\.[\w-]+)*\.test\.ts$/.test(file) ? textOf(file) : undefined
      if (text === undefined) return [`${at} no such file: ${span}`]
      return names.every((name) => hasTest(text, name)) ? [] : [`${at} no such test: ${span}`]
    }),
  )
  expect(wrong).toEqual([])
})

test('no rule stands there without a test, but for those that are none of ours', () => {
  const bare = rows.filter(
    ({ cells, proof }) => spansIn(proof).length === 0 && !cells.some((cell) => /^_?not ours/.test(cell)),
  )
  expect(bare.map(({ at }) => at)).toEqual([])
})
