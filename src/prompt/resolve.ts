import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { placesIn, quoted } from '../spec/finding.ts'
import { builtInNames } from './built-in.ts'
import { MAX_PROMPT_FILE, type PromptFile } from './prompt-file.ts'
import { promptFile, promptName } from './prompt-name.ts'
import { doubtful } from './variables.ts'

/** Finds a prompt by its name: the project's own, else one that is built in; undefined where there is neither. */
export type Lookup = (name: string) => Result<PromptFile, Diagnostic> | undefined

/** A prompt with all that it extends, still to be filled in. */
export interface ResolvedPrompt {
  readonly text: string
  /** What looks like a mistake and stops nothing. */
  readonly warnings: readonly Diagnostic[]
}

const PARENT = '{{> parent}}'
/** A chain of more prompts than this was written by nobody. */
const MAX_CHAIN = 50
/** Remarks on one file. */
const MAX_REMARKS = 10

/** Puts what a prompt extends in the place of its `{{> parent}}`, up to the prompt that extends nothing. */
export function resolvePrompt(prompt: PromptFile, lookup: Lookup): Result<ResolvedPrompt, Diagnostic> {
  const warnings: Diagnostic[] = []
  const text = withParents(prompt, [], lookup, warnings)
  return text.ok ? ok({ text: text.value, warnings }) : text
}

function withParents(
  prompt: PromptFile,
  below: readonly PromptFile[],
  lookup: Lookup,
  warnings: Diagnostic[],
): Result<string, Diagnostic> {
  warnings.push(...remarksOn(prompt))
  if (prompt.extends === undefined) return ok(prompt.body)
  const chain = [...below, prompt]
  const parent = parentOf(prompt, lookup)
  if (!parent.ok) return parent
  const first = chain.findIndex(({ name }) => name === parent.value.name)
  if (first >= 0) {
    const round = [...chain.slice(first), parent.value].map(({ name }) => name)
    return err(atExtends(prompt, 'prompt-cycle', `prompts extend each other in a circle: ${round.join(' → ')}`))
  }
  if (chain.length > MAX_CHAIN)
    return err(atExtends(prompt, 'prompt-chain', `more than ${MAX_CHAIN} prompts extend one another`))
  const text = withParents(parent.value, chain, lookup, warnings)
  if (!text.ok) return text
  const parts = prompt.body.split(PARENT)
  if (prompt.body.length + (parts.length - 1) * text.value.length > MAX_PROMPT_FILE)
    return err(
      atExtends(prompt, 'prompt-too-large', `with what it extends, it is longer than ${MAX_PROMPT_FILE} characters`),
    )
  return ok(parts.join(text.value))
}

/** chant looks beside the prompt that extends; one in a folder may here also mean a prompt outside it, or one that is built in. */
function parentOf(prompt: PromptFile, lookup: Lookup): Result<PromptFile, Diagnostic> {
  const written = prompt.extends?.name ?? ''
  const beside = promptName(written, prompt.name)
  if (!beside.ok) return err(atExtends(prompt, 'prompt-name', beside.error))
  const found = lookup(beside.value) ?? lookup(promptNameOr(written, beside.value))
  if (found) return found
  const message = `extends ${quoted(written)}, and there is no such prompt: ${promptFile(beside.value)} does not exist, and built in are ${builtInNames.join(', ')}`
  return err(atExtends(prompt, 'prompt-missing', message))
}

function promptNameOr(written: string, otherwise: string): string {
  const name = promptName(written)
  return name.ok ? name.value : otherwise
}

function atExtends(prompt: PromptFile, code: string, message: string): Diagnostic {
  const { line = 1, column = 1 } = prompt.extends ?? {}
  return { file: prompt.file ?? prompt.name, line, column, code, severity: 'error', message }
}

/** What looks like a variable or a parent and is none. Nothing is said about prompts that are built in. */
export function remarksOn({ file, body, bodyLine, extends: parent }: PromptFile): readonly Diagnostic[] {
  if (file === undefined) return []
  const placeOf = placesIn(body)
  const unfilled = doubtful(body)
    .filter(({ written }) => parent === undefined || written !== PARENT)
    .slice(0, MAX_REMARKS)
    .map(({ written, offset }): Diagnostic => {
      const { line, column } = placeOf(offset)
      const message = `${written} is no variable of prompts and stays as it is written`
      return { file, line: bodyLine + line - 1, column, code: 'prompt-variable', severity: 'warning', message }
    })
  if (parent === undefined || body.includes(PARENT)) return unfilled
  const message = `extends ${quoted(parent.name)}, but nothing of that comes in: the text has no ${PARENT}`
  const { line, column } = parent
  return [{ file, line, column, code: 'prompt-parent', severity: 'warning', message }, ...unfilled]
}
