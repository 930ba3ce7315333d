// The licences of every package in the bundle. ncc's own `license` option forgets the modules that it merges into others, so we ask
// the compilation which files went in, and read each package's licence from where it is installed.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** @typedef {{ resource?: string, modules?: Iterable<Module>, rootModule?: Module }} Module */

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i

/**
 * The text of `dist/licenses.txt`: name, version, licence and licence text of each package, in the order of their names.
 * @param {string} root
 * @param {{ modules: Iterable<Module> }} compilation webpack's
 */
export async function licenses(root, compilation) {
  const directories = new Set(
    [...files(compilation.modules)].map((file) => PACKAGE.exec(file)?.[0] ?? '').filter(Boolean),
  )
  // The loader of modules at the top of the bundle is ncc's.
  directories.add(path.join(root, 'node_modules/@vercel/ncc'))
  const entries = new Map()
  for (const directory of directories) {
    const { name, version, license } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8'))
    entries.set(
      `${name} ${version}`,
      `${name} ${version} (${license ?? 'licence not named'})\n\n${await text(directory)}\n`,
    )
  }
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  return sorted.join(`\n${'-'.repeat(80)}\n\n`)
}

/**
 * The files of modules, also of those that were merged into one.
 * @param {Iterable<Module>} modules
 * @returns {Generator<string>}
 */
function* files(modules) {
  for (const module of modules) {
    if (module.resource) yield module.resource
    if (module.modules) yield* files(module.modules)
  }
}

/** @param {string} directory */
async function text(directory) {
  const names = (await readdir(directory)).filter((name) => LICENCE_FILE.test(name)).sort()
  const texts = await Promise.all(names.map((name) => readFile(path.join(directory, name), 'utf8')))
  return texts.map((each) => each.replaceAll('\r\n', '\n').trim()).join('\n\n') || 'The package holds no licence text.'
}
