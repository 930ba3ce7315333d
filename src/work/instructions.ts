import type { OutputSchema } from '../output/schema.ts'
import type { ChosenPrompt } from '../prompt/choose.ts'
import type { PromptTemplate } from '../prompt/template.ts'
import { err, ok, type Result } from '../result.ts'
import { type NamedFrom, prefixOf } from '../shell/named-file.ts'
import { PromptFiles, type PromptProblem } from '../shell/prompt-files.ts'
import { SchemaFiles } from '../shell/schema-files.ts'
import { below, type Diagnostic, formatDiagnostic } from '../spec/diagnostic.ts'
import type { Spec, SpecId } from '../spec/spec.ts'

/** What inputs and configuration say about the instructions of agents. */
export interface InstructionSettings {
  /** Which prompt a spec is worked with; `own` tells whether the project has one of a name. */
  readonly choosePrompt: (spec: Spec, own: (name: string) => boolean) => ChosenPrompt
  /** `defaults.prompt_extensions`. */
  readonly promptExtensions: readonly string[]
  /** Where `defaults.prompt` was set, `file:line`; absent where it was not. */
  readonly defaultPromptAt?: string
  /** `project.name`. */
  readonly projectName: string
  /** `validation.strict_output_validation`. */
  readonly strictOutput: boolean
}

/** What the agents of a run are told and held to, read once before anything starts: an agent that edits these files changes nothing. */
export interface Instructions {
  readonly projectName: string
  readonly strictOutput: boolean
  readonly promptOf: (specId: SpecId) => PromptTemplate
  readonly outputSchemaOf: (specId: SpecId) => OutputSchema | undefined
  /** Specs that cannot be worked, because of their prompt or output schema. */
  readonly unusable: ReadonlyMap<SpecId, Diagnostic>
  readonly warnings: readonly Diagnostic[]
}

/**
 * Reads prompts and output schemas of these specs. What is wrong with one spec's own goes into `unusable`; the error is one that no
 * spec could be worked with.
 */
export async function readInstructions(
  from: NamedFrom,
  specs: readonly Spec[],
  settings: InstructionSettings,
): Promise<Result<Instructions, string>> {
  const files = new PromptFiles(from.directory)
  const words = (problem: PromptProblem): string => problemWords(problem, prefixOf(from))
  const schemaFiles = new SchemaFiles(from)
  const warnings = new Map<string, Diagnostic>()
  const warn = (found: readonly Diagnostic[]): void => {
    for (const diagnostic of found) warnings.set(formatDiagnostic(diagnostic), diagnostic)
  }
  const extensions: string[] = []
  for (const name of specs.length > 0 ? settings.promptExtensions : []) {
    const extension = files.readExtension(name)
    if (!extension.ok) return err(`\`defaults.prompt_extensions\`: ${words(extension.error)}`)
    extensions.push(extension.value.text)
    warn(extension.value.warnings)
  }

  const prompts = new Map<SpecId, PromptTemplate>()
  const schemas = new Map<SpecId, OutputSchema>()
  const unusable = new Map<SpecId, Diagnostic>()
  for (const spec of specs) {
    const chosen = settings.choosePrompt(spec, files.own)
    const prompt = files.read(chosen.name)
    if (prompt.ok) {
      prompts.set(spec.id, { name: chosen.name, text: prompt.value.text, extensions })
      warn(prompt.value.warnings)
    } else if (chosen.by === 'spec' || chosen.by === 'type') {
      unusable.set(spec.id, ofSpec(spec, prompt.error))
    } else {
      return err(`${whose(chosen, settings.defaultPromptAt)}${words(prompt.error)}`)
    }
    const schema = await schemaFiles.of(spec)
    if (schema.ok && schema.value) schemas.set(spec.id, schema.value)
    if (schema.ok) continue
    if (!settings.strictOutput) warn([{ ...schema.error, severity: 'warning' }])
    else if (!unusable.has(spec.id)) unusable.set(spec.id, schema.error)
  }
  return ok({
    projectName: settings.projectName,
    strictOutput: settings.strictOutput,
    promptOf: (specId) => {
      const prompt = prompts.get(specId)
      if (!prompt) throw new Error(`the prompt of ${specId} was not read`)
      return prompt
    },
    outputSchemaOf: (specId) => schemas.get(specId),
    unusable,
    warnings: [...warnings.values()],
  })
}

/** A wrong name is corrected in the spec, a wrong file in the file. */
function ofSpec(spec: Spec, problem: PromptProblem): Diagnostic {
  if (problem.type === 'file') return problem.diagnostic
  const line = spec.fieldLines['prompt'] ?? 1
  return { file: spec.file, line, column: 1, code: 'prompt', severity: 'error', message: problem.message }
}

function problemWords(problem: PromptProblem, prefix: string): string {
  if (problem.type === 'name') return problem.message
  return formatDiagnostic({ ...problem.diagnostic, file: below(prefix, problem.diagnostic.file) })
}

function whose({ by }: ChosenPrompt, at: string | undefined): string {
  if (by === 'input') return 'Input `prompt`: '
  if (by !== 'config') return ''
  return at === undefined ? '`defaults.prompt`: ' : `\`defaults.prompt\` (${at}): `
}
