import { readdirSync, realpathSync } from 'node:fs'
import { isAbsolute, join, normalize, relative, sep } from 'node:path'
import { pathsNamedIn } from '../lint/files.ts'
import type { LintFacts } from '../lint/rule.ts'
import { builtInNames } from '../prompt/built-in.ts'
import type { Spec } from '../spec/spec.ts'
import { isRealDirectory } from './files.ts'

const PROMPTS = '.chant/prompts'

/** What the linter has to know of a project's files: which prompts there are, and which paths of the specs lead nowhere. */
export function lintFacts(project: string, specs: readonly Spec[]): LintFacts {
  const paths = new Map<string, 'missing' | 'outside'>()
  for (const path of pathsNamedIn(specs)) {
    const state = stateOf(project, path)
    if (state !== 'there') paths.set(path, state)
  }
  return { prompts: promptNames(project), paths }
}

/** Prompts of the project, and those built in. */
function promptNames(project: string): ReadonlySet<string> {
  const folder = join(project, PROMPTS)
  // What is reached through a link is not read as a prompt.
  const real = [join(project, '.chant'), folder].every(isRealDirectory)
  const entries = real ? readdirSync(folder, { withFileTypes: true, recursive: true }) : []
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).slice(0, -'.md'.length))
  return new Set([...builtInNames, ...names])
}

/** Where a path leads, links followed, without opening anything. */
function stateOf(project: string, path: string): 'there' | 'missing' | 'outside' {
  if (isAbsolute(path)) return 'outside'
  try {
    const real = realpathSync(join(project, path))
    return real.startsWith(`${realpathSync(project)}/`) ? 'there' : 'outside'
  } catch {
    // Not there, not to be looked at, or no possible name: nobody can read it in any of these cases.
    return leadsUp(path) ? 'outside' : 'missing'
  }
}

/** Whether a path as it is written leaves the folder that it starts in. */
function leadsUp(path: string): boolean {
  return normalize(path).split(sep)[0] === '..'
}
