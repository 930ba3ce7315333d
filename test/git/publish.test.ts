import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bring } from '../../src/git/base.ts'
import { commitAll } from '../../src/git/commit.ts'
import { makePatch, returnBranch, wordsOfPatch } from '../../src/git/publish.ts'
import { aRepository, commitHere, git, ground, place, value } from './ground.ts'

async function work(folder = aRepository()) {
  const made = await ground(folder)
  const tree = await made.worktree()
  const head = commitHere(tree.path, { 'new.txt': 'new\n' }, 'work')
  return { ...made, tree, head, bring: () => returnBranch(made.workspace, made.repository, 'chant/spec', head) }
}

describe('returnBranch', () => {
  it('makes a plain branch, and leaves the checkout as it was', async () => {
    const { folder, head, bring } = await work()
    const before = [
      git(folder, 'status', '--porcelain'),
      git(folder, 'rev-parse', 'HEAD'),
      readFileSync(join(folder, '.git/config'), 'utf8'),
    ]
    const index = readFileSync(join(folder, '.git/index'))
    expect(await bring()).toEqual({ ok: true, value: undefined })
    expect(git(folder, 'rev-parse', 'refs/heads/chant/spec')).toBe(head)
    expect([
      git(folder, 'status', '--porcelain'),
      git(folder, 'rev-parse', 'HEAD'),
      readFileSync(join(folder, '.git/config'), 'utf8'),
    ]).toEqual(before)
    expect(readFileSync(join(folder, '.git/index')).equals(index)).toBe(true)
    expect(existsSync(join(folder, '.git/FETCH_HEAD'))).toBe(false)
    expect(git(folder, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/chant/spec\nrefs/heads/main')
    git(folder, 'fsck', '--strict')
  })

  it('leaves a branch that went elsewhere as it is', async () => {
    const { folder, bring } = await work()
    git(folder, 'checkout', '--quiet', '-b', 'chant/spec')
    const theirs = commitHere(folder, { 'theirs.txt': 'x' })
    git(folder, 'checkout', '--quiet', 'main')
    expect((await bring()).ok).toBe(false)
    expect(git(folder, 'rev-parse', 'chant/spec')).toBe(theirs)
  })

  it('leaves a branch that it could forward as it is', async () => {
    const { folder, bring, workspace } = await work()
    git(folder, 'branch', 'chant/spec')
    expect((await bring()).ok).toBe(false)
    expect(git(folder, 'rev-parse', 'chant/spec')).toBe(workspace.head)
  })

  it('brings nothing but the head it was told of', async () => {
    const { folder, repository, workspace, head, tree } = await work()
    commitHere(tree.path, { 'later.txt': 'x' })
    const brought = await returnBranch(workspace, repository, 'chant/spec', head)
    expect(git(folder, 'for-each-ref', '--format=%(objectname)', 'refs/heads/chant')).toBe(brought.ok ? head : '')
  })

  it('needs no credentials and runs no hook', async () => {
    const { folder, bring } = await work()
    const hook = join(folder, '.git/hooks/reference-transaction')
    writeFileSync(hook, `#!/bin/sh\ntouch ${join(folder, '../ran')}\n`, { mode: 0o755 })
    git(folder, 'config', 'credential.helper', `!touch ${join(folder, '../asked')}`)
    expect((await bring()).ok).toBe(true)
    expect([existsSync(join(folder, '../ran')), existsSync(join(folder, '../asked'))]).toEqual([false, false])
  })

  it('brings work into a shallow clone, and with it where the history ends', async () => {
    const origin = aRepository()
    commitHere(origin, { b: 'b' })
    const clone = join(place(), 'clone')
    git(origin, 'clone', '--quiet', '--depth=1', `file://${origin}`, clone)
    git(origin, 'checkout', '--quiet', '-b', 'feature')
    const feature = ['c', 'd'].map((name) => commitHere(origin, { [name]: name }))[1] ?? ''
    git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    const { workspace, repository, worktree } = await ground(clone)
    // Commits that the clone does not have, as those of a pull request's head.
    value(await bring(feature, workspace, repository, { url: `file://${origin}`, token: 'the-token' }))
    const tree = await worktree('spec', feature)
    const head = commitHere(tree.path, { e: 'e' })
    expect(await returnBranch(workspace, repository, 'chant/spec', head)).toEqual({ ok: true, value: undefined })
    expect(git(clone, 'rev-list', 'chant/spec').split('\n')).toEqual([head, feature])
    expect(git(clone, 'rev-list', '--count', 'HEAD')).toBe('1')
    git(clone, 'fsck', '--strict', '--connectivity-only')
  })
})

describe('makePatch', () => {
  it('is taken by git apply, whatever the files hold', async () => {
    const folder = aRepository()
    const latin1 = Buffer.from('caf\xe9 na\xefve\r\n', 'latin1')
    const bytes = Buffer.from(Array.from({ length: 3_000 }, (_, index) => (index * 7) % 256))
    commitHere(folder, { 'old.bin': bytes, 'latin1.txt': latin1, 'gone.txt': 'gone\n', 'noeol.txt': 'no end' })
    const { worktree, repository, workspace } = await ground(folder)
    const tree = await worktree()
    const head = commitHere(
      tree.path,
      {
        'old.bin': Buffer.from(bytes).reverse(),
        'new.bin': bytes,
        'latin1.txt': Buffer.concat([latin1, Buffer.from('\xfc\n', 'latin1')]),
        'grüße 🦉.txt': 'ü\n',
        'noeol.txt': 'no end at all',
        'empty.txt': '',
        'sub dir/a': 'a\n',
      },
      'work',
    )
    git(tree.path, 'rm', '--quiet', 'gone.txt')
    git(tree.path, 'mv', 'src/a.txt', 'src/moved.txt')
    const end = value(await commitAll(repository, tree, 'more')) ?? head
    // What people may have set for themselves changes nothing.
    for (const [key, setting] of [
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['color.ui', 'always'],
      ['diff.external', '/bin/false'],
    ] as const)
      git(repository.gitDir, 'config', key, setting)
    const patch = value(await makePatch(repository, workspace.head, end))
    const words = value(await wordsOfPatch(repository, workspace.head, end, patch))
    expect(words).toContain('grüße 🦉.txt')
    const file = join(place(), 'x.patch')
    writeFileSync(file, Buffer.from(patch, 'latin1'))
    execFileSync('git', ['apply', '--index', '--whitespace=nowarn', file], { cwd: folder })
    expect(git(folder, 'write-tree')).toBe(git(tree.path, 'rev-parse', `${end}^{tree}`))
  })

  it('is empty where nothing changed', async () => {
    const { repository, workspace } = await ground()
    expect(value(await makePatch(repository, workspace.head, workspace.head))).toBe('')
    expect((await makePatch(repository, 'f'.repeat(40), workspace.head)).ok).toBe(false)
  })
})
