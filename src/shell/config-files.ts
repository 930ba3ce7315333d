import { lstatSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { present } from '../present.ts'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { attempt, isInside, readText } from './spec-folder.ts'

export interface ConfigText {
  /** As it is shown: `.chant/config.md`, `~/.config/chant/config.md`. */
  readonly file: string
  readonly text: string
}

/** The files that chant keeps its configuration in, unread. An absent one is absent. */
export interface ConfigTexts {
  readonly global?: ConfigText
  readonly project?: ConfigText
  readonly agents?: ConfigText
}

const GLOBAL = '.config/chant/config.md'
const PROJECT = '.chant/config.md'
const AGENTS = '.chant/agents.md'
const MAX_BYTES = 256 * 1024

/**
 * Reads the global file and those of the project. A link is followed as long as it stays in the repository, so that its
 * projects can share a file; the global file is the user's own and may be a link to anywhere.
 *
 * @param project absolute path of the directory that holds `.chant`, links resolved
 * @param repository that of the repository around it
 * @param home `$HOME`
 */
export function readConfigFiles(
  project: string,
  repository: string,
  home: string | undefined,
): Result<ConfigTexts, readonly Diagnostic[]> {
  const global = home && isAbsolute(home) ? read(join(home, GLOBAL), `~/${GLOBAL}`) : ok(undefined)
  const own = read(join(project, PROJECT), PROJECT, repository)
  const agents = read(join(project, AGENTS), AGENTS, repository)
  if (global.ok && own.ok && agents.ok)
    return ok(present({ global: global.value, project: own.value, agents: agents.value }))
  return err([global, own, agents].flatMap((file) => (file.ok ? [] : file.error)))
}

function read(path: string, file: string, within?: string): Result<ConfigText | undefined, readonly Diagnostic[]> {
  const problem = (code: string, message: string) =>
    err([{ file, line: 1, column: 1, code, severity: 'error' as const, message }])
  // A link that leads nowhere is not the same as no file: somebody meant something to be there.
  const there = attempt(() => lstatSync(path))
  if (!there.ok)
    return there.error === 'ENOENT' || there.error === 'ENOTDIR'
      ? ok(undefined)
      : problem('unreadable', `the file cannot be read (${there.error})`)
  const found = attempt(() => {
    const real = realpathSync(path)
    return { real, stats: statSync(real) }
  })
  if (!found.ok) return problem('unreadable', `the file cannot be read (${found.error})`)
  const { real, stats } = found.value
  if (within !== undefined && !isInside(real, within))
    return problem('link-leaves-repository', 'a link that leaves the repository; it is not followed')
  if (!stats.isFile()) return problem('not-a-file', 'not a regular file')
  if (stats.size > MAX_BYTES)
    return problem('file-too-large', `the file is larger than ${MAX_BYTES / 1024} KiB; settings are a page of text`)
  const text = readText(real, file)
  return text.ok ? ok({ file, text: text.value }) : text
}
