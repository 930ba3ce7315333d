// Builds `dist/`, what GitHub runs: `npm run build`.
//
// tsc compiles `src/` to `build/`, ncc bundles that (it cannot read a .ts entry with TypeScript 7). Both entries share one bundle, so that
// no package is in `dist/` twice; `main.js` and `post.js` are two lines each. What the source loads by `await import()` stays a file of its own.
import { execFile } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
// @ts-expect-error ncc has no types.
import ncc from '@vercel/ncc'
import { licenses } from './build/licenses.mjs'

/** The repository, wherever the build was started. */
export const root = path.resolve(import.meta.dirname, '..')

/** What each entry is called in the bundle. An eager `import()` is evaluated when called, not when the bundle is loaded. */
const ENTRIES = ['main', 'post']

const bundleEntry = ENTRIES.map(
  (name) => `export const ${name} = () => import(/* webpackMode: "eager" */ './${name}.js')\n`,
).join('')

const startFile = (/** @type {string} */ name) => `import { ${name} } from './index.js'\nawait ${name}()\n`

/**
 * Builds the action into a directory, which is cleared first. Byte for byte the same from the same source and lock file, wherever it runs.
 * @param {string} out
 * @throws {Error} with the compiler's own words where `src/` has a type error
 */
export async function build(out) {
  const stage = path.join(root, 'build')
  await rm(stage, { recursive: true, force: true })
  await compile(stage)
  await writeFile(path.join(stage, 'bundle.js'), bundleEntry)

  const bundled = await ncc(path.join(stage, 'bundle.js'), { cache: false, quiet: true, target: 'es2022' })

  await rm(out, { recursive: true, force: true })
  await mkdir(out, { recursive: true })
  await writeFile(path.join(out, 'index.js'), bundled.code)
  for (const [name, asset] of Object.entries(bundled.assets)) {
    await mkdir(path.dirname(path.join(out, name)), { recursive: true })
    await writeFile(path.join(out, name), asset.source)
  }
  for (const name of ENTRIES) await writeFile(path.join(out, `${name}.js`), startFile(name))
  // The nearest package.json decides whether Node reads .js as a module; the one of the repository is not it where dist/ is copied alone.
  await writeFile(path.join(out, 'package.json'), '{"type":"module"}\n')
  await writeFile(path.join(out, 'licenses.txt'), await licenses(root, bundled.stats.compilation))
  await cp(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'))
}

/** @param {string} stage */
async function compile(stage) {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.json', '--outDir', stage], { cwd: root })
  } catch (error) {
    throw new Error(`tsc found errors in src/:\n${Object(error).stdout || error}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now()
  const out = path.resolve(process.argv[2] ?? path.join(root, 'dist'))
  try {
    await build(out)
    console.log(
      `built ${path.relative(process.cwd(), out) || '.'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
    )
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
