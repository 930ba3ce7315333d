import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { fieldValues } from '../spec/field-values.ts'
import { type Finding, locate, placesIn } from '../spec/finding.ts'
import { parseFrontMatter } from '../spec/front-matter.ts'

/** Characters. A prompt is a few pages. */
export const MAX_PROMPT_FILE = 256 * 1024

/** A prompt as it is stored. */
export interface PromptFile {
  readonly name: string
  /** Relative to the project directory, with `/`; absent for one that is built in. */
  readonly file?: string
  /** What comes after the front matter, without blank lines around it. */
  readonly body: string
  /** 1-based line of the body in the file. */
  readonly bodyLine: number
  /** The prompt it is built upon, as written, and where that is said (1-based). */
  readonly extends?: { readonly name: string; readonly line: number; readonly column: number }
}

/**
 * Reads a file of `.chant/prompts`: Markdown, with front matter where it has any (`name` and `purpose` are for people).
 * A text that begins like front matter and never closes it is all prompt, as in chant.
 */
export function parsePromptFile(name: string, file: string, text: string): Result<PromptFile, Diagnostic> {
  const matter = parseFrontMatter(text)
  if (!matter.ok) {
    const [first] = locate(matter.error, file, text)
    if (!first || first.code === 'unclosed-front-matter') return ok({ name, file, ...bodyFrom(text, 0) })
    return err(first)
  }
  const findings: Finding[] = []
  const parent = fieldValues(matter.value, findings).text('extends')
  const [problem] = locate(findings, file, text)
  if (problem) return err(problem)
  const body = bodyFrom(text, matter.value.block?.bodyStart ?? 0)
  if (parent === undefined) return ok({ name, file, ...body })
  const place = placesIn(text)(matter.value.fields.get('extends')?.offset ?? 0)
  return ok({ name, file, ...body, extends: { name: parent, ...place } })
}

function bodyFrom(text: string, start: number): { readonly body: string; readonly bodyLine: number } {
  const rest = text.slice(start).replace(/^\uFEFF/, '')
  const blank = /^(?:[^\S\n]*\n)*/.exec(rest)?.[0] ?? ''
  const before = text.length - rest.length + blank.length
  return { body: rest.slice(blank.length).trimEnd(), bodyLine: placesIn(text)(before).line }
}
