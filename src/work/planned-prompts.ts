import type { PlannedPrompt } from '../report/planned-prompts.ts'
import type { RunContext } from './context.ts'
import { workerPrompt } from './worker-prompt.ts'

/** The prompts of the planned specs, as far as they are known before there are worktrees: context files as the workspace has them. */
export function* plannedPrompts(ctx: RunContext): Generator<PlannedPrompt> {
  for (const { planned } of ctx.journal.board.workers.values()) {
    const spec = ctx.specs.get(planned.specId)
    if (!spec) continue
    const { name, text } = workerPrompt(ctx.instructions, spec, {
      worktreePath: '(its worktree)',
      branch: planned.branch,
      contextFrom: { directory: ctx.run.project, root: ctx.workspace.top },
    })
    // Before it becomes Markdown, which may part a secret.
    yield { specId: planned.specId, title: planned.title, prompt: name, text: ctx.cleaner.clean(text) }
  }
}
