import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathsNamedIn } from '../lint/files.ts'
import type { LintFacts } from '../lint/rule.ts'
import { builtInNames } from '../prompt/built-in.ts'
import type { Spec } from '../spec/spec.ts'
import { isRealDirectory } from './files.ts'
import { type NamedFrom, namedFile } from './named-file.ts'

const PROMPTS = '.chant/prompts'

/** What the linter has to know of a project's files: which prompts there are, and which paths of the specs lead nowhere. */
export function lintFacts(from: NamedFrom, specs: readonly Spec[]): LintFacts {
  const paths = new Map<string, 'missing' | 'outside'>()
  for (const path of pathsNamedIn(specs)) {
    const found = namedFile(path, from)
    if (!found.ok) paths.set(path, found.error === 'outside' ? 'outside' : 'missing')
  }
  return { prompts: promptNames(from.directory), paths }
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
