import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { withTables } from '../readme-tables.mjs'

/**
 * README's tables of inputs and outputs are generated from action.yml.
 * @type {import('../check.mjs').Part}
 */
export async function readmeInSync(root) {
  try {
    const readme = await readFile(path.join(root, 'README.md'), 'utf8')
    const action = await readFile(path.join(root, 'action.yml'), 'utf8')
    if (withTables(readme, action) === readme) return []
    return ['The tables in README.md are not those of action.yml: run `node scripts/readme-tables.mjs`']
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
