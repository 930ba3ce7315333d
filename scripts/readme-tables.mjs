// Writes the tables of inputs and outputs in README.md from action.yml: `node scripts/readme-tables.mjs`, or with `--check` only says whether
// they are in sync. Each table stands between `<!-- <name>:start -->` and `<!-- <name>:end -->`.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/**
 * README.md with both tables as action.yml has them.
 * @param {string} readme
 * @param {string} actionYaml
 * @throws {Error} where README.md has no place for a table
 */
export function withTables(readme, actionYaml) {
  /** @type {{ inputs: Record<string, { description: string, default?: string }>, outputs: Record<string, { description: string }> }} */
  const action = parse(actionYaml)
  const inputs = Object.entries(action.inputs).map(([name, input]) => [
    code(name),
    input.description,
    code(input.default ?? ''),
  ])
  const outputs = Object.entries(action.outputs).map(([name, output]) => [code(name), output.description])
  const withInputs = replaceBetween(readme, 'inputs', table(['input', 'what it does', 'default'], inputs))
  return replaceBetween(withInputs, 'outputs', table(['output', 'what it says'], outputs))
}

const code = (/** @type {string} */ text) => (text === '' ? '' : `\`${text}\``)

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.trim().replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/**
 * @param {string} text
 * @param {string} name
 * @param {string} content
 */
function replaceBetween(text, name, content) {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md has no \`${start}\` followed by \`${end}\``)
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(import.meta.dirname, '..')
  const [readme, action] = await Promise.all(
    ['README.md', 'action.yml'].map((file) => readFile(path.join(root, file), 'utf8')),
  )
  const wanted = withTables(readme ?? '', action ?? '')
  if (wanted !== readme && process.argv.includes('--check')) {
    console.error('The tables in README.md are not those of action.yml: run `node scripts/readme-tables.mjs`.')
    process.exitCode = 1
  } else if (wanted !== readme) await writeFile(path.join(root, 'README.md'), wanted)
}
