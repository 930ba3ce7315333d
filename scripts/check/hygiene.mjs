import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

/** Somebody's home directory. GitHub documents /home/runner, so it may be named. */
const HOME = /(?<![\w.-])\/(?:home|Users)\/(?!runner\/)[A-Za-z][\w.-]*\/|[A-Z]:\\Users\\\w+/

/**
 * Nothing in the repository says on which machine it was made: no absolute paths, no registry in the lock file.
 * @type {import('../check.mjs').Part}
 */
export async function hygiene(root) {
  const problems = []
  for (const file of await repositoryFiles(root)) {
    const text = await readFile(path.join(root, file), 'utf8').catch(() => '')
    if (path.basename(file) === 'package-lock.json') problems.push(...registryHosts(text, file))
    problems.push(...machinePaths(file, text, root))
  }
  return problems
}

/**
 * Every file that git has or would take.
 * @param {string} root
 */
async function repositoryFiles(root) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const { stdout } = await promisify(execFile)('git', args, { cwd: root, maxBuffer: 64 << 20 })
  return stdout.split('\0').filter((file) => file !== '')
}

/**
 * @param {string} file
 * @param {string} text
 * @param {string} root
 */
export function machinePaths(file, text, root) {
  const built = file.startsWith('dist/')
  const checkout = new RegExp(`(?<![\\w.-])${RegExp.escape(root)}(?![\\w-])`)
  return text.split('\n').flatMap((line, index) => {
    // Packages in dist/ may show a home directory in a comment of theirs; where this checkout is, they cannot know.
    const found = checkout.exec(line) ?? (built ? null : HOME.exec(line))
    return found ? [`${file}:${index + 1} names a path of a machine: ${found[0]}`] : []
  })
}

/**
 * @param {string} lock package-lock.json
 * @param {string} file its name
 */
export function registryHosts(lock, file = 'package-lock.json') {
  /** @type {{ packages: Record<string, { resolved?: string }> }} */
  const { packages } = JSON.parse(lock)
  return Object.entries(packages).flatMap(([name, { resolved }]) =>
    resolved && /^(?:git\+)?(?:https?|ssh):/.test(resolved)
      ? [`${file}: ${name} names a registry host; install with \`--omit-lockfile-registry-resolved\``]
      : [],
  )
}
