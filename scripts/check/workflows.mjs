import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { parse } from 'yaml'

/** How `uses: ./` is shown to the language service, which looks up published actions only. */
const OURSELVES = { owner: 'this', name: 'repository', ref: 'workspace' }

/**
 * action.yml and the workflows as GitHub's own language service reads them: keys, expressions, and what `with:` hands to this action.
 * @type {import('../check.mjs').Part}
 */
export async function workflows(root) {
  const action = await readFile(path.join(root, 'action.yml'), 'utf8').catch(() => undefined)
  if (action === undefined) return ['action.yml is missing']
  const directory = '.github/workflows'
  const names = (await readdir(path.join(root, directory)).catch(() => []))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
  if (names.length === 0) return [`${directory} holds no workflow`]

  const validate = await languageService()
  const metadata = parse(action)
  const problems = []
  for (const file of ['action.yml', ...names.map((name) => `${directory}/${name}`)]) {
    problems.push(...(await validate(root, file, metadata)))
  }
  return problems
}

/** @typedef {(root: string, file: string, action: { name: string, description: string, inputs: object }) => Promise<string[]>} Validate */

/** @returns {Promise<Validate>} */
async function languageService() {
  const tools = path.resolve(import.meta.dirname, '../..')
  const bundle = path.join(tools, 'node_modules/.cache/chant-action/language-service.cjs')
  await build({
    entryPoints: [path.join(import.meta.dirname, 'language-service.entry.mjs')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  const { validate, TextDocument } = await import(pathToFileURL(bundle).href)

  return async (root, file, action) => {
    const text = await readFile(path.join(root, file), 'utf8')
    const actionsMetadataProvider = {
      /** @param {typeof OURSELVES} reference */
      async fetchActionMetadata({ owner, name, ref }) {
        const ours = owner === OURSELVES.owner && name === OURSELVES.name && ref === OURSELVES.ref
        // Without inputs an action's `with:` is not looked at: nothing is fetched here.
        return ours ? action : { name, description: '' }
      },
    }
    const named = text.replaceAll(
      /(\buses:[ \t]*)\.\/[ \t]*$/gm,
      `$1${OURSELVES.owner}/${OURSELVES.name}@${OURSELVES.ref}`,
    )
    // The service remembers what it has read by its address, which is therefore the real one.
    const address = pathToFileURL(path.join(root, file)).href
    const document = TextDocument.create(address, 'yaml', 1, named)
    /** @type {{ message: string, range: { start: { line: number, character: number } } }[]} */
    const diagnostics = await validate(document, { actionsMetadataProvider })
    return diagnostics.map(
      ({ message, range }) => `${file}:${range.start.line + 1}:${range.start.character + 1} ${message}`,
    )
  }
}
