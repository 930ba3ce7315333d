import { quoted } from '../spec/finding.ts'
import { isContainer, type Rule } from './rule.ts'
import { countWords, textStart } from './spec-text.ts'

const SPLIT = 'Split it into specs that can be worked one by one (`chant split` does)'

/** More criteria than one agent keeps in mind. */
export const manyCriteria: Rule = {
  code: 'many-criteria',
  severity: 'warning',
  chant: ['complexity', 'complexity_criteria'],
  about: 'unfinished',
  check: ({ spec, lines }, { config }) => {
    const most = config.thresholds.complexityCriteria
    if (spec.criteria.length <= most) return []
    const { line = spec.bodyLine } = spec.criteria[most] ?? {}
    const text = lines.find((each) => each.line === line)?.text ?? ''
    return [
      {
        where: { line, column: text.length - text.trimStart().length + 1 },
        message: `The spec has ${spec.criteria.length} acceptance criteria, more than ${most}.`,
        advice: `${SPLIT}, or raise \`lint.thresholds.complexity_criteria\` in .chant/config.md.`,
      },
    ]
  },
}

/** More files than belong to one change. */
export const manyFiles: Rule = {
  code: 'many-files',
  severity: 'warning',
  chant: ['complexity', 'complexity_files'],
  about: 'unfinished',
  check: ({ spec }, { config }) => {
    const most = config.thresholds.complexityFiles
    if (spec.targetFiles.length <= most) return []
    return [
      {
        where: { field: 'target_files', item: most },
        message: `\`target_files\` names ${spec.targetFiles.length} files, more than ${most}.`,
        advice: `${SPLIT}, or raise \`lint.thresholds.complexity_files\` in .chant/config.md.`,
      },
    ]
  },
}

/** More text than says one thing. Off until a project wants it, as in chant. */
export const manyWords: Rule = {
  code: 'many-words',
  severity: 'warning',
  chant: ['complexity', 'complexity_words'],
  about: 'unfinished',
  check: (subject, { config }) => {
    const most = config.thresholds.complexityWords
    const words = countWords(subject)
    if (words <= most) return []
    return [
      {
        where: textStart(subject),
        message: `The spec has ${words} words, more than ${most}.`,
        advice: `${SPLIT}, or raise \`lint.thresholds.complexity_words\` in .chant/config.md.`,
      },
    ]
  },
}

/** A large model on a spec that any model can do. */
export const modelWaste: Rule = {
  code: 'model-waste',
  severity: 'warning',
  chant: ['model_waste'],
  about: 'unfinished',
  check: (subject, { config }) => {
    const { spec } = subject
    const { simpleCriteria, simpleFiles, simpleWords } = config.thresholds
    // Research and the planning of others are worth a large model however short their text is.
    if (!/opus|sonnet/i.test(spec.model ?? '') || isContainer(spec) || spec.type === 'research') return []
    const [criteria, files] = [spec.criteria.length, spec.targetFiles.length]
    if (criteria > simpleCriteria || files > simpleFiles) return []
    const words = countWords(subject)
    if (words > simpleWords) return []
    return [
      {
        where: { field: 'model' },
        message: `It asks for a large model (${quoted(spec.model ?? '')}) and is simple: criteria ${criteria}, files ${files}, words ${words}.`,
        advice: 'A smaller model does it for less: take `model` out, or name one, for example `haiku`.',
      },
    ]
  },
}
