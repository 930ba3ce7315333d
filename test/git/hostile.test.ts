import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../src/git/checkout-fingerprint.ts'
import { commitAll, commitPaths, commitsSince, isIgnored, settleHead } from '../../src/git/commit.ts'
import { makePatch, returnBranch } from '../../src/git/publish.ts'
import type { Worktree } from '../../src/git/run-repository.ts'
import { addWorktree, freeBranch, mergeInto, removeWorktree } from '../../src/git/worktree.ts'
import { aRepository, commitHere, type Ground, git, ground, place, trap, write } from './ground.ts'
import { ATTRIBUTES, hooks, settings } from './hostile-settings.ts'

/** Everything we do with git after an agent had its way with a worktree. */
async function ourWork({ workspace, repository, folder }: Ground, tree: Worktree): Promise<readonly string[]> {
  const failed: string[] = []
  const must = async (name: string, result: Promise<{ readonly ok: boolean; readonly error?: unknown }>) => {
    const done = await result
    if (!done.ok) failed.push(`${name}: ${JSON.stringify(done.error)}`)
    return done
  }
  write(tree.path, { 'src/a.txt': 'one\ntwo\nthree\nfour\n', 'left.txt': 'left over\n' })
  await must('settle', settleHead(repository, tree, workspace.head))
  await must('ignored', isIgnored(repository, tree, 'left.txt'))
  await must('paths', commitPaths(repository, tree, ['left.txt'], 'left'))
  const all = await commitAll(repository, tree, 'all')
  await must('all', Promise.resolve(all))
  await must('since', commitsSince(repository, tree, workspace.head))
  const head = git(repository.gitDir, '--git-dir=.', 'rev-parse', 'refs/heads/chant/spec')
  await must('patch', makePatch(repository, workspace.head, head))
  await must('free', freeBranch(workspace, repository, 'chant/next', '7'))
  const next = await addWorktree(repository, join(tree.path, '../next'), 'chant/next', workspace.head)
  await must('add', Promise.resolve(next))
  if (next.ok) {
    write(next.value.path, { 'src/a.txt': 'zero\none\ntwo\nthree\n' })
    await must('next', commitAll(repository, next.value, 'next'))
    await must('merge', mergeInto(repository, next.value, [{ branch: 'chant/spec', commit: head }]))
  }
  await must('return', returnBranch(workspace, repository, 'chant/spec', head))
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('# Read me\n')
  if (!(await fingerprint(workspace, repository))) failed.push('fingerprint')
  await removeWorktree(repository, tree)
  return failed
}

async function attacked(
  attack: (at: Ground & { readonly tree: Worktree; readonly command: string }) => void,
  body = 'cat',
) {
  const ground_ = await ground(aRepository())
  const tree = await ground_.worktree()
  const { command, sprung } = trap(body)
  attack({ ...ground_, tree, command })
  const failed = await ourWork(ground_, tree)
  return { sprung: sprung(), failed }
}
const UNHARMED = { sprung: [], failed: [] }

describe('our git runs no program of an agent that has rewritten', () => {
  it("the configuration of the run's repository", async () => {
    const result = await attacked(({ repository, tree, command }) => {
      hooks(join(command, '../hooks'), command)
      hooks(join(repository.gitDir, 'hooks'), command)
      write(repository.gitDir, {
        config: `${readFileSync(join(repository.gitDir, 'config'), 'utf8')}${settings(command)}`,
      })
      write(repository.gitDir, { 'info/attributes': ATTRIBUTES })
      write(tree.path, { '.gitattributes': ATTRIBUTES })
      write(join(command, '..'), { attributes: ATTRIBUTES })
    })
    expect(result).toEqual(UNHARMED)
  })

  it('the configuration of its worktree', async () => {
    const result = await attacked(({ repository, tree, command }) => {
      git(repository.gitDir, '--git-dir=.', 'config', 'core.repositoryformatversion', '1')
      git(repository.gitDir, '--git-dir=.', 'config', 'extensions.worktreeConfig', 'true')
      write(repository.gitDir, { 'config.worktree': settings(command) })
      write(tree.gitDir, { 'config.worktree': settings(command) })
      write(tree.path, { '.gitattributes': ATTRIBUTES })
    })
    expect(result).toEqual(UNHARMED)
  })

  it("where the worktree's repository is", async () => {
    const result = await attacked(({ folder, tree, command }) => {
      const evil = join(place(), 'evil')
      cpSync(join(folder, '.git'), evil, { recursive: true })
      write(evil, { config: `[core]\n\trepositoryformatversion = 0\n\tbare = false\n${settings(command)}` })
      write(tree.gitDir, { commondir: `${evil}\n`, gitdir: `${evil}\n` })
      write(tree.path, { '.gitattributes': ATTRIBUTES, '.git': `gitdir: ${evil}\n` })
    })
    expect(result).toEqual(UNHARMED)
  })

  it('the `.git` of the worktree into a repository of its own', async () => {
    const result = await attacked(({ tree, command }) => {
      unlinkSync(join(tree.path, '.git'))
      git(tree.path, 'init', '--quiet')
      write(tree.path, { '.git/config': settings(command), '.gitattributes': ATTRIBUTES })
      hooks(join(tree.path, '.git/hooks'), command)
    })
    expect(result).toEqual(UNHARMED)
  })

  it("the worktree's git directory into a link to another", async () => {
    const result = await attacked(({ repository, tree, command }) => {
      // Its `../..` is a repository of the agent's.
      const evil = join(place(), 'evil')
      cpSync(repository.gitDir, evil, { recursive: true })
      write(evil, { config: `[core]\n\trepositoryformatversion = 0\n\tbare = true\n${settings(command)}` })
      rmSync(join(evil, 'worktrees'), { recursive: true })
      mkdirSync(join(evil, 'worktrees'))
      renameSync(tree.gitDir, join(evil, 'worktrees/spec'))
      symlinkSync(join(evil, 'worktrees/spec'), tree.gitDir)
      write(tree.path, { '.gitattributes': ATTRIBUTES })
    })
    expect(result.sprung).toEqual([])
  })

  it('the configuration of a repository inside the worktree', async () => {
    const result = await attacked(({ tree, command }) => {
      const inner = aRepository(join(tree.path, 'inner'))
      git(tree.path, 'add', 'inner')
      git(tree.path, 'commit', '--quiet', '-m', 'a repository as a submodule')
      write(inner, { '.git/config': settings(command), '.gitattributes': ATTRIBUTES, 'src/a.txt': 'changed' })
      hooks(join(inner, '.git/hooks'), command)
    })
    expect(result.sprung).toEqual([])
  })

  it('the configuration of the workspace', async () => {
    const result = await attacked(({ folder, command }) => {
      hooks(join(command, '../hooks'), command)
      hooks(join(folder, '.git/hooks'), command)
      write(folder, { '.git/config': `${readFileSync(join(folder, '.git/config'), 'utf8')}${settings(command)}` })
      write(folder, { '.git/info/attributes': ATTRIBUTES })
      // Its content has to be looked at again: a filter would run.
      utimesSync(join(folder, 'src/a.txt'), 1_000, 1_000)
    })
    expect(result).toEqual(UNHARMED)
  })

  it('what the workspace borrows its objects from', async () => {
    const result = await attacked(({ folder, command }) => {
      const other = aRepository()
      write(folder, { '.git/objects/info/alternates': `${join(other, '.git/objects')}\n` })
      git(folder, 'config', 'core.alternateRefsCommand', command)
    })
    expect(result).toEqual(UNHARMED)
  })

  it('where the workspace gets missing objects from', async () => {
    const result = await attacked(({ folder, command }) => {
      // A lost tree is asked of a remote of the agent's, by a program of the agent's.
      git(folder, 'config', 'core.repositoryformatversion', '1')
      git(folder, 'config', 'extensions.partialClone', 'evil')
      git(folder, 'config', 'remote.evil.url', folder)
      git(folder, 'config', 'remote.evil.promisor', 'true')
      git(folder, 'config', 'remote.evil.uploadpack', command)
      const tree = git(folder, 'rev-parse', 'HEAD^{tree}')
      unlinkSync(join(folder, '.git/objects', tree.slice(0, 2), tree.slice(2)))
      utimesSync(join(folder, 'src/a.txt'), 1_000, 1_000)
    }, 'exit 1')
    expect(result.sprung).toEqual([])
  })
})

describe('our git goes to no other place when an agent has rewritten', () => {
  it.each([
    ['insteadOf', (folder: string, url: string, evil: string) => git(folder, 'config', `url.${evil}.insteadOf`, url)],
    ['a remote', (folder: string, url: string, evil: string) => git(folder, 'config', `remote.${url}.url`, evil)],
    [
      'a helper',
      (folder: string, url: string) => git(folder, 'config', 'url.ext::sh -c "touch sprung" .insteadOf', url),
    ],
  ])('%s', async (_, rewrite) => {
    const { folder, workspace, repository, worktree } = await ground()
    const tree = await worktree()
    const head = commitHere(tree.path, { 'good.txt': 'good' })
    const evil = aRepository()
    git(evil, 'checkout', '--quiet', '-b', 'chant/spec')
    const bad = commitHere(evil, { 'bad.txt': 'bad' })
    rewrite(folder, repository.gitDir, evil)
    await returnBranch(workspace, repository, 'chant/spec', head)
    const refs = git(folder, 'for-each-ref', '--format=%(objectname)')
    expect(refs).not.toContain(bad)
    expect(readdirSync(folder)).not.toContain('sprung')
  })
})
