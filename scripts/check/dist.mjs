import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { build } from '../build.mjs'

/**
 * `dist/` is what GitHub runs, so it has to be what the source says: built anew elsewhere and compared byte for byte.
 * @type {import('../check.mjs').Part}
 */
export async function distInSync(root) {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'chant-action-dist-'))
  try {
    const built = path.join(scratch, 'dist')
    try {
      await build(built)
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
    return await differences(path.join(root, 'dist'), built)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/**
 * What differs between the files of two directories, a sentence each.
 * @param {string} committed
 * @param {string} built
 */
export async function differences(committed, built) {
  const [before, after] = await Promise.all([files(committed), files(built)])
  if (before.length === 0) return ['dist/ is missing or empty: run `npm run build` and commit it']
  const problems = []
  for (const file of [...new Set([...before, ...after])].sort()) {
    if (!before.includes(file)) problems.push(`dist/${file} is missing: run \`npm run build\``)
    else if (!after.includes(file))
      problems.push(`dist/${file} is not built from the source any more: run \`npm run build\``)
    else {
      const [a, b] = await Promise.all([readFile(path.join(committed, file)), readFile(path.join(built, file))])
      if (!a.equals(b)) problems.push(`dist/${file} is not what the source builds: run \`npm run build\``)
    }
  }
  return problems
}

/**
 * @param {string} directory
 * @returns {Promise<string[]>} paths relative to it; none where it does not exist
 */
async function files(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
}
