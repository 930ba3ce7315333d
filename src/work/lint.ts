import type { LintConfig } from '../config/config.ts'
import { lintContext } from '../lint/lint.ts'
import type { LintContext } from '../lint/rule.ts'
import { lintFacts } from '../shell/lint-facts.ts'
import type { NamedFrom } from '../shell/named-file.ts'
import type { SpecFolder } from '../spec/spec.ts'

/** What the rules are asked with: specs, the project's settings, and what they have to know of its files. */
export function openLint(
  from: NamedFrom,
  folder: SpecFolder,
  config: LintConfig,
  /** The prompt that every spec gets, where the workflow names one: nobody asks for the specs' own then. */
  prompt?: string,
): LintContext {
  const { prompts, paths } = lintFacts(from, folder.specs)
  return lintContext(folder, config, { paths, ...(prompts && prompt === undefined ? { prompts } : {}) })
}
