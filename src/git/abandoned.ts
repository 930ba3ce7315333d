import type { RunRepository, Worktree } from './run-repository.ts'

/** How far back in the reflogs abandoned work is looked for, and how many tips of it are kept. */
const REFLOG_ENTRIES = 200
const MOST_TIPS = 5

/**
 * Commits that HEAD or our branch once named, that came after `start`, and that none of `kept` contains: what an agent
 * left behind by a reset or a rebase. Newest first, none contained in another.
 */
export async function abandonedTips(
  repository: RunRepository,
  worktree: Worktree,
  start: string,
  kept: readonly string[],
): Promise<readonly string[]> {
  const logs = await Promise.all(
    ['HEAD', `refs/heads/${worktree.branch}`].map((ref) =>
      repository.gitIn(worktree, ['log', '--walk-reflogs', '--format=%H', `--max-count=${REFLOG_ENTRIES}`, ref, '--']),
    ),
  )
  const seen = new Set(
    logs.flatMap((log) => (log.ok ? log.value.stdout.split('\n').filter((line) => line !== '') : [])),
  )
  const found: string[] = []
  for (const commit of seen) {
    if (found.length === MOST_TIPS) break
    if (commit === start || !(await contains(repository, worktree, commit, start))) continue
    if (!(await isKept(repository, worktree, commit, [...kept, ...found]))) found.push(commit)
  }
  return found
}

/**
 * Work under names that an agent made beside its branch: other branches that its HEAD stood on, and what it stashed. All
 * workers share one repository, so what belongs to this one is told by its own reflog and by the branch that a stash names.
 * `others` are the branches of this run's workers; below `refs` stands what was gathered of this one's already. None that `kept`
 * contains.
 */
export async function strayTips(
  repository: RunRepository,
  worktree: Worktree,
  { others, refs: gatheredBelow }: { readonly others: ReadonlySet<string>; readonly refs: string },
  kept: readonly string[],
): Promise<readonly string[]> {
  const walk = ['log', '--walk-reflogs', `--max-count=${REFLOG_ENTRIES}`]
  const [gathered, refs, log, stash] = await Promise.all([
    repository.git(['for-each-ref', '--format=%(objectname) %(refname)', `${gatheredBelow}/`]),
    repository.git(['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads/']),
    repository.gitIn(worktree, [...walk, '--format=%H', 'HEAD', '--']),
    repository.git([...walk, '--format=%H %gs', 'refs/stash', '--'], { answers: [128] }),
  ])
  const stood = new Set(log.ok ? log.value.stdout.split('\n') : [])
  const branches = pairsOf(refs.ok ? refs.value.stdout : '').filter(
    ([tip, name]) => stood.has(tip) && !others.has(name),
  )
  const stashes = pairsOf(stash.ok ? stash.value.stdout : '').filter(([, words]) =>
    [`WIP on ${worktree.branch}:`, `On ${worktree.branch}:`].some((start) => words.startsWith(start)),
  )
  const found: string[] = []
  for (const [commit] of [...pairsOf(gathered.ok ? gathered.value.stdout : ''), ...branches, ...stashes])
    if (!(await isKept(repository, worktree, commit, [...kept, ...found]))) found.push(commit)
  return found.slice(0, MOST_TIPS)
}

/** `<hash> <words>` a line. */
const pairsOf = (text: string): readonly (readonly [string, string])[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])

async function contains(repository: RunRepository, worktree: Worktree, outer: string, inner: string): Promise<boolean> {
  const answer = await repository.gitIn(worktree, ['merge-base', '--is-ancestor', inner, outer], { answers: [1] })
  return answer.ok && answer.value.code === 0
}

async function isKept(
  repository: RunRepository,
  worktree: Worktree,
  commit: string,
  tips: readonly string[],
): Promise<boolean> {
  const inside = await Promise.all(tips.map((tip) => contains(repository, worktree, tip, commit)))
  return inside.includes(true)
}
