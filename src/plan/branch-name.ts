import { err, ok, type Result } from '../result.ts'

/** Of one part between slashes: file systems allow 255 bytes, and git needs some for `.lock`. */
const MAX_PART_LENGTH = 200

/**
 * The branch that a spec's work is to be on: prefix and id, as `git check-ref-format --branch` allows it.
 * The error says in one sentence what is wrong with the prefix.
 */
export function branchName(prefix: string, id: string): Result<string, string> {
  const name = prefix + id
  const problem = problemOf(name)
  return problem === undefined
    ? ok(name)
    : err(`${JSON.stringify(prefix)} makes the branch ${JSON.stringify(name)}, and ${problem}.`)
}

/** The rules of git-check-ref-format(1), in words, and a few names that git accepts but that mislead everybody. */
function problemOf(name: string): string | undefined {
  const parts = name.split('/')
  const character = /[\x00-\x20\x7f~^:?*[\\]/.exec(name)?.[0]
  if (character !== undefined) return `git refuses ${JSON.stringify(character)} in a branch name`
  if (parts.includes('')) return 'git refuses a slash at the start or the end of a branch name, and two in a row'
  if (name.startsWith('-')) return 'git takes a leading "-" for an option'
  if (parts.some((part) => part.startsWith('.'))) return 'git refuses a part of a branch name that starts with "."'
  if (name.includes('..') || name.endsWith('.')) return 'git refuses ".." in a branch name and "." at its end'
  if (parts.some((part) => part.toLowerCase().endsWith('.lock')))
    return 'git refuses a part of a branch name that ends with ".lock"'
  if (name.includes('@{') || name === '@') return 'git refuses "@{" in a branch name and the name "@"'
  if (name.startsWith('refs/')) return 'a branch name starts below "refs/heads/"'
  if (parts.some((part) => part.length > MAX_PART_LENGTH))
    return `a part of it is longer than ${MAX_PART_LENGTH} characters`
  return undefined
}
