import { err, ok, type Result } from '../../src/result.ts'

/**
 * Reads GITHUB_OUTPUT, GITHUB_STATE and GITHUB_ENV as the runner does: `name=value` lines, and `name<<DELIMITER` with
 * the value on the lines up to one that is the delimiter. Whichever of `=` and `<<` comes first decides. One bad line
 * spoils the whole file.
 */
export function parseNameValues(text: string): Result<Readonly<Record<string, string>>, string> {
  const values: Record<string, string> = {}
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line === '') continue
    const [, name, mark, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? []
    if (!name || (mark === '<<' && rest === '')) return err(`Invalid format '${line}'`)
    if (mark === '=') {
      values[name] = rest
      continue
    }
    const end = lines.indexOf(rest, index + 1)
    if (end < 0) return err(`Matching delimiter not found '${rest}'`)
    values[name] = lines.slice(index + 1, end).join('\n')
    index = end
  }
  return ok(values)
}

/** Reads GITHUB_PATH: a folder on each line, the last one searched first. */
export const parsePaths = (text: string): readonly string[] => text.split(/\r?\n/).filter((line) => line !== '')
