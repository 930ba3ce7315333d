/** The few expressions that an action.yml needs. Others are refused, never guessed. */

/** How a step, and the job that stops at it, ended. */
export type Conclusion = 'success' | 'failure' | 'cancelled'

const EXPRESSION = /\$\{\{(.*?)\}\}/g

/** Replaces `${{ github.token }}` in an input's default. */
export function expandDefault(value: string, token: string): string {
  return value.replace(EXPRESSION, (_, expression: string) => {
    if (expression.trim() !== 'github.token') throw new Error(`no rule for the expression ${expression.trim()}`)
    return token
  })
}

/** Decides a `post-if`: `always()`, `success()`, `failure()`, `cancelled()`, with `!` before and `||` between them. */
export function postRuns(condition: string, job: Conclusion): boolean {
  return condition
    .replace(EXPRESSION, '$1')
    .split('||')
    .some((term) => {
      const [, not, name] = /^(!?)(always|success|failure|cancelled)\(\)$/.exec(term.trim()) ?? []
      if (name === undefined) throw new Error(`no rule for the condition ${condition}`)
      const holds = name === 'always' || name === job
      return not ? !holds : holds
    })
}
