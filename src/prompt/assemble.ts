import type { ShownSchema } from '../output/schema.ts'
import type { Spec } from '../spec/spec.ts'
import { type ContextFile, contextText } from './context.ts'
import { preparedText } from './prepared-text.ts'
import { again, commit, criteria, environment, outputFormat, prepared } from './sections.ts'
import type { PromptTemplate } from './template.ts'
import { fill, uses } from './variables.ts'

export interface PromptParts {
  readonly template: PromptTemplate
  readonly spec: Spec
  /** The spec file as the agent reaches it from its working directory. */
  readonly specPath: string
  readonly worktreePath: string
  readonly branch: string
  readonly projectName: string
  /** What `context` of the spec names, in its order. */
  readonly contextFiles: readonly ContextFile[]
  /** What `output_schema` of the spec names. */
  readonly outputSchema?: ShownSchema | undefined
  /** 1-based; the first where it is not said. */
  readonly attempt?: number
}

/** Characters that filling in may come to; a spec is 1 MiB at most. */
const LIMIT = 2 * 1024 * 1024

/**
 * The text an agent gets on stdin: the template with chant's variables filled in, then what every agent has to know
 * about where it works and how its work counts, then the extensions.
 *
 * Each template is gone through once. Text that comes from a spec or a file is never looked at again, so it cannot bring
 * in another variable; a name we do not know stays as it is written.
 */
export function assemblePrompt(parts: PromptParts): string {
  const { template, spec } = parts
  const context = contextText(parts.contextFiles)
  const filled = (text: string): string =>
    fill(
      text,
      {
        spec: wholeSpec(spec),
        'spec.id': spec.id,
        'spec.title': spec.title,
        'spec.description': spec.body.trim(),
        'spec.path': parts.specPath,
        'spec.target_files': spec.targetFiles.join('\n'),
        'spec.context': context,
        'project.name': parts.projectName,
        'worktree.path': parts.worktreePath,
        'worktree.branch': parts.branch,
        'worktree.isolated': 'true',
      },
      LIMIT,
    ).trim()
  // Templates are asked, not the filled text: a spec that speaks of committing does not take the instruction away.
  const written = [template.text, ...template.extensions].join('\n')
  const sections = [filled(template.text)]
  if (context !== '' && !uses(written, 'spec.context')) sections.push(`## Context\n\n${context}`)
  const prep = preparedText(written, spec.body)
  if (prep !== undefined) sections.push(prepared(spec, prep))
  sections.push(environment(parts))
  if (parts.attempt !== undefined && parts.attempt > 1) sections.push(again(parts.attempt))
  if (spec.criteria.length > 0) sections.push(criteria(parts))
  if (parts.outputSchema) sections.push(outputFormat(parts.outputSchema))
  if (wantsCommit(template)) sections.push(commit(spec))
  return `${[...sections, ...template.extensions.map(filled)].join('\n\n')}\n`
}

/** chant's rule: every prompt but `split` says how to commit, and one that has these words is taken at them. */
const wantsCommit = ({ name, text }: PromptTemplate): boolean => name !== 'split' && !/commit your work/i.test(text)

function wholeSpec({ id, body, targetFiles }: Spec): string {
  const files = targetFiles.map((file) => `- ${file}`).join('\n')
  return `Spec ID: ${id}\n\n${body.trim()}${files === '' ? '' : `\n\n## Target Files\n\n${files}`}`
}
