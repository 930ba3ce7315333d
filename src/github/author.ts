import type { getOctokit } from '@actions/github'

/** Whether somebody is who writes with our token. */
export type IsAuthor = (user: { readonly id: number; readonly login: string } | null) => boolean

/** Who writes with a job's own token. */
export const isActionsBot: IsAuthor = (user) => user?.login === 'github-actions[bot]'

/**
 * Asks who writes with the token. `GET /user` is refused to a job's token and to those of apps; this is answered to all of them. Where
 * it is not, only the job's own account is taken for ours.
 */
export async function whoWrites(octokit: ReturnType<typeof getOctokit>, signal: AbortSignal): Promise<IsAuthor> {
  const id = await octokit
    .graphql<{ readonly viewer: { readonly databaseId: number | null } }>('query { viewer { databaseId } }', {
      request: { signal },
    })
    .then(({ viewer }) => viewer.databaseId, noneIfRefused)
  return typeof id === 'number' ? (user) => user?.id === id : isActionsBot
}

/** GraphQL says no with status 200 and a list of errors; a limit is said in the same way, and passes. */
function noneIfRefused(error: unknown): undefined {
  const errors = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : undefined
  if (!Array.isArray(errors) || errors.some((one: unknown) => isLimit(one))) throw error
}

const isLimit = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'type' in error && error.type === 'RATE_LIMITED'
