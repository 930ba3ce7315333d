import { err, ok, type Result } from '../result.ts'
import type { SpecFolder } from '../spec/spec.ts'
import { memberOf } from '../spec/spec-id.ts'
import { globMatcher, isGlob } from './glob.ts'
import type { Groups } from './groups.ts'
import { nearest } from './nearest.ts'

/** One sentence that names the input and says what to do, before anything is started. */
export interface ChoiceError {
  readonly input: string
  readonly message: string
}

/** How a spec came to be chosen. */
export type Chosen =
  /** By its own id, or a part of it. */
  | 'named'
  /** By a glob, or as a member of a driver that was named. */
  | 'matched'
  /** As above, but everything that this glob or driver means is completed or cancelled already. */
  | 'matched-done'
  /** Nothing was named: every spec is meant. */
  | 'default'

export interface Choice {
  /** Ids, partial ids and globs; empty = every spec. */
  readonly specs: readonly string[]
  /** Any of them; empty = no matter. A driver does not pass its labels on. */
  readonly labels: readonly string[]
  /** `YYYY-MM-DD`: the day whose sequence numbers may stand alone. */
  readonly today: string
  /** Where `specs` is empty: only these. */
  readonly only?: ReadonlySet<string>
  /** A glob or driver means what is completed and cancelled in it as well: there is nothing to work, but to look at. */
  readonly finishedToo?: boolean
}

/**
 * The specs and broken specs that a run is about, each with how it was chosen. Where a driver is named, what is below it is
 * chosen too. Nothing is said yet about whether they can be worked.
 */
export function selectSpecs(
  folder: SpecFolder,
  groups: Groups,
  choice: Choice,
): Result<ReadonlyMap<string, Chosen>, ChoiceError> {
  const names = [...folder.specs.map(({ id }) => String(id)), ...folder.broken.map(({ name }) => name)]
  const files = new Map([
    ...folder.specs.map(({ id, file }) => [String(id), file] as const),
    ...folder.broken.map(({ name, file }) => [name, file] as const),
  ])
  const wanted = choice.specs.map((text) => text.trim()).filter((text) => text !== '')
  const hasLabel = labelFilter(folder, choice.labels)
  if (wanted.length === 0) {
    return ok(
      new Map(
        names.filter((name) => hasLabel(name) && (choice.only?.has(name) ?? true)).map((name) => [name, 'default']),
      ),
    )
  }

  const chosen = new Map<string, Chosen>()
  const choose = (name: string, how: Chosen): void => {
    const before = chosen.get(name)
    if (before !== 'named' && (before !== 'matched' || how === 'named')) chosen.set(name, how)
  }
  const known = new Set(names)
  for (const text of wanted) {
    const found = findSpecs(text, files, folder.archived, choice.today)
    if (!found.ok) return err({ input: 'specs', message: found.error })
    const [only] = found.value
    if (!isGlob(text) && only !== undefined && !groups.isDriver(only)) {
      choose(only, 'named')
      continue
    }
    const meant = [...new Set(found.value.flatMap(groups.workIn))].filter((id) => known.has(id))
    const open = meant.filter((id) => choice.finishedToo || groups.progressOf(id) === 'open')
    const how = open.length > 0 || meant.length === 0 ? 'matched' : 'matched-done'
    for (const id of open.length > 0 ? open : meant) choose(id, how)
    for (const id of found.value) {
      if (groups.isDriver(id)) choose(id, meant.length === 0 && !isGlob(text) ? 'named' : how)
    }
  }
  const left = new Map([...chosen].filter(([name]) => hasLabel(name)))
  if (left.size > 0) return ok(left)
  const labels = `label${choice.labels.length > 1 ? 's' : ''} ${choice.labels.join(', ')}`
  return err({
    input: 'specs',
    message: `None of the specs it names has the ${labels}. Name others, or leave \`labels\` empty.`,
  })
}

/** A path to the file is as good as its id; a glob keeps its folders. */
function nameIn(text: string): string {
  const path = text.replace(/\.md$/, '')
  return isGlob(path) ? path.replace(/^(?:.*\/)?\.chant\/specs\/|^\.\//, '') : path.replace(/^.*\//, '')
}

/** From whatever folder it is told: more or less of it may stand before the name, with its ending or without. */
function isPathOf(file: string, text: string): boolean {
  const [whole = '', told = ''] = [file, text].map((path) => `/${path.replace(/^\.\//, '').replace(/\.md$/, '')}`)
  return whole.endsWith(told) || told.endsWith(whole)
}

/** Whether a glob means a spec: by its id, or, where it has folders in it, by the path of its file below `.chant/specs`. */
function globTest(glob: string): (id: string, file: string) => boolean {
  const matches = globMatcher(glob)
  return glob.includes('/')
    ? (_, file) => matches(file.replace(/^\.chant\/specs\//, '').replace(/\.md$/, ''))
    : (id) => matches(id)
}

/** A broken spec passes: what its labels are, nobody can say. */
function labelFilter(folder: SpecFolder, labels: readonly string[]): (name: string) => boolean {
  if (labels.length === 0) return () => true
  const passing = new Set<string>(folder.broken.map(({ name }) => name))
  for (const spec of folder.specs) if (spec.labels.some((label) => labels.includes(label))) passing.add(spec.id)
  return (name) => passing.has(name)
}

/** All names that a glob matches, else the one that is meant. The error is the whole message. */
function findSpecs(
  text: string,
  files: ReadonlyMap<string, string>,
  archived: readonly string[],
  today: string,
): Result<readonly string[], string> {
  const name = nameIn(text)
  const file = files.get(name)
  if (file !== undefined && isPathOf(file, text)) return ok([name])
  const names = [...files.keys()]
  const quoted = JSON.stringify(text)
  if (names.length === 0) return err(`No spec matches ${quoted}: there is none in .chant/specs.`)
  if (isGlob(text)) {
    const isMeant = globTest(name)
    const matched = names.filter((each) => isMeant(each, files.get(each) ?? ''))
    return matched.length > 0 ? ok(matched) : err(`No spec matches ${quoted}. ${someOf(names)}`)
  }
  // A file is itself: another whose name only holds its name is not meant, not even where it was removed.
  const whole = name !== text
  const [first, ...others] = whole || archived.includes(name) ? [] : partialMatches(name, names, today)
  if (first !== undefined && others.length === 0) return ok([first])
  if (first !== undefined)
    return err(`No spec matches ${quoted} alone. Did you mean ${either([first, ...others])}? Give more of the id.`)
  const old = archived.includes(name) ? [name] : whole ? [] : partialMatches(name, archived, today)
  if (old.length > 0)
    return err(
      `${either(old)} is in .chant/archive, so it counts as done. Move its file back to .chant/specs to work it again.`,
    )
  const near = nearest(name, names)
  return err(`No spec matches ${quoted}. ${near.length > 0 ? `Did you mean ${either(near)}?` : someOf(names)}`)
}

/**
 * What the text may be short for, by the strictest reading that finds anything. Where chant finds one spec, it is the same
 * one here: by the end of its id, by today's sequence number, by any part. A driver stands for its members.
 */
function partialMatches(text: string, names: readonly string[], today: string): readonly string[] {
  const ends = names.filter((name) => name.endsWith(text))
  if (ends.length === 1) return ends
  const readings: readonly ((name: string) => boolean)[] = [
    (name) => text.length === 3 && name.startsWith(`${today}-${text}-`),
    // With the project's prefix.
    (name) => text.length === 3 && name.includes(`-${today}-${text}-`),
    (name) => isWholeParts(text, name),
    (name) => name.startsWith(text) || name.endsWith(text),
    (name) => name.includes(text),
  ]
  for (const reading of readings) {
    const matches = new Set(names.filter(reading))
    if (matches.size > 0) return [...matches].filter((name) => !hasDriverAmong(matches, name))
  }
  return []
}

function hasDriverAmong(ids: ReadonlySet<string>, name: string): boolean {
  for (let member = memberOf(name); member !== undefined; member = memberOf(member.driver)) {
    if (ids.has(member.driver)) return true
  }
  return false
}

/** The text is one or more whole parts of the name, where parts stand between `-` and `.`. */
function isWholeParts(text: string, name: string): boolean {
  const isEdge = (character: string): boolean => character === '' || character === '-' || character === '.'
  for (let at = name.indexOf(text); at >= 0; at = name.indexOf(text, at + 1)) {
    if (isEdge(name.charAt(at - 1)) && isEdge(name.charAt(at + text.length))) return true
  }
  return false
}

const SHOWN = 10

function either(ids: readonly string[]): string {
  if (ids.length > SHOWN) return `${ids.slice(0, SHOWN).join(', ')} or one of ${ids.length - SHOWN} more`
  return [ids.slice(0, -1).join(', '), ...ids.slice(-1)].filter((part) => part !== '').join(' or ')
}

const someOf = (names: readonly string[]): string =>
  names.length > SHOWN
    ? `There are ${names.length} specs, for example ${names.slice(0, 3).join(', ')}.`
    : `There is ${names.join(', ')}.`
