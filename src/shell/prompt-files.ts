import { builtInPrompts } from '../agent/prompt.ts'
import { err, ok, type Result } from '../result.ts'
import { findFrontMatter } from '../spec/front-matter-block.ts'
import { readInside } from './files.ts'

/**
 * The prompts that a run needs, by name: `.chant/prompts/<name>.md` without its front matter, else one that is built in.
 * All are read before anything starts, so that a wrong name is an early error.
 */
export function readPrompts(project: string, names: Iterable<string>): Result<(name: string) => string, string> {
  const templates = new Map<string, string>()
  for (const name of names) {
    if (!/^[\w][\w.-]*$/.test(name))
      return err(`${JSON.stringify(name)} cannot be the name of a prompt: letters, digits, \`.\`, \`_\` and \`-\` are.`)
    const file = `.chant/prompts/${name}.md`
    const text = readInside(project, file)
    const template =
      text === undefined ? Object.entries(builtInPrompts).find(([known]) => known === name)?.[1] : bodyOf(text)
    if (template === undefined)
      return err(
        `No prompt is named "${name}": ${file} does not exist, and built in are ${Object.keys(builtInPrompts).join(', ')}.`,
      )
    templates.set(name, template)
  }
  return ok((name) => {
    const template = templates.get(name)
    if (template === undefined) throw new Error(`prompt ${name} was not read`)
    return template
  })
}

/** A prompt without its front matter; one whose fence is never closed is taken as it is. */
function bodyOf(text: string): string {
  const block = findFrontMatter(text)
  return block.ok && block.value ? text.slice(block.value.bodyStart) : text
}
