import { isUtf8 } from 'node:buffer'
import { closeSync, constants, type Dirent, lstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { parseSpec } from '../spec/parse-spec.ts'
import type { BrokenSpec, Spec, SpecFolder } from '../spec/spec.ts'
import { compareSpecIds, inIdOrder } from '../spec/spec-id.ts'

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

  const space = Buffer.allocUnsafe(MAX_BYTES + 1)
  const read: Spec[] = []
  const broken: BrokenSpec[] = []
  const warnings = new Map<Spec, readonly Diagnostic[]>()
  for (const entry of entriesBelow(root.value, shownIn(project.value, root.value), project.value)) {
    const { name, file } = entry
    const text = 'problem' in entry ? err([diagnostic(file, ...entry.problem)]) : readText(entry.path, file, space)
    const parsed = text.ok ? parseSpec(name, file, text.value) : text
    if (!parsed.ok) {
      broken.push({ name, file, diagnostics: parsed.error })
      continue
    }
    read.push(parsed.value.spec)
    if (parsed.value.warnings.length > 0) warnings.set(parsed.value.spec, parsed.value.warnings)
  }
  const apart = breakTwins(read, broken)
  const specs = inIdOrder(apart.specs, ({ id }) => id)
  return ok({
    specs,
    broken: apart.broken.sort((a, b) => compareSpecIds(a.name, b.name) || compareSpecIds(a.file, b.file)),
    warnings: specs.flatMap((spec) => warnings.get(spec) ?? []),
    archived: archivedIds(join(project.value, ARCHIVE)),
  })
}

/** Of several files with one id, in any case, nobody can say which is meant, so all of them are broken. */
function breakTwins(
  specs: readonly Spec[],
  broken: readonly BrokenSpec[],
): { readonly specs: readonly Spec[]; readonly broken: BrokenSpec[] } {
  const filesOf = new Map<string, string[]>()
  const note = (name: string, file: string): void => {
    const known = filesOf.get(name.toLowerCase())
    if (known === undefined) filesOf.set(name.toLowerCase(), [file])
    else known.push(file)
  }
  for (const { id, file } of specs) note(id, file)
  for (const { name, file } of broken) note(name, file)
  if (filesOf.size === specs.length + broken.length) return { specs, broken: [...broken] }

  const accuse = (name: string, file: string): Diagnostic[] => {
    const others = (filesOf.get(name.toLowerCase()) ?? []).filter((other) => other !== file)
    const message = `spec id "${name}" is also that of ${others.join(', ')}; rename one (case does not tell ids apart)`
    return others.length > 0 ? [diagnostic(file, 'duplicate-id', message)] : []
  }
  const apart = Map.groupBy(specs, ({ id, file }) => accuse(id, file).length === 0)
  return {
    specs: apart.get(true) ?? [],
    broken: [
      ...broken.map((spec) => ({ ...spec, diagnostics: [...spec.diagnostics, ...accuse(spec.name, spec.file)] })),
      ...(apart.get(false) ?? []).map(({ id, file }) => ({ name: id, file, diagnostics: accuse(id, file) })),
    ],
  }
}

/** `name` is that of the file without `.md`, `file` its path for people. */
type Entry = { readonly name: string; readonly file: string } & (
  | {
      /** A file to read. There is no link in it, nor in `file`: a spec is edited where it lies. */
      readonly path: string
    }
  | {
      /** It looks like a spec and cannot be read as one. */
      readonly problem: readonly [code: string, message: string]
    }
)

/**
 * Everything below a folder that is, or looks like, a spec.
 *
 * @param folder real path
 * @param shown the same relative to the project, with `/`
 * @param visited real paths of what was read so far: links can make a circle, and be a second name
 */
function entriesBelow(folder: string, shown: string, project: string, visited = new Set<string>()): Entry[] {
  visited.add(folder)
  const problem = (file: string, code: string, message: string): Entry[] => [
    { name: basename(file, '.md'), file, problem: [code, message] },
  ]
  const listing = attempt(() => readdirSync(folder, { withFileTypes: true }))
  if (!listing.ok) return problem(shown, 'unreadable', `the folder cannot be read (${listing.error})`)
  // Links come last, so that a folder is read where it really is, and in order, since of several to one folder one is followed.
  const [real = [], links = []] = [false, true].map((isLink) =>
    listing.value.filter((entry) => entry.isSymbolicLink() === isLink && looksLikeSpec(entry)),
  )
  links.sort((a, b) => compareSpecIds(a.name, b.name))

  return [...real, ...links].flatMap((entry): Entry[] => {
    const file = `${shown}/${entry.name}`
    const named = entry.name.endsWith('.md')
    const isLink = entry.isSymbolicLink()
    const written = `${folder}${sep}${entry.name}`
    const found = isLink ? followed(written) : ok({ path: written, kind: entry })
    if (!found.ok) return named ? problem(file, 'unreadable', nowhere(found.error)) : []
    const { path, kind } = found.value
    if (!named && !kind.isDirectory()) return []
    if (isLink && !isInside(path, project))
      return problem(file, 'link-leaves-project', 'a link that leaves the project; it is not followed')
    const lies = isLink ? shownIn(project, path) : file
    if (kind.isFile()) {
      if (isLink && visited.has(path))
        return problem(file, 'link-loop', `a second name of ${lies}, which is read already; it is not followed`)
      visited.add(path)
      return [{ name: entry.name.slice(0, -'.md'.length), file: lies, path }]
    }
    if (!kind.isDirectory()) return problem(file, 'not-a-file', 'not a regular file')
    if (named) return problem(file, 'not-a-file', 'a directory with the name of a spec; rename it')
    if (visited.has(path))
      return problem(file, 'link-loop', 'a link to a folder that is read already; it is not followed')
    return entriesBelow(path, lies, project, visited)
  })
}

/** Dot files are what editors and file systems leave behind. */
const looksLikeSpec = ({ name }: Dirent): boolean => !name.startsWith('.') && name.toLowerCase() !== 'readme.md'

/** A real path of the project as people see it: relative to the project, with `/`. */
const shownIn = (project: string, path: string): string => relative(project, path).replaceAll(sep, '/')

/** What is wrong with a link that cannot be followed to its end. */
const nowhere = (code: string): string =>
  code === 'ENOENT' ? 'a link to a file that does not exist' : `the link cannot be followed (${code})`

type Kind = Pick<Dirent, 'isFile' | 'isDirectory'>

/** Where a link leads in the end, and what is there. */
const followed = (link: string): Result<{ readonly path: string; readonly kind: Kind }, string> =>
  attempt(() => {
    const path = realpathSync(link)
    return { path, kind: lstatSync(path) }
  })

/** What became a link or a pipe since the folder was listed is not followed, nor waited for. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** @param space what the file is read into, one byte more than it may have; of use for many files, one after the other */
export function readText(
  path: string,
  file: string,
  space = Buffer.allocUnsafe(MAX_BYTES + 1),
): Result<string, readonly Diagnostic[]> {
  const read = attempt(() => readInto(space, path))
  if (!read.ok) return err([diagnostic(file, 'unreadable', `the file cannot be read (${read.error})`)])
  if (read.value > MAX_BYTES) {
    return err([diagnostic(file, 'file-too-large', 'the file is larger than 1 MiB; a spec is a page or two of text')])
  }
  const text = space.toString('utf8', 0, read.value)
  // This character stands for what is not UTF-8, or for itself.
  if (!text.includes('\ufffd')) return ok(text)
  const bytes = space.subarray(0, read.value)
  if (isUtf8(bytes)) return ok(text)
  const again = Buffer.from(text, 'utf8')
  const at = bytes.findIndex((byte, index) => byte !== again[index])
  const lines = bytes
    .subarray(0, at === -1 ? bytes.length : at)
    .toString('utf8')
    .split('\n')
  const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
  return err([{ ...diagnostic(file, 'invalid-utf8', 'not valid UTF-8; save the file as UTF-8'), ...place }])
}

/** Reads a file up to its end or that of the space; answers how many bytes it was. */
function readInto(space: Buffer, path: string): number {
  const open = openSync(path, READ)
  try {
    let length = 0
    for (let more = -1; more !== 0 && length < space.length; length += more)
      more = readSync(open, space, length, space.length - length, null)
    return length
  } finally {
    closeSync(open)
  }
}

/** Real folders and files only: an archive decides nothing but that a dependency is done. */
function archivedIds(folder: string): string[] {
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true, recursive: true }))
  if (!entries.ok) return []
  const files = entries.value.filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
  const ids = new Set(files.map((entry) => basename(entry.name, '.md')))
  return inIdOrder([...ids], (id) => id)
}

const diagnostic = (file: string, code: string, message: string): Diagnostic => {
  return { file, line: 1, column: 1, code, severity: 'error', message }
}

/** Git's own directory does not count as project: its configuration may hold a token. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path).split(sep)
  // In any case: there are file systems to which that is no difference.
  return way[0] !== '..' && !way.some((part) => part.toLowerCase() === '.git')
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
