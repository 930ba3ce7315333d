// Everything that can be said about the repository without running the action: `npm run check`, or `npm run check -- lint dist` for some of it.
import { distInSync } from './check/dist.mjs'
import { hygiene } from './check/hygiene.mjs'
import { links } from './check/links.mjs'
import { lint } from './check/lint.mjs'
import { readmeInSync } from './check/readme.mjs'
import { types } from './check/types.mjs'
import { workflows } from './check/workflows.mjs'

/**
 * Looks at one thing and answers with what is wrong, a line each; an empty list is a pass.
 * @typedef {(root: string) => Promise<string[]>} Part
 */

/** @type {[name: string, part: Part][]} In the order of how much a failure says about the next ones. */
const PARTS = [
  ['types', types],
  ['lint', lint],
  ['dist', distInSync],
  ['readme', readmeInSync],
  ['links', links],
  ['workflows', workflows],
  ['hygiene', hygiene],
]

const root = process.cwd()
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !PARTS.some(([known]) => known === name))
if (unknown.length > 0) {
  console.error(`There is no check named ${unknown.join(', ')}. There are: ${PARTS.map(([name]) => name).join(', ')}.`)
  process.exit(2)
}

const failed = []
for (const [name, part] of PARTS) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const started = performance.now()
  // A part that breaks is one more thing to list; the others have their say all the same.
  const problems = await part(root).catch((error) => [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (problems.length > 0) failed.push(name)
  const result =
    problems.length > 0 ? `FAILED, ${problems.length} ${problems.length > 1 ? 'problems' : 'problem'}` : 'ok'
  console.log(`${name.padEnd(10)} ${result} (${seconds} s)`)
  for (const problem of problems) console.log(`  ${problem.replaceAll('\n', '\n  ')}`)
}

if (failed.length > 0) {
  console.log(`\nFailed: ${failed.join(', ')}`)
  process.exitCode = 1
}
