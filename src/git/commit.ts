import { err, ok, type Result } from '../result.ts'
import { showHiddenEdits } from './hidden-edits.ts'
import type { RunRepository, Worktree } from './run-repository.ts'

/** Commits exactly these paths (relative to the worktree); undefined when they hold nothing new. Answers the new head. */
export async function commitPaths(
  repository: RunRepository,
  worktree: Worktree,
  paths: readonly string[],
  message: string,
): Promise<Result<string | undefined, string>> {
  const literal = { env: { GIT_LITERAL_PATHSPECS: '1' } }
  const added = await repository.gitIn(worktree, ['add', '--', ...paths], literal)
  if (!added.ok) return err(added.error.message)
  const changed = await repository.gitIn(worktree, ['diff', '--cached', '--quiet', '--no-ext-diff', '--', ...paths], {
    ...literal,
    answers: [1],
  })
  if (!changed.ok) return err(changed.error.message)
  if (changed.value.code === 0) return ok(undefined)
  return await commit(repository, worktree, ['--only', '--', ...paths], message)
}

/**
 * Commits everything the worktree holds beyond its head, new files too (ignored ones not). `besides` takes out of the index what
 * is not to be committed.
 */
export async function commitAll(
  repository: RunRepository,
  worktree: Worktree,
  message: string,
  besides: () => Promise<Result<void, string>> = async () => ok(undefined),
): Promise<Result<string | undefined, string>> {
  const staged = await stageAll(repository, worktree)
  const left = staged.ok ? await besides() : staged
  if (!left.ok) return left
  const changed = await repository.gitIn(worktree, ['diff', '--cached', '--quiet', '--no-ext-diff'], { answers: [1] })
  if (!changed.ok) return err(changed.error.message)
  if (changed.value.code === 0) return ok(undefined)
  return await commit(repository, worktree, [], message)
}

/** Puts everything that the worktree holds beyond its head into the index. */
export async function stageAll(repository: RunRepository, worktree: Worktree): Promise<Result<void, string>> {
  const shown = await showHiddenEdits(repository, worktree)
  if (!shown.ok) return shown
  const links = await hideNestedRepositories(repository, worktree)
  if (!links.ok) return links
  const added = await repository.gitIn(worktree, ['add', '--all'])
  return added.ok ? ok(undefined) : err(added.error.message)
}

/**
 * To compare a nested repository, git would run itself inside it with that repository's configuration. So submodules are
 * taken as unchanged; commits that an agent made inside one stay inside it.
 */
async function hideNestedRepositories(repository: RunRepository, worktree: Worktree): Promise<Result<void, string>> {
  const listed = await repository.gitIn(worktree, ['ls-files', '--stage', '-z'])
  if (!listed.ok) return err(listed.error.message)
  const links = listed.value.stdout.split('\0').filter((entry) => entry.startsWith('160000 '))
  if (links.length === 0) return ok(undefined)
  const hidden = await repository.gitIn(worktree, ['update-index', '--assume-unchanged', '-z', '--stdin'], {
    input: links.map((entry) => `${entry.slice(entry.indexOf('\t') + 1)}\0`).join(''),
  })
  return hidden.ok ? ok(undefined) : err(hidden.error.message)
}

async function commit(
  repository: RunRepository,
  worktree: Worktree,
  what: readonly string[],
  message: string,
): Promise<Result<string | undefined, string>> {
  const done = await repository.gitIn(
    worktree,
    ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '--cleanup=verbatim', '--file=-', ...what],
    {
      input: `${message}\n`,
      env: { GIT_LITERAL_PATHSPECS: '1' },
    },
  )
  if (!done.ok) return err(done.error.message)
  return await headOf(repository, worktree)
}

export async function headOf(repository: RunRepository, worktree: Worktree): Promise<Result<string, string>> {
  const head = await repository.gitIn(worktree, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  return head.ok ? ok(head.value.stdout.trim()) : err('HEAD of the worktree names no commit')
}

/** Commits after `start` up to HEAD, oldest first, full hashes. */
export async function commitsSince(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
): Promise<Result<readonly string[], string>> {
  const list = await repository.gitIn(worktree, ['rev-list', '--reverse', '--topo-order', `${start}..HEAD`])
  return list.ok ? ok(list.value.stdout.split('\n').filter((line) => line !== '')) : err(list.error.message)
}

export type HeadState =
  | { readonly type: 'descends'; readonly head: string }
  /** HEAD is somewhere that does not contain the start: the agent switched away or rewound. */
  | { readonly type: 'elsewhere'; readonly head: string; readonly message: string }

/**
 * Where the agent left HEAD. When it descends from `start`, our branch is set to it and checked out by name, whatever
 * branch the agent worked on.
 */
export async function settleHead(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
): Promise<Result<HeadState, string>> {
  const head = await headOf(repository, worktree)
  if (!head.ok) return head
  const ancestor = await repository.gitIn(worktree, ['merge-base', '--is-ancestor', start, head.value], {
    answers: [1],
  })
  if (!ancestor.ok) return err(ancestor.error.message)
  if (ancestor.value.code === 1)
    return ok({
      type: 'elsewhere',
      head: head.value,
      message: `The agent left HEAD at ${head.value.slice(0, 7)}, which does not contain the commit it started from (${start.slice(0, 7)})`,
    })
  const ref = `refs/heads/${worktree.branch}`
  const pointed = await repository.gitIn(worktree, ['update-ref', ref, head.value])
  if (!pointed.ok) return err(pointed.error.message)
  const named = await repository.gitIn(worktree, ['symbolic-ref', 'HEAD', ref])
  return named.ok ? ok({ type: 'descends', head: head.value }) : err(named.error.message)
}

/** Whether git ignores a path of the worktree (and does not track it). */
export async function isIgnored(
  repository: RunRepository,
  worktree: Worktree,
  path: string,
): Promise<Result<boolean, string>> {
  const checked = await repository.gitIn(worktree, ['check-ignore', '--quiet', '--', path], { answers: [1] })
  return checked.ok ? ok(checked.value.code === 0) : err(checked.error.message)
}
