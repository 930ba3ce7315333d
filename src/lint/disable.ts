import type { LintConfig } from '../config/config.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules.ts'

/** A rule's name is good in chant's spelling and in ours: `complexity_words`, `many-words`, `MANY_WORDS`. */
const plain = (name: string): string => name.trim().toLowerCase().replaceAll('-', '_')

const namesOf = ({ code, chant }: Rule): readonly string[] => [plain(code), ...chant]

/** Every name that `lint.disable` may hold to some effect. */
export const RULE_NAMES: ReadonlySet<string> = new Set(
  RULES.filter((rule) => rule.stops === undefined).flatMap(namesOf),
)

/** The rules that a project has left on. Those that stop a run always are: it would stop all the same. */
export function enabledRules({ disable }: LintConfig): readonly Rule[] {
  const off = new Set(disable.map(plain))
  return RULES.filter((rule) => rule.stops !== undefined || !namesOf(rule).some((name) => off.has(name)))
}

/** Whether a warning from reading a file was switched off by its code. */
export function isOff({ disable }: LintConfig, { code, severity }: Diagnostic): boolean {
  return severity === 'warning' && disable.some((name) => plain(name) === plain(code))
}

/** Warnings that no rule gives, but the reading of files. */
const WARNINGS = [
  'unknown-type',
  'yaml-warning',
  'unclosed-code-fence',
  'prompt-variable',
  'prompt-parent',
  'output-schema',
]

/** Names in `lint.disable` that switch nothing off. */
export function idleNames({ disable }: LintConfig): readonly string[] {
  const known = new Set([...RULE_NAMES, ...WARNINGS.map(plain)])
  return disable.filter((name) => !known.has(plain(name)))
}
