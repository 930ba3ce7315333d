import { dirname, join } from 'node:path/posix'
import { err, ok, type Result } from '../result.ts'
import { quoted } from '../spec/finding.ts'

/** Where prompts lie, relative to the project directory. */
export const PROMPTS = '.chant/prompts'

/** The file of a prompt, relative to the project directory. */
export const promptFile = (name: string): string => `${PROMPTS}/${name}.md`

/**
 * A prompt's name as a path below `.chant/prompts` without `.md`: `tdd`, `domain/api`. A name that would leave this folder
 * or that is unsafe as a path is refused.
 *
 * @param from the prompt that names it, for `extends`: chant looks beside that one
 */
export function promptName(written: string, from = ''): Result<string, string> {
  const name = written.startsWith('/') ? written : join(dirname(from), written)
  return name.length <= 200 && name.split('/').every((part) => /^\w[\w.-]*$/.test(part))
    ? ok(name)
    : err(
        `${quoted(written)} cannot be the name of a prompt: letters, digits, \`.\`, \`_\` and \`-\` are, and \`/\` for a folder below ${PROMPTS}.`,
      )
}
