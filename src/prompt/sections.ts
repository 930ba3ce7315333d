import type { ShownSchema } from '../output/schema.ts'
import { fenceFor } from '../spec/markdown-lines.ts'
import type { Spec } from '../spec/spec.ts'

interface Place {
  /** The spec file as the agent reaches it from its working directory. */
  readonly specPath: string
  readonly worktreePath: string
  readonly branch: string
}

export const environment = ({ specPath, worktreePath, branch }: Place): string => `## Where you work

You are in a git worktree made for this task alone: \`${worktreePath}\`, on the branch \`${branch}\`. Other agents work on
other tasks at the same time, each in a worktree of its own. Stay in this directory and on this branch; do not push, and do
not change branches or worktrees. What you commit here is reviewed and merged later. The task is the file \`${specPath}\`.`

export const criteria = ({ specPath }: Place): string => `## Acceptance criteria

The task is done when every criterion below "## Acceptance Criteria" in \`${specPath}\` holds. When you have met one and
checked it, tick its box in that file (\`- [ ]\` becomes \`- [x]\`) and commit that too. Leave a box open that you could not
meet, and leave the rest of the file as it is, its front matter above all.`

export const commit = ({ id }: Pick<Spec, 'id'>): string => `## Commit

Commit everything that belongs to the task, in one commit or in several, with messages of this form:

\`\`\`
git commit -m "chant(${id}): <what changed>"
\`\`\`

Work that is not committed may be lost.`

/** Stands for the command that a `bootstrap` prompt tells the agent to run: chant itself need not be there. */
export function prepared({ id }: Pick<Spec, 'id'>, text: string): string {
  const fence = fenceFor(text)
  return `## What \`chant prep ${id}\` prints

There is no need to run \`chant prep\`, and the program \`chant\` may not be installed here. This is what it would print:

${fence}markdown
${text}
${fence}`
}

export function outputFormat({ path, text, required, example }: ShownSchema): string {
  const named = required.map((name) => `\`${name}\``).join(', ')
  return [
    `## Output format

The result of this task is JSON. End your last message with it, in one block fenced as \`json\` with nothing after it. When you have
ended it is checked against this JSON Schema (\`${path}\`):

${jsonBlock(text)}`,
    ...(named === '' ? [] : [`Required: ${named}.`]),
    ...(example === undefined ? [] : [`In form, not in content, it looks like this:\n\n${jsonBlock(example)}`]),
  ].join('\n\n')
}

function jsonBlock(text: string): string {
  const fence = fenceFor(text)
  return `${fence}json\n${text}\n${fence}`
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth']

/** An attempt that was cut off leaves its work where the next one finds it. */
export const again = (attempt: number): string => `## An earlier attempt was cut off

This is the ${ORDINALS[attempt - 1] ?? `${attempt}th`} attempt at this task. The one before it was interrupted from outside, in the middle of its work; what
it did is still here, committed and uncommitted. Look at it first (\`git status\`, \`git log\`), keep what is good, and go on from there.`
