import { clip, sentence } from '../report/visible.ts'
import type { GithubProblem } from './client.ts'

/** Client errors other than time-outs and limits: the same request would get the same answer. */
export const isRefusal = ({ status }: GithubProblem): boolean =>
  status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429

/** The request itself is at fault, and others may well be taken; an unknown commit is everybody's. */
export const isAboutContent = ({ status, message }: GithubProblem): boolean =>
  status === 422 && !/No commit found/i.test(message)

/** Said once, when GitHub refuses: which permission is missing, and that the run goes on. */
export function refusalWords(what: 'checks' | 'comment', { status, message }: GithubProblem): string {
  const said = sentence(clip(message, 200))
  const thing = what === 'checks' ? 'check runs' : 'the comment'
  const permission = what === 'checks' ? 'checks: write' : 'pull-requests: write'
  const without = `Continuing without ${thing}.`
  switch (status) {
    case 401:
      return `GitHub does not accept the token (401), so ${thing} cannot be written. Give the input \`token\` one that is valid. ${without}`
    case 403:
      // Nothing that a permission would change.
      if (/\blocked\b/i.test(message)) return `GitHub does not accept ${thing} (403): ${said} ${without}`
      return `The token may not write ${thing} (403). Add \`permissions: ${permission}\`, or set \`${what}: ${what === 'checks' ? 'off' : 'false'}\`; on a fork's pull request GitHub allows neither. ${without}`
    case 404:
      return `GitHub does not find what ${thing} would be written to (404): the token may not see this repository. Add \`permissions: ${permission}\`. ${without}`
    case undefined:
      return `GitHub cannot be reached, so ${thing} cannot be written: ${said} ${without}`
    default:
      return `GitHub does not accept ${thing} (${status}): ${said} ${without}`
  }
}
