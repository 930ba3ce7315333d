import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAll, commitPaths, commitsSince, headOf, isIgnored, settleHead } from '../../src/git/commit.ts'
import { aRepository, commitHere, git, ground, value, write } from './ground.ts'

const changed = (cwd: string, ...range: readonly string[]): readonly string[] =>
  git(cwd, '-c', 'core.quotePath=false', 'diff', '--name-status', '--no-renames', ...range).split('\n')

describe('commitAll', () => {
  it('commits whatever there is: new, changed, deleted, binary, and with names of any kind', async () => {
    const { worktree, repository, workspace } = await ground()
    const tree = await worktree()
    const names = [
      '-rf',
      '--all',
      ':(glob)**',
      'new\nline',
      'tab\there',
      ' space ',
      'grüße 🦉.txt',
      '"q"',
      'a/b/c/deep',
      '*',
    ]
    write(tree.path, Object.fromEntries(names.map((name) => [name, name])))
    write(tree.path, { 'bin.dat': Buffer.from([0, 255, 13, 10, 0]), 'README.md': 'changed\n', '.gitignore': '*.log\n' })
    write(tree.path, { 'x.log': 'ignored' })
    write(tree.path, { 'run.sh': '#!/bin/sh\n' })
    chmodSync(join(tree.path, 'run.sh'), 0o755)
    symlinkSync('nowhere', join(tree.path, 'link'))
    rmSync(join(tree.path, 'src/a.txt'))
    const head = value(await commitAll(repository, tree, 'chant(x): Title\n\n# not a comment'))
    expect(head).toBe(value(await headOf(repository, tree)))
    const files = git(tree.path, 'ls-tree', '-rz', '--name-only', 'HEAD')
      .split('\0')
      .filter((name) => name !== '')
    expect(files.toSorted()).toEqual([...names, 'bin.dat', 'README.md', '.gitignore', 'run.sh', 'link'].toSorted())
    expect(git(tree.path, 'ls-tree', 'HEAD', 'run.sh', 'link')).toMatch(/^120000 .*\tlink\n100755 .*\trun\.sh$/)
    expect(git(tree.path, 'log', '-1', '--format=%B')).toBe('chant(x): Title\n\n# not a comment\n')
    expect(git(tree.path, 'log', '-1', '--format=%an')).toBe(workspace.identity.name)
    expect(git(tree.path, 'status', '--porcelain')).toBe('')
  })

  it('answers nothing where nothing has changed', async () => {
    const { worktree, repository } = await ground()
    const tree = await worktree()
    expect(value(await commitAll(repository, tree, 'x'))).toBeUndefined()
    write(tree.path, { 'README.md': '# Read me\n' })
    mkdirSync(join(tree.path, 'empty'))
    expect(value(await commitAll(repository, tree, 'x'))).toBeUndefined()
  })

  it('commits what was staged, and what a merge had left open', async () => {
    const { worktree, repository } = await ground()
    const tree = await worktree()
    write(tree.path, { 'staged.txt': 'x' })
    git(tree.path, 'add', 'staged.txt')
    write(tree.path, { 'staged.txt': 'y' })
    value(await commitAll(repository, tree, 'x'))
    expect(git(tree.path, 'show', 'HEAD:staged.txt')).toBe('y')
    git(tree.path, 'checkout', '--quiet', '-b', 'side', 'HEAD~1')
    commitHere(tree.path, { 'staged.txt': 'other' })
    expect(() => git(tree.path, 'merge', 'chant/spec')).toThrow()
    value(await commitAll(repository, tree, 'x'))
    expect(git(tree.path, 'status', '--porcelain')).toBe('')
    expect(git(tree.path, 'rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(3)
  })

  it('runs no check of the repository, signs nothing and opens no editor', async () => {
    const { worktree, repository } = await ground()
    const tree = await worktree()
    git(tree.path, 'config', 'commit.gpgSign', 'true')
    git(tree.path, 'config', 'commit.template', '/nowhere')
    git(tree.path, 'config', 'core.editor', 'false')
    write(tree.path, { x: 'x' })
    expect((await commitAll(repository, tree, 'x')).ok).toBe(true)
  })
})

describe('commitPaths', () => {
  it('commits these and no others, staged or not', async () => {
    const { worktree, repository } = await ground()
    const tree = await worktree()
    write(tree.path, { 'staged.txt': 's', 'loose.txt': 'l', '*.txt': 'star', 'README.md': 'changed' })
    git(tree.path, 'add', 'staged.txt')
    const head = value(await commitPaths(repository, tree, ['*.txt', 'README.md'], 'these'))
    expect(head).toBe(value(await headOf(repository, tree)))
    expect(changed(tree.path, 'HEAD~1', 'HEAD')).toEqual(['A\t*.txt', 'M\tREADME.md'])
    expect(git(tree.path, 'status', '--porcelain').split('\n').toSorted()).toEqual(['?? loose.txt', 'A  staged.txt'])
  })

  it('answers nothing where they hold nothing new, whatever else has changed', async () => {
    const { worktree, repository } = await ground()
    const tree = await worktree()
    write(tree.path, { 'other.txt': 'x' })
    git(tree.path, 'add', 'other.txt')
    expect(value(await commitPaths(repository, tree, ['README.md'], 'x'))).toBeUndefined()
  })

  it('is an error for a path that is not there', async () => {
    const { worktree, repository } = await ground()
    expect((await commitPaths(repository, await worktree(), ['none.md'], 'x')).ok).toBe(false)
  })
})

describe('commitsSince', () => {
  it('tells them oldest first, in full', async () => {
    const { worktree, repository, workspace } = await ground()
    const tree = await worktree()
    const hashes = ['a', 'b', 'c'].map((name) => commitHere(tree.path, { [name]: name }))
    expect(value(await commitsSince(repository, tree, workspace.head))).toEqual(hashes)
    expect(value(await commitsSince(repository, tree, hashes[1] ?? ''))).toEqual(hashes.slice(2))
    expect(value(await commitsSince(repository, tree, hashes[2] ?? ''))).toEqual([])
    expect((await commitsSince(repository, tree, 'f'.repeat(40))).ok).toBe(false)
  })
})

describe('settleHead', () => {
  async function left(script: (path: string) => void) {
    const { worktree, repository, workspace, folder } = await ground(
      (() => {
        const made = aRepository()
        commitHere(made, { 'second.txt': '2' })
        return made
      })(),
    )
    const tree = await worktree()
    script(tree.path)
    const head = git(tree.path, 'rev-parse', 'HEAD')
    const settled = value(await settleHead(repository, tree, workspace.head))
    const ref = git(repository.gitDir, 'rev-parse', 'refs/heads/chant/spec')
    return { settled, head, ref, tree, workspace, folder, symbolic: readFileSync(join(tree.gitDir, 'HEAD'), 'utf8') }
  }
  const ours = 'ref: refs/heads/chant/spec\n'

  it.each([
    ['on our branch', (path: string) => commitHere(path, { x: 'x' })],
    ['where nothing was done', () => undefined],
    [
      'on a branch of its own',
      (path: string) => {
        git(path, 'checkout', '--quiet', '-b', 'agents-own')
        commitHere(path, { x: 'x' })
      },
    ],
    [
      'detached',
      (path: string) => {
        git(path, 'checkout', '--quiet', '--detach')
        commitHere(path, { x: 'x' })
      },
    ],
    [
      'after its own commit was amended',
      (path: string) => {
        commitHere(path, { x: 'x' })
        git(path, 'commit', '--quiet', '--amend', '-m', 'better')
      },
    ],
  ])('sets our branch to a head that was left %s', async (_, script) => {
    const { settled, head, ref, symbolic, tree } = await left(script)
    expect(settled).toEqual({ type: 'descends', head })
    expect([ref, symbolic]).toEqual([head, ours])
    expect(git(tree.path, 'status', '--porcelain')).toBe('')
  })

  it.each([
    ['rewound', (path: string) => git(path, 'reset', '--quiet', '--hard', 'HEAD~1')],
    [
      'on unrelated commits',
      (path: string) => {
        git(path, 'checkout', '--quiet', '--orphan', 'new')
        commitHere(path, { x: 'x' })
      },
    ],
  ])('leaves alone a head that was left %s, and says so', async (_, script) => {
    const { settled, head, workspace } = await left(script)
    expect(settled).toEqual({
      type: 'elsewhere',
      head,
      message: `The agent left HEAD at ${head.slice(0, 7)}, which does not contain the commit it started from (${workspace.head.slice(0, 7)})`,
    })
  })

  it('is an error where HEAD names no commit', async () => {
    const { worktree, repository, workspace } = await ground()
    const tree = await worktree()
    write(tree.gitDir, { HEAD: 'ref: refs/heads/nowhere\n' })
    expect((await settleHead(repository, tree, workspace.head)).ok).toBe(false)
  })
})

describe('isIgnored', () => {
  it('asks git, and takes a tracked file for not ignored', async () => {
    const folder = aRepository()
    write(folder, { '.git/info/exclude': '/excluded/\n' })
    commitHere(folder, { '.gitignore': '.chant/\n' })
    git(folder, 'checkout', '--quiet', '--detach')
    const { worktree, repository } = await ground(folder)
    const tree = await worktree()
    write(tree.path, { '.chant/tracked.md': 'x' })
    git(tree.path, 'add', '--force', '.chant/tracked.md')
    const ask = async (path: string) => value(await isIgnored(repository, tree, path))
    expect(await ask('.chant/specs/x.md')).toBe(true)
    expect(await ask('excluded/x.md')).toBe(true)
    expect(await ask('.chant/tracked.md')).toBe(false)
    expect(await ask('other/x.md')).toBe(false)
  })
})
