import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAll, headOf } from '../../src/git/commit.ts'
import { returnBranch } from '../../src/git/publish.ts'
import { createRunRepository, openRunRepository } from '../../src/git/run-repository.ts'
import { aRepository, commitHere, git, ground, open, place, value, write } from './ground.ts'

const objects = (gitDir: string): readonly string[] =>
  readdirSync(join(gitDir, 'objects'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/info'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(gitDir, 'objects').length + 1))

/** A whole small life: a worktree, a change, a commit, and the way home. */
async function worksIn(folder: string): Promise<string> {
  const { workspace, repository, worktree } = await ground(folder)
  const tree = await worktree()
  expect(readFileSync(join(tree.path, 'README.md'), 'utf8')).toBe('# Read me\n')
  write(tree.path, { 'new.txt': 'new\n' })
  const head = value(await commitAll(repository, tree, 'work')) ?? ''
  expect(await returnBranch(workspace, repository, 'chant/spec', head)).toEqual({ ok: true, value: undefined })
  expect(git(folder, 'show', 'chant/spec:new.txt')).toBe('new')
  expect(git(folder, 'status', '--porcelain')).toBe('')
  return head
}

describe("the run's own repository", () => {
  it('shares the objects of the workspace, loose and packed', async () => {
    const folder = aRepository()
    git(folder, 'gc', '--quiet')
    commitHere(folder, { 'loose.txt': 'loose' })
    const { repository, workspace } = await ground(folder)
    const shared = objects(repository.gitDir)
    expect(shared.some((name) => name.endsWith('.pack'))).toBe(true)
    expect([...shared].sort()).toEqual([...objects(workspace.commonDir)].sort())
    for (const name of shared) {
      const inode = statSync(join(repository.gitDir, 'objects', name)).ino
      expect(inode, name).toBe(statSync(join(workspace.commonDir, 'objects', name)).ino)
    }
  })

  it('has a configuration of its own, without any token', async () => {
    const folder = aRepository()
    git(folder, 'config', 'http.https://github.com/.extraheader', 'AUTHORIZATION: basic c2VjcmV0')
    git(folder, 'config', 'core.autocrlf', 'input')
    git(folder, 'config', 'user.name', 'A "b" \\ c')
    const { repository } = await ground(folder)
    await repository.git(['rev-parse', '--git-dir'])
    const config = readFileSync(join(repository.gitDir, 'config'), 'utf8')
    expect(config).not.toMatch(/extraheader|c2VjcmV0|remote/i)
    const read = (key: string) => git(repository.gitDir, 'config', '--get', key)
    expect(read('core.autocrlf')).toBe('input')
    expect(read('user.name')).toBe('A "b" \\ c')
    expect(read('gc.auto')).toBe('0')
    expect(readdirSync(repository.gitDir)).not.toContain('hooks')
  })

  it('lets a commit of an agent start no maintenance, which would live on for a moment', async () => {
    const { worktree } = await ground()
    const tree = await worktree()
    const trace = join(place(), 'trace')
    const env = { PATH: process.env['PATH'], HOME: '/nowhere', GIT_CONFIG_NOSYSTEM: '1', GIT_TRACE: trace }
    execFileSync('git', ['commit', '--quiet', '--allow-empty', '-m', 'x'], { cwd: tree.path, env })
    const started = readFileSync(trace, 'utf8')
    expect(started).toContain('git commit')
    expect(started).not.toContain('maintenance run')
  })

  it('puts its configuration back before every call', async () => {
    const { repository, worktree } = await ground()
    const tree = await worktree()
    const before = readFileSync(join(repository.gitDir, 'config'), 'utf8')
    for (const call of [() => repository.git(['rev-parse', '--git-dir']), () => repository.gitIn(tree, ['status'])]) {
      write(repository.gitDir, {
        config: '[core]\n\tbare = nonsense\n',
        'config.worktree': 'junk',
        'info/attributes': '* x',
      })
      write(tree.gitDir, { 'config.worktree': 'junk' })
      expect((await call()).ok).toBe(true)
      expect(readFileSync(join(repository.gitDir, 'config'), 'utf8')).toBe(before)
      expect(readdirSync(repository.gitDir)).not.toContain('config.worktree')
      expect(readdirSync(join(repository.gitDir, 'info'))).not.toContain('attributes')
    }
    expect(readdirSync(tree.gitDir)).not.toContain('config.worktree')
  })

  it('is opened again by another process as it was made', async () => {
    const { repository, workspace, worktree } = await ground()
    const tree = await worktree()
    write(repository.gitDir, { config: 'broken' })
    const again = openRunRepository(repository.gitDir, workspace.git)
    expect(value(await headOf(again, tree))).toBe(workspace.head)
  })

  it('works for a plain repository', async () => {
    await worksIn(aRepository())
  })

  it('works for a shallow clone, which stays shallow', async () => {
    const origin = aRepository()
    for (const name of ['b', 'c', 'd']) commitHere(origin, { [name]: name })
    const folder = join(place(), 'clone')
    git(origin, 'clone', '--quiet', '--depth=1', `file://${origin}`, folder)
    const shallow = readFileSync(join(folder, '.git/shallow'), 'utf8')
    const head = await worksIn(folder)
    expect(readFileSync(join(folder, '.git/shallow'), 'utf8')).toBe(shallow)
    expect(git(folder, 'rev-list', '--count', head)).toBe('2')
  })

  it('works for a clone that borrows its objects', async () => {
    const origin = aRepository()
    const [one, two] = [join(place(), 'one'), join(place(), 'two')]
    git(origin, 'clone', '--quiet', '--shared', origin, one)
    commitHere(one, { 'one.txt': '1' })
    git(origin, 'clone', '--quiet', '--shared', one, two)
    await worksIn(two)
  })

  it('works where the way to borrowed objects is relative', async () => {
    const root = place()
    const origin = aRepository(join(root, 'origin'))
    git(origin, 'clone', '--quiet', '--shared', origin, join(root, 'clone'))
    write(root, { 'clone/.git/objects/info/alternates': '# borrowed\n../../../origin/.git/objects\n' })
    await worksIn(join(root, 'clone'))
  })

  it('works for a repository of sha256', async () => {
    expect(await worksIn(aRepository(undefined, '--object-format=sha256'))).toHaveLength(64)
  })

  it('works for a linked worktree, in the repository it belongs to', async () => {
    const folder = aRepository()
    const linked = join(folder, '../linked')
    git(folder, 'worktree', 'add', '--quiet', '-b', 'side', linked)
    const head = await worksIn(linked)
    expect(git(folder, 'rev-parse', 'chant/spec')).toBe(head)
  })

  it('works where only the head of a pull request is checked out', async () => {
    const folder = aRepository()
    git(folder, 'checkout', '--quiet', '--detach')
    await worksIn(folder)
  })

  it('says what went wrong where it cannot be made', async () => {
    const workspace = await open(aRepository())
    const made = await createRunRepository('/dev/null/repo.git', workspace)
    expect(made.ok ? '' : made.error).toContain('/dev/null/repo.git')
  })
})
