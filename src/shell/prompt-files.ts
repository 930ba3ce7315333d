import { builtInNames, builtInPrompt } from '../prompt/built-in.ts'
import { MAX_PROMPT_FILE, type PromptFile, parsePromptFile } from '../prompt/prompt-file.ts'
import { promptFile, promptName } from '../prompt/prompt-name.ts'
import { type Lookup, type ResolvedPrompt, remarksOn, resolvePrompt } from '../prompt/resolve.ts'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { quoted } from '../spec/finding.ts'
import { type NoText, readTextInside } from './text-inside.ts'

/** Why a prompt cannot be used. */
export type PromptProblem =
  /** The name is wrong or names nothing: to be corrected where it was written. */
  | { readonly type: 'name'; readonly message: string }
  /** A file of `.chant/prompts` is wrong. */
  | { readonly type: 'file'; readonly diagnostic: Diagnostic }

/** The prompts of a project, each file read once. */
export class PromptFiles {
  readonly #project: string
  readonly #files = new Map<string, Result<PromptFile, Diagnostic> | undefined>()
  readonly #prompts = new Map<string, Result<ResolvedPrompt, PromptProblem>>()

  /** @param project absolute path of the directory that holds `.chant` */
  constructor(project: string) {
    this.#project = project
  }

  /** Whether the project has a prompt of this name, be it right or wrong. */
  readonly own = (name: string): boolean => this.#own(name) !== undefined

  /** `.chant/prompts/<name>.md`, else the one that is built in. */
  read(written: string): Result<ResolvedPrompt, PromptProblem> {
    const prompt = this.#prompts.get(written) ?? this.#read(written)
    this.#prompts.set(written, prompt)
    return prompt
  }

  #read(written: string): Result<ResolvedPrompt, PromptProblem> {
    const name = promptName(written)
    if (!name.ok) return err({ type: 'name', message: name.error })
    const found = this.#lookup(name.value)
    if (!found) {
      const message = `No prompt is named ${quoted(written)}: ${promptFile(name.value)} does not exist, and built in are ${builtInNames.join(', ')}.`
      return err({ type: 'name', message })
    }
    const resolved = found.ok ? resolvePrompt(found.value, this.#lookup) : found
    return resolved.ok ? resolved : err({ type: 'file', diagnostic: resolved.error })
  }

  /** `.chant/prompts/extensions/<name>.md`, without its front matter. It extends nothing, whatever it says, as in chant. */
  readExtension(written: string): Result<ResolvedPrompt, PromptProblem> {
    const name = promptName(`extensions/${written}`)
    if (!name.ok || !name.value.startsWith('extensions/'))
      return err({ type: 'name', message: `${quoted(written)} cannot be the name of a prompt extension.` })
    const found = this.#own(name.value)
    if (!found) {
      const message = `No prompt extension is named ${quoted(written)}: ${promptFile(name.value)} does not exist.`
      return err({ type: 'name', message })
    }
    if (!found.ok) return err({ type: 'file', diagnostic: found.error })
    const { extends: _, ...alone } = found.value
    return ok({ text: alone.body, warnings: remarksOn(alone) })
  }

  readonly #lookup: Lookup = (name) => {
    const builtIn = builtInPrompt(name)
    return this.#own(name) ?? (builtIn && ok(builtIn))
  }

  #own(name: string): Result<PromptFile, Diagnostic> | undefined {
    if (!this.#files.has(name)) this.#files.set(name, readPromptFile(this.#project, name))
    return this.#files.get(name)
  }
}

function readPromptFile(project: string, name: string): Result<PromptFile, Diagnostic> | undefined {
  const file = promptFile(name)
  const text = readTextInside(project, file, MAX_PROMPT_FILE)
  if (text.ok) return parsePromptFile(name, file, text.value)
  if (text.error === 'missing') return undefined
  return err({ file, line: 1, column: 1, code: `prompt-${text.error}`, severity: 'error', message: WORDS[text.error] })
}

const WORDS: Readonly<Record<Exclude<NoText, 'missing'>, string>> = {
  outside: 'the prompt is a link, or in a folder that is one; links are not followed',
  'no-file': 'the prompt is no file that can be read',
  'too-large': `the prompt is longer than ${MAX_PROMPT_FILE / 1024} KiB`,
  'no-text': 'the prompt is no UTF-8 text',
}
