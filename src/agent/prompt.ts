import { fenceFor } from '../spec/markdown-lines.ts'
import type { Spec } from '../spec/spec.ts'

export interface PromptParts {
  /** A prompt of `.chant/prompts/` without its front matter, or one of `builtInPrompts`. */
  readonly template: string
  readonly spec: Spec
  /** The spec file as the agent reaches it from its working directory. */
  readonly specPath: string
  readonly worktreePath: string
  readonly branch: string
  readonly projectName: string
  /** What `context` of the spec names, with paths as they stand there. */
  readonly contextFiles: readonly { readonly path: string; readonly text: string }[]
}

/**
 * The text an agent gets on stdin: the template with chant's variables filled in, then what every agent has to know
 * about where it works and how its work counts.
 *
 * The template is gone through once. Text that comes from a spec or a file is never looked at again, so it cannot bring
 * in another variable; a name we do not know stays as it is written.
 */
export function assemblePrompt(parts: PromptParts): string {
  const { template, spec } = parts
  const values: ReadonlyMap<string, string> = new Map([
    ['spec', wholeSpec(spec)],
    ['spec.id', spec.id],
    ['spec.title', spec.title],
    ['spec.description', spec.body.trim()],
    ['spec.path', parts.specPath],
    ['spec.target_files', spec.targetFiles.join('\n')],
    ['spec.context', contextSection(parts)],
    ['project.name', parts.projectName],
    ['worktree.path', parts.worktreePath],
    ['worktree.branch', parts.branch],
    ['worktree.isolated', 'true'],
  ])
  const filled = template.replace(/\{\{([a-z_.]+)\}\}/g, (written, name: string) => values.get(name) ?? written)
  const sections = [filled.trim(), environment(parts)]
  if (spec.criteria.length > 0) sections.push(criteria(parts))
  // The template is asked, not the filled text: a spec that speaks of committing does not take the instruction away.
  if (!/git commit|commit your work/i.test(template)) sections.push(commit(spec))
  return `${sections.join('\n\n')}\n`
}

/** Prompts for projects that have none of that name in `.chant/prompts/`. */
export const builtInPrompts: Readonly<Record<'standard', string>> = {
  standard: `# {{spec.title}}

You work alone on one task of the project {{project.name}}. Nobody can answer questions while you work: where the task
leaves something open, decide, and say in your last message what you decided and why.

1. Read the task below to its end, then the files it names and the code around them.
2. Make the change it asks for, all of it and nothing else, in the style of the code that is there.
3. Run the project's own tests and checks on what you changed, and mend what they find.
4. End with a short message: what you did, what you checked, what is left open.

If the task cannot be done, change nothing for show: say what stands in the way and stop.

## Task

{{spec}}

{{spec.context}}`,
}

function wholeSpec({ id, body, targetFiles }: Spec): string {
  const files = targetFiles.map((file) => `- ${file}`).join('\n')
  return `Spec ID: ${id}\n\n${body.trim()}${files === '' ? '' : `\n\n## Target Files\n\n${files}`}`
}

function contextSection({ contextFiles }: PromptParts): string {
  return contextFiles
    .map(({ path, text }) => {
      const fence = fenceFor(text)
      return `### File: ${path}\n\n${fence}\n${text.replace(/\r?\n$/, '')}\n${fence}`
    })
    .join('\n\n')
}

const environment = ({ worktreePath, branch }: PromptParts): string => `## Where you work

You are in a git worktree made for this task alone: \`${worktreePath}\`, on the branch \`${branch}\`. Other agents work on
other tasks at the same time, each in a worktree of its own. Stay in this directory and on this branch; do not push, and do
not change branches or worktrees. What you commit here is reviewed and merged later.`

const criteria = ({ specPath }: PromptParts): string => `## Acceptance criteria

The task is done when every criterion below "## Acceptance Criteria" in \`${specPath}\` holds. When you have met one and
checked it, tick its box in that file (\`- [ ]\` becomes \`- [x]\`) and commit that too. Leave a box open that you could not
meet, and leave the rest of the file as it is, its front matter above all.`

const commit = ({ id }: Spec): string => `## Commit

Commit everything that belongs to the task, in one commit or in several, with messages of this form:

\`\`\`
git commit -m "chant(${id}): <what changed>"
\`\`\`

Work that is not committed may be lost.`
