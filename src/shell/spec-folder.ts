import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { parseSpec } from '../spec/parse-spec.ts'
import type { BrokenSpec, Spec, SpecFolder } from '../spec/spec.ts'
import { compareSpecIds } from '../spec/spec-id.ts'

const SPECS = '.chant/specs'
const ARCHIVE = '.chant/archive'
const MAX_BYTES = 1024 * 1024

/**
 * Reads every spec below `.chant/specs`, nested folders included, and the ids below `.chant/archive`.
 * Whatever is wrong with one file breaks only that file. Links that leave the project are never followed.
 *
 * @param projectDir absolute path of the directory that holds `.chant`
 * @returns the error is one sentence for the person who wrote the workflow
 */
export function readSpecFolder(projectDir: string): Result<SpecFolder, string> {
  const project = attempt(() => realpathSync(projectDir))
  const root = project.ok ? attempt(() => realpathSync(join(projectDir, SPECS))) : project
  if (!project.ok || !root.ok || !lstatSync(root.value).isDirectory()) {
    const looked = join(projectDir, SPECS)
    return err(
      `No specs folder at ${looked}: set the input \`working-directory\` to the directory that holds \`.chant\`, or make one with \`chant init\`.`,
    )
  }
  if (!isInside(root.value, project.value)) {
    return err(
      `${join(projectDir, SPECS)} is a link that leaves the project (\`working-directory\`); it is not followed.`,
    )
  }

  const broken: BrokenSpec[] = []
  const read: { name: string; file: string; parsed: ReturnType<typeof parseSpec> }[] = []
  for (const entry of entriesBelow(root.value, SPECS, project.value)) {
    const name = basename(entry.file, '.md')
    if ('problem' in entry) {
      broken.push({ name, file: entry.file, diagnostics: [diagnostic(entry.file, ...entry.problem)] })
      continue
    }
    const text = readText(entry.path, entry.file)
    read.push({ name, file: entry.file, parsed: text.ok ? parseSpec(name, entry.file, text.value) : text })
  }

  const byName = Map.groupBy(read, ({ name }) => name.toLowerCase())
  const specs: Spec[] = []
  const warnings = new Map<string, readonly Diagnostic[]>()
  for (const { name, file, parsed } of read) {
    const twins = (byName.get(name.toLowerCase()) ?? [])
      .filter((other) => other.file !== file)
      .map((other) => other.file)
    const diagnostics = parsed.ok ? [] : [...parsed.error]
    if (twins.length > 0) {
      const message = `spec id "${name}" is also that of ${twins.join(', ')}; rename one (case does not tell ids apart)`
      diagnostics.push(diagnostic(file, 'duplicate-id', message))
    }
    if (!parsed.ok || diagnostics.length > 0) {
      broken.push({ name, file, diagnostics })
    } else {
      specs.push(parsed.value.spec)
      warnings.set(parsed.value.spec.id, parsed.value.warnings)
    }
  }
  specs.sort((a, b) => compareSpecIds(a.id, b.id))
  return ok({
    specs,
    broken: broken.sort((a, b) => compareSpecIds(a.name, b.name) || compareSpecIds(a.file, b.file)),
    warnings: specs.flatMap(({ id }) => warnings.get(id) ?? []),
    archived: archivedIds(join(project.value, ARCHIVE)),
  })
}

type Entry =
  /** A file to read. `path` has no link in it. */
  | { readonly file: string; readonly path: string }
  /** Something that looks like a spec and cannot be read as one. */
  | { readonly file: string; readonly problem: readonly [code: string, message: string] }

/**
 * Everything below a folder that is, or looks like, a spec.
 *
 * @param folder real path
 * @param shown the same relative to the project, with `/`
 * @param visited real paths of the folders read so far: links can make a circle
 */
function entriesBelow(folder: string, shown: string, project: string, visited = new Set<string>()): Entry[] {
  visited.add(folder)
  const listing = attempt(() => readdirSync(folder, { withFileTypes: true }))
  if (!listing.ok) return [{ file: shown, problem: ['unreadable', `the folder cannot be read (${listing.error})`] }]
  // Links come last, so that a folder is read where it really is.
  const links = (entry: Dirent): number => Number(entry.isSymbolicLink())
  const entries = listing.value.sort((a, b) => links(a) - links(b) || compareSpecIds(a.name, b.name))

  return entries.flatMap(({ name }): Entry[] => {
    const file = `${shown}/${name}`
    const named = name.endsWith('.md')
    // Dot files are what editors and file systems leave behind.
    if (name.startsWith('.') || name.toLowerCase() === 'readme.md') return []
    const problem = (code: string, message: string): Entry[] => [{ file, problem: [code, message] }]
    const found = attempt(() => {
      const path = realpathSync(join(folder, name))
      return { path, stats: lstatSync(path) }
    })
    if (!found.ok) return named ? problem('unreadable', `the file cannot be read (${found.error})`) : []
    const { path, stats } = found.value
    if (!named && !stats.isDirectory()) return []
    if (!isInside(path, project))
      return problem('link-leaves-project', 'a link that leaves the project; it is not followed')
    if (stats.isFile()) return [{ file, path }]
    if (!stats.isDirectory()) return problem('not-a-file', 'not a regular file')
    if (named) return problem('not-a-file', 'a directory with the name of a spec; rename it')
    if (visited.has(path)) return problem('link-loop', 'a link to a folder that is read already; it is not followed')
    return entriesBelow(path, file, project, visited)
  })
}

export function readText(path: string, file: string): Result<string, readonly Diagnostic[]> {
  const bytes = attempt(() => (lstatSync(path).size > MAX_BYTES ? undefined : readFileSync(path)))
  if (!bytes.ok) return err([diagnostic(file, 'unreadable', `the file cannot be read (${bytes.error})`)])
  if (bytes.value === undefined) {
    return err([diagnostic(file, 'file-too-large', 'the file is larger than 1 MiB; a spec is a page or two of text')])
  }
  const text = bytes.value.toString('utf8')
  const again = Buffer.from(text, 'utf8')
  if (again.equals(bytes.value)) return ok(text)
  const at = bytes.value.findIndex((byte, index) => byte !== again[index])
  const before = bytes.value.subarray(0, at === -1 ? bytes.value.length : at)
  const lines = before.toString('utf8').split('\n')
  const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
  return err([{ ...diagnostic(file, 'invalid-utf8', 'not valid UTF-8; save the file as UTF-8'), ...place }])
}

/** Real folders and files only: an archive decides nothing but that a dependency is done. */
function archivedIds(folder: string): string[] {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true, recursive: true }))
  if (!entries.ok) return []
  const files = entries.value.filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
  const ids = new Set(files.map((entry) => basename(entry.name, '.md')))
  return [...ids].sort(compareSpecIds)
}

const diagnostic = (file: string, code: string, message: string): Diagnostic => {
  return { file, line: 1, column: 1, code, severity: 'error', message }
}

/** Git's own directory does not count as project: its configuration may hold a token. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path).split(sep)
  return way[0] !== '..' && !way.includes('.git')
}

/** A call to the file system as a value; the error is its code (`EACCES`). */
export function attempt<T>(call: () => T): Result<T, string> {
  try {
    return ok(call())
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) return err(String(cause.code))
    throw cause
  }
}
