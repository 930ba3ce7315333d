import { err, ok, type Result } from '../result.ts'
import type { SpecId } from './spec.ts'

const MAX_LENGTH = 100
const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
/** Windows opens a device for these names, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i

/**
 * Proves a file name (without `.md`) safe as path segment, part of a git branch and artifact name.
 * The error is one sentence that says what is wrong and what to rename the file to.
 */
export function parseSpecId(name: string): Result<SpecId, string> {
  const problem = problemOf(name)
  // The only place where a SpecId is made.
  return problem === undefined ? ok(name as SpecId) : err(`${problem}; ${advice(name)}`)
}

function problemOf(name: string): string | undefined {
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name)
  if (name.length > MAX_LENGTH)
    return `spec id ${shown} has ${name.length} characters, at most ${MAX_LENGTH} are allowed`
  if (!SAFE.test(name)) {
    return `spec id ${shown} may hold only letters, digits, ".", "_" and "-", and must start with a letter or digit`
  }
  if (name.includes('..')) return `spec id ${shown} has two dots in a row, which git refuses in a branch name`
  if (name.endsWith('.')) return `spec id ${shown} ends with a dot, which git refuses in a branch name`
  if (/\.lock$/i.test(name)) return `spec id ${shown} ends with ".lock", which git refuses in a branch name`
  if (DEVICE.test(name)) return `spec id ${shown} is the name of a device on Windows`
  return undefined
}

function advice(name: string): string {
  const safe = name
    .slice(0, 4 * MAX_LENGTH)
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/[.-]+$/, '')
    .replace(/(?:\.lock)+$/i, '')
  const suggestion = DEVICE.test(safe) ? `spec-${safe}` : safe
  return problemOf(suggestion) === undefined
    ? `rename the file, for example to ${suggestion}.md`
    : 'rename the file to a short name of letters and digits'
}

/**
 * The group a spec belongs to by its name: `x.2.1` is member 1 of `x.2`, which is member 2 of `x`.
 * It says nothing about whether that driver exists.
 */
export function memberOf(id: string): { readonly driver: string; readonly number: number } | undefined {
  const match = MEMBER.exec(id)
  return match?.[1] === undefined ? undefined : { driver: match[1], number: Number(match[2]) }
}

/** Every group a spec is in by its name, the nearest first: `x.2` and `x` for `x.2.1`. */
export function driversOf(id: string): readonly string[] {
  const drivers: string[] = []
  for (let member = memberOf(id); member !== undefined; member = memberOf(member.driver)) drivers.push(member.driver)
  return drivers
}

/** Nine digits: every number is exact, and longer ones are no member numbers but dates or hashes. */
const MEMBER = /^(.+)\.(\d{1,9})$/

/**
 * Order for people: by date, then chant's base-36 sequence (`00z` before `010`), a driver before its members, members by
 * number (`.2`, `.2.1`, `.10`), everything else as plain text. Total: only equal ids compare as 0.
 */
export const compareSpecIds = (a: string, b: string): number => compareKeys(sortKey(a), sortKey(b))

/** The items in that order. */
export const inIdOrder = <T>(items: readonly T[], idOf: (item: T) => string): T[] =>
  items
    .map((item) => ({ item, key: sortKey(idOf(item)) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ item }) => item)

interface SortKey {
  readonly id: string
  /** Everything up to the date; the whole driver id where it is not chant's form. */
  readonly stem: string
  /** Base 36 without leading zeros, so that a longer one is the larger one. */
  readonly sequence: string
  readonly suffix: string
  readonly members: readonly number[]
}

/** `[project-]YYYY-MM-DD-SSS-XXX`, described in chant's `docs/concepts/ids.md`. */
const CHANT_ID = /^((?:.+-)?\d{4}-\d{2}-\d{2})-([0-9a-z]+)-([0-9a-z]+)$/

function sortKey(id: string): SortKey {
  const members: number[] = []
  let driver = id
  for (let member = memberOf(driver); member !== undefined; member = memberOf(driver)) {
    members.unshift(member.number)
    driver = member.driver
  }
  const [, stem = driver, sequence = '', suffix = ''] = CHANT_ID.exec(driver) ?? []
  return { id, stem, sequence: sequence.replace(/^0+/, ''), suffix, members }
}

const compareKeys = (a: SortKey, b: SortKey): number =>
  compareText(a.stem, b.stem) ||
  a.sequence.length - b.sequence.length ||
  compareText(a.sequence, b.sequence) ||
  compareText(a.suffix, b.suffix) ||
  compareNumbers(a.members, b.members) ||
  compareText(a.id, b.id)

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const [index, number] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    if (number !== other) return number - other
  }
  return a.length - b.length
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
