import { DEFAULT_CONFIG, type LintConfig } from '../../src/config/config.ts'
import { NO_FACTS } from '../../src/lint/files.ts'
import { lintContext, lintFolder } from '../../src/lint/lint.ts'
import type { LintContext, LintFacts } from '../../src/lint/rule.ts'
import type { Diagnostic } from '../../src/spec/diagnostic.ts'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import type { BrokenSpec, Spec, SpecFolder } from '../../src/spec/spec.ts'
import { compareSpecIds } from '../../src/spec/spec-id.ts'

export interface LintSetup {
  readonly config?: Partial<LintConfig>
  readonly facts?: Partial<LintFacts>
  readonly archived?: readonly string[]
}

/** Specs by id, each as the text of its file. */
export type Texts = Readonly<Record<string, string>>

/** The folder that these files make. */
export function folderOf(texts: Texts, archived: readonly string[] = []): SpecFolder {
  const specs: Spec[] = []
  const broken: BrokenSpec[] = []
  const warnings: Diagnostic[] = []
  for (const name of Object.keys(texts).sort(compareSpecIds)) {
    const file = `${name}.md`
    const parsed = parseSpec(name, file, texts[name] ?? '')
    if (!parsed.ok) broken.push({ name, file, diagnostics: parsed.error })
    else {
      specs.push(parsed.value.spec)
      warnings.push(...parsed.value.warnings)
    }
  }
  return { specs, broken, warnings, archived }
}

export const contextOf = (texts: Texts, { config, facts, archived }: LintSetup = {}): LintContext =>
  lintContext(folderOf(texts, archived), { ...DEFAULT_CONFIG.lint, ...config }, { ...NO_FACTS, ...facts })

/** Everything the linter says of these files. */
export const lintOf = (texts: Texts, setup?: LintSetup): readonly Diagnostic[] => lintFolder(contextOf(texts, setup))

/** The same as text, one finding a line, of one code where it is given. */
export const linesOf = (texts: Texts, code?: string, setup?: LintSetup): string =>
  lintOf(texts, setup)
    .filter((found) => code === undefined || found.code === code)
    .map((found) => `${found.severity} ${found.code} ${formatDiagnostic(found)}\n  → ${found.advice ?? ''}`)
    .join('\n')

/** A spec that nothing is wrong with, but for what is given. */
export const aText = ({ front = '', title = '# A task', body = '', criteria = '- [ ] It works' } = {}): string =>
  [
    '---',
    ...(front === '' ? [] : [front]),
    '---',
    ...(title === '' ? [] : [title, '']),
    ...(body === '' ? [] : [body, '']),
    ...(criteria === '' ? [] : ['## Acceptance Criteria', '', criteria, '']),
  ].join('\n')
