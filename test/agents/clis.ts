import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { textAt } from '../../src/agent/json.ts'

/**
 * The real CLIs, from npm: each has a folder with a package.json and a lock file of its own, so that one is installed
 * without the others, and none of them by `npm ci` at the top. A CLI that happens to be on the machine is never used.
 */

/** Quick ones first; these are what a run without `--all` takes. */
export const USUAL = ['claude', 'codex', 'pi'] as const
export const CLIS = [...USUAL, 'gemini', 'opencode', 'qwen', 'copilot'] as const
export type CliName = (typeof CLIS)[number]

export const isCli = (name: string): name is CliName => CLIS.some((one) => one === name)

/** Folder of a CLI's package.json. */
export const folderOf = (cli: CliName): string => join(import.meta.dirname, 'clis', cli)

/** The exact version that its package.json names, and the package. */
export function packageOf(cli: CliName): { readonly name: string; readonly version: string } {
  const dependencies: unknown = JSON.parse(readFileSync(join(folderOf(cli), 'package.json'), 'utf8')).dependencies
  const [name = ''] = Object.keys(Object(dependencies))
  return { name, version: textAt(dependencies, name) ?? '' }
}

/** The program, where it is installed. */
export const programOf = (cli: CliName): string => join(folderOf(cli), 'node_modules', '.bin', cli)

/** Written when an installation has come to its end; what is half installed is installed again. */
const stampOf = (cli: CliName): string => join(folderOf(cli), 'node_modules', '.complete')

/** Whether the version that package.json names is there, all of it. */
export function isInstalled(cli: CliName): boolean {
  const stamp = stampOf(cli)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === packageOf(cli).version
}

/**
 * Their packages for other platforms are not on every registry, so the lock file, made where they are not, lacks them and
 * `npm ci` refuses it. `npm install` takes the same versions from it and does not mind.
 */
const LOCKED_IN_PART: readonly CliName[] = ['opencode', 'qwen']
/** Those whose program is put in place by a script. The others work without theirs, so none of those runs. */
const WITH_SCRIPT: readonly CliName[] = ['claude', 'opencode']

/** Installs what the lock file says, unless it is there, and says so. */
export function install(cli: CliName): void {
  const { name, version } = packageOf(cli)
  const place = relative(process.cwd(), join(folderOf(cli), 'node_modules'))
  if (isInstalled(cli)) return console.log(`${cli}: ${name} ${version} is in ${place}`)
  console.log(`${cli}: installing ${name} ${version} from npm into ${place}`)
  const npm = (...args: string[]) => execFileSync('npm', args, { cwd: folderOf(cli), stdio: 'inherit' })
  const how = LOCKED_IN_PART.includes(cli) ? ['install', '--no-save'] : ['ci']
  npm(...how, '--ignore-scripts', '--no-audit', '--no-fund')
  if (WITH_SCRIPT.includes(cli)) npm('rebuild', packageOf(cli).name)
  writeFileSync(stampOf(cli), packageOf(cli).version)
}
