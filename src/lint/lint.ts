import type { LintConfig } from '../config/config.ts'
import { findCycles } from '../plan/graph.ts'
import { type Groups, makeGroups } from '../plan/groups.ts'
import { nearest } from '../plan/nearest.ts'
import { findNeeds } from '../plan/needs.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { type MarkdownLine, outsideCode } from '../spec/markdown-lines.ts'
import type { Spec, SpecFolder } from '../spec/spec.ts'
import { enabledRules, isOff } from './disable.ts'
import { placesOf } from './place.ts'
import { isFinished, type LintContext, type LintFacts, type Rule, type Subject } from './rule.ts'
import { RULES } from './rules.ts'
import { isSlipOf } from './slip.ts'
import { eitherOf } from './words.ts'

const SUGGESTIONS = 50

/** What the rules need to know of a folder. Nothing is computed before a rule asks. */
export function lintContext(folder: SpecFolder, config: LintConfig, facts: LintFacts): LintContext {
  let cycles: ReadonlyMap<string, readonly string[]> | undefined
  let groups: Groups | undefined
  const groupsOf = (): Groups => {
    groups ??= makeGroups(folder)
    return groups
  }
  const cycleOf = (id: string): readonly string[] | undefined => {
    if (cycles === undefined) {
      const needs = findNeeds(folder, groupsOf())
      cycles = findCycles(new Map(folder.specs.map((spec) => [spec.id, needs.get(spec.id)?.open ?? []])))
    }
    return cycles.get(id)
  }
  const ids = new Set([
    ...folder.specs.map(({ id }) => id),
    ...folder.broken.map(({ name }) => name),
    ...folder.archived,
  ])
  const archived = new Set(folder.archived)
  return {
    folder,
    config,
    facts,
    get groups() {
      return groupsOf()
    },
    cycleOf,
    ids,
    archived,
    didYouMean: suggestions(),
  }
}

/** Looking for what is near costs the length of all names, and nobody needs a hundred hints. */
function suggestions(): LintContext['didYouMean'] {
  let left = SUGGESTIONS
  return (text, names) => {
    if (left === 0 || text.length > 100) return ''
    left--
    // Ids of one day are all near to each other: only one that could be a slip of the pen is a help.
    const near = nearest(text, [...names]).filter((name) => name.includes(text) || isSlipOf(name, text))
    return near.length > 0 ? `Did you mean ${eitherOf(near)}? ` : ''
  }
}

/**
 * Everything that is wrong with the specs of a folder, broken files included, or with those of them whose names are in
 * `only`; file by file in the folder's order, in each by place.
 */
export function lintFolder(context: LintContext, only?: ReadonlySet<string>): readonly Diagnostic[] {
  const { folder, config } = context
  const rules = enabledRules(config)
  const warnings = Map.groupBy(folder.warnings, ({ file }) => file)
  const isMeant = (name: string): boolean => only?.has(name) ?? true
  return [
    ...folder.broken.filter(({ name }) => isMeant(name)).flatMap(({ diagnostics }) => byPlace(diagnostics)),
    ...folder.specs
      .filter(({ id }) => isMeant(id))
      .flatMap((spec) => {
        const read = (warnings.get(spec.file) ?? []).filter((warning) => !isOff(config, warning))
        return byPlace([...read, ...findings(spec, context, rules)])
      }),
  ]
}

/** Why chant would refuse to work a spec, where the plan would not see it. */
export function faultOf(spec: Spec, context: LintContext): Diagnostic | undefined {
  const rules = RULES.filter(({ stops }) => stops === 'invalid-spec')
  return findings(spec, context, rules)[0]
}

function findings(spec: Spec, context: LintContext, rules: readonly Rule[]): readonly Diagnostic[] {
  const subject = subjectOf(spec)
  const placeOf = placesOf(spec)
  return rules
    .filter(({ about }) => about === 'every' || !isFinished(spec))
    .flatMap((rule) =>
      rule.check(subject, context).map(({ where, message, advice, severity = rule.severity }) => {
        return { file: spec.file, ...placeOf(where), code: rule.code, severity, message, advice }
      }),
    )
}

function subjectOf(spec: Spec): Subject {
  let lines: readonly MarkdownLine[] | undefined
  return {
    spec,
    get lines() {
      lines ??= outsideCode(spec.body, spec.bodyLine).lines
      return lines
    },
  }
}

const byPlace = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.toSorted((a, b) => a.line - b.line || a.column - b.column)
