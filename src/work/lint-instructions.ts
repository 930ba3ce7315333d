import type { MergedConfig } from '../config/merge.ts'
import { idleNames, isOff } from '../lint/disable.ts'
import { isFinished, type LintContext } from '../lint/rule.ts'
import { promptNameFor } from '../prompt/choose.ts'
import { err, ok, type Result } from '../result.ts'
import type { NamedFrom } from '../shell/named-file.ts'
import { PromptFiles, type PromptProblem } from '../shell/prompt-files.ts'
import { SchemaFiles } from '../shell/schema-files.ts'
import { type Diagnostic, formatDiagnostic } from '../spec/diagnostic.ts'
import { quoted } from '../spec/finding.ts'

/** What `lint.disable` names to no effect: a slip of the pen, or a rule that stops runs and is always on. */
export function lintSettings({ config, origins }: MergedConfig): readonly Diagnostic[] {
  const place = origins.get('lint.disable')
  return place === undefined
    ? []
    : idleNames(config.lint).map((name) => ({
        ...place,
        code: 'unknown-rule',
        severity: 'warning',
        message: `"lint.disable" names ${quoted(name)}, which is no rule that can be switched off; docs/lint.md of chant-action lists them`,
      }))
}

/**
 * What a run of these specs would find wrong with their prompts and output schemas, whose files no rule opens: each at its place,
 * in the file itself or where a setting names it. The error is about the input `prompt`, which stands in no file of the project.
 *
 * @param names of the specs that are meant
 */
export async function lintInstructions(
  from: NamedFrom,
  { folder, groups, facts, config: lint }: LintContext,
  names: ReadonlySet<string>,
  { config, origins }: MergedConfig,
  input: string | undefined,
): Promise<Result<readonly Diagnostic[], string>> {
  const files = new PromptFiles(from.directory)
  const schemas = new SchemaFiles(from)
  const found = new Map<string, Diagnostic>()
  const note = (...diagnostics: readonly Diagnostic[]): void => {
    for (const each of diagnostics) if (!isOff(lint, each)) found.set(formatDiagnostic(each), each)
  }
  /** A wrong name is corrected where it was written, a wrong file in the file. */
  const noteProblem = (problem: PromptProblem, setting: string): void => {
    const { file = '.chant/config.md', line = 1, column = 1 } = origins.get(setting) ?? {}
    const { message } = problem.type === 'name' ? problem : problem.diagnostic
    if (problem.type === 'file') note(problem.diagnostic)
    else note({ file, line, column, code: 'wrong-prompt', severity: 'error', message: `"${setting}": ${message}` })
  }

  const open = folder.specs.filter((spec) => names.has(spec.id) && !isFinished(spec) && !groups.isDriver(spec.id))
  for (const name of open.length > 0 ? config.defaults.promptExtensions : []) {
    const extension = files.readExtension(name)
    if (extension.ok) note(...extension.value.warnings)
    else noteProblem(extension.error, 'defaults.prompt_extensions')
  }
  for (const spec of open) {
    const { name, by } = promptNameFor(spec, { input, configDefault: config.defaults.prompt, own: files.own })
    const prompt = files.read(name)
    if (prompt.ok) note(...prompt.value.warnings)
    else if (by === 'input' && prompt.error.type === 'name') return err(`Input \`prompt\`: ${prompt.error.message}`)
    // A name that a spec says itself is looked up by a rule.
    else if (by !== 'spec' || prompt.error.type === 'file') noteProblem(prompt.error, 'defaults.prompt')
    const schema = await schemas.of(spec)
    // So is a schema that is not there.
    if (!schema.ok && !facts.paths.has(spec.outputSchema ?? ''))
      note({ ...schema.error, severity: config.validation.strictOutput ? 'error' : 'warning' })
  }
  return ok([...found.values()])
}
