import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** Whether the installed version is the one that package.json names. */
export function isInstalled(cli: CliName): boolean {
  const { name, version } = packageOf(cli)
  const manifest = join(folderOf(cli), 'node_modules', name, 'package.json')
  return (
    existsSync(programOf(cli)) &&
    existsSync(manifest) &&
    textAt(JSON.parse(readFileSync(manifest, 'utf8')), 'version') === version
  )
}

/** Installs what the lock file says, unless it is there. Install scripts do not run: every program here comes in a package. */
export function install(cli: CliName): void {
  if (isInstalled(cli)) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folderOf(cli), stdio: 'inherit' })
}
