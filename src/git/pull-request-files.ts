import type { Environment } from '../inputs.ts'
import type { GithubContext } from '../shell/github-context.ts'
import { openWorkspace } from './workspace-repository.ts'

/**
 * Files of the project that a pull request adds or changes, as paths from the project. Nothing is fetched: where the checkout
 * does not hold what to compare with (`fetch-depth: 2` brings it), or is no repository, nobody knows.
 */
export async function pullRequestFiles(
  github: GithubContext,
  project: string,
  env: Environment,
): Promise<ReadonlySet<string> | undefined> {
  const pull = github.event.startsWith('pull_request') ? github.pullRequest : undefined
  const workspace = pull ? await openWorkspace(project, env) : undefined
  if (!pull || !workspace?.ok) return undefined
  const { git, gitDir, head, prefix } = workspace.value
  const ask = async (...args: readonly string[]): Promise<string | undefined> => {
    const answer = await git(args, { gitDir })
    return answer.ok ? answer.value.stdout : undefined
  }
  // GitHub's merge of head and base has the base as its first parent; the head itself has to be compared with where it left it.
  const merged = head !== pull.headSha && (await ask('rev-parse', '--verify', '--quiet', `${head}^2`)) !== undefined
  const from = merged ? `${head}^1` : (await ask('merge-base', pull.baseSha, head))?.trim()
  if (from === undefined) return undefined
  const changes = ['--name-only', '-z', '--no-renames', '--diff-filter=AMT', '--no-ext-diff']
  const listed = await ask('diff', ...changes, from, head, '--', `:(top,literal)${prefix}.chant`)
  return listed === undefined
    ? undefined
    : new Set(
        listed
          .split('\0')
          .filter(Boolean)
          .map((path) => path.slice(prefix.length)),
      )
}
