import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commitAll, headOf } from '../../src/git/commit.ts'
import { makeGit } from '../../src/git/git.ts'
import { makeSerially } from '../../src/git/serially.ts'
import { addWorktree, freeBranch, mergeInto, removeWorktree } from '../../src/git/worktree.ts'
import { aRepository, commitHere, git, ground, place, value, write } from './ground.ts'

describe('makeSerially', () => {
  it('runs one task after another, also after one that failed, and hands on what they say', async () => {
    const run = makeSerially()
    const seen: string[] = []
    const task = (name: string, fail = false) =>
      run(async () => {
        seen.push(`${name} begins`)
        await Promise.resolve()
        seen.push(`${name} ends`)
        if (fail) throw new Error(name)
        return name
      })
    const results = await Promise.allSettled([task('a'), task('b', true), task('c')])
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason)))).toEqual([
      'a',
      'Error: b',
      'c',
    ])
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('lets ten worktrees be asked for at once', async () => {
    const { worktree, repository } = await ground()
    const trees = await Promise.all(
      Array.from({ length: 10 }, (_, index) => repository.serially(() => worktree(`2026-11-02-00${index}-abc`))),
    )
    for (const tree of trees) {
      expect(readFileSync(join(tree.path, 'README.md'), 'utf8')).toBe('# Read me\n')
      // Committing needs no order.
      write(tree.path, { 'file.txt': tree.branch })
    }
    const heads = await Promise.all(trees.map((tree) => commitAll(repository, tree, 'work')))
    expect(new Set(heads.map(value)).size).toBe(10)
    expect(git(repository.gitDir, 'worktree', 'list').split('\n')).toHaveLength(11)
  })
})

describe('addWorktree', () => {
  it('is an error where the branch exists, and takes nothing away', async () => {
    const { worktree, repository, workspace } = await ground()
    const first = await worktree('one')
    write(first.path, { 'precious.txt': 'x' })
    const path = join(first.path, '../two')
    const again = await addWorktree(repository, path, 'chant/one', workspace.head)
    expect(again).toMatchObject({ ok: false, error: { type: 'worktree-error' } })
    expect(again.ok ? '' : again.error.message).toContain('chant/one')
    const same = await addWorktree(repository, first.path, 'chant/other', workspace.head)
    expect(same.ok).toBe(false)
    expect(readFileSync(join(first.path, 'precious.txt'), 'utf8')).toBe('x')
  })

  it('has a git directory of the name that is expected', async () => {
    const { worktree } = await ground()
    const tree = await worktree('2026-11-02-001-abc.1')
    expect(readFileSync(join(tree.path, '.git'), 'utf8').trim()).toBe(`gitdir: ${tree.gitDir}`)
  })
})

describe('on a machine that is out of processes', () => {
  /** A git whose `worktree add` cannot start its own `git reset`, `times` times. */
  const exhausted = (times: number) => {
    const folder = place()
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
    write(folder, { tickets: 'x'.repeat(times) })
    const script = `#!/bin/bash
case " $* " in *" reset --hard "*)
  if [ -s '${folder}/tickets' ]; then
    truncate --size=-1 '${folder}/tickets'
    echo "error: cannot fork() for git: Resource temporarily unavailable" >&2
    exit 128
  fi
esac
export GIT_EXEC_PATH='${folder}'
exec '${real}' "$@"
`
    writeFileSync(join(folder, 'git'), script, { mode: 0o755 })
    return makeGit(`${folder}:${process.env['PATH']}`)
  }

  it('a worktree is made once there are some again', async () => {
    const { repository, workspace } = await ground()
    const git = exhausted(2)
    const patient = { ...repository, git: (args: readonly string[]) => git(args, { gitDir: repository.gitDir }) }
    const made = value(await addWorktree(patient, join(place(), 'tree'), 'chant/one', workspace.head))
    expect(readFileSync(join(made.path, 'README.md'), 'utf8')).toBe('# Read me\n')
  })
})

describe('removeWorktree', () => {
  it('takes nothing from under a worktree that is being made', async () => {
    const { worktree, repository } = await ground()
    const old = await worktree('old')
    const made = Promise.withResolvers<void>()
    const making = repository.serially(() => made.promise)
    const removal = removeWorktree(repository, old)
    // Its files go at once, what git keeps of it does not.
    expect([existsSync(old.path), existsSync(old.gitDir)]).toEqual([false, true])
    made.resolve()
    await Promise.all([making, removal])
    expect(existsSync(old.gitDir)).toBe(false)
  })

  it('removes one with changes, and one that git no longer knows', async () => {
    const { worktree, repository } = await ground()
    const [dirty, unknown] = [await worktree('dirty'), await worktree('unknown')]
    write(dirty.path, { 'new.txt': 'x', 'README.md': 'changed' })
    git(repository.gitDir, 'worktree', 'lock', dirty.path)
    write(unknown.path, { '.git': 'junk' })
    for (const tree of [dirty, unknown]) {
      await removeWorktree(repository, tree)
      expect(existsSync(tree.path)).toBe(false)
    }
    await removeWorktree(repository, dirty)
  })
})

describe('freeBranch', () => {
  it('takes the name, else one with the id of the run, else one with a number', async () => {
    const folder = aRepository()
    const { workspace, repository } = await ground(folder)
    const free = async () => value(await freeBranch(workspace, repository, 'chant/x', '77'))
    expect(await free()).toBe('chant/x')
    git(folder, 'branch', 'chant/x')
    expect(await free()).toBe('chant/x-r77')
    git(folder, 'branch', 'chant/x-r77')
    git(folder, 'pack-refs', '--all')
    expect(await free()).toBe('chant/x-r77.2')
    git(repository.gitDir, 'update-ref', 'refs/heads/chant/x-r77.2', workspace.head)
    expect(await free()).toBe('chant/x-r77.3')
    expect(git(folder, 'rev-parse', 'chant/x')).toBe(workspace.head)
  })

  // Git keeps branches as paths: a name cannot be both a branch and the beginning of one.
  it('takes no name that another branch lies below', async () => {
    const folder = aRepository()
    const { workspace, repository } = await ground(folder)
    git(folder, 'branch', 'chant/x/below')
    expect(value(await freeBranch(workspace, repository, 'chant/x', '77'))).toBe('chant/x-r77')
  })

  it('says so at once where a branch has the name of the prefix', async () => {
    const folder = aRepository()
    const { workspace, repository } = await ground(folder)
    git(folder, 'branch', 'chant')
    const free = await freeBranch(workspace, repository, 'chant/x', '77')
    expect(free).toMatchObject({
      ok: false,
      error: { type: 'worktree-error', message: expect.stringContaining('chant') },
    })
  })
})

describe('mergeInto', () => {
  /** Worktrees `a` and `b` with one commit each, and a third from `a`. */
  async function branches(a: Record<string, string>, b: Record<string, string>) {
    const { worktree, repository } = await ground()
    const [one, two] = [await worktree('a'), await worktree('b')]
    write(one.path, a)
    write(two.path, b)
    const heads = [
      value(await commitAll(repository, one, 'a')) ?? '',
      value(await commitAll(repository, two, 'b')) ?? '',
    ]
    const tree = await worktree('c', heads[0])
    const merged = await mergeInto(repository, tree, [{ branch: 'chant/b', commit: heads[1] ?? '' }])
    return { repository, tree, heads, merged }
  }

  it('brings the work of both together', async () => {
    const { repository, tree, heads, merged } = await branches({ 'a.txt': 'a' }, { 'b.txt': 'b' })
    expect(merged).toEqual({ ok: true, value: undefined })
    expect([existsSync(join(tree.path, 'a.txt')), existsSync(join(tree.path, 'b.txt'))]).toEqual([true, true])
    expect(git(repository.gitDir, 'log', '-1', '--format=%s %P', 'chant/c')).toBe(
      `Merge chant/b into chant/c ${heads.join(' ')}`,
    )
  })

  it('names the files that conflict, and leaves the worktree as it was', async () => {
    const { repository, tree, heads, merged } = await branches(
      { 'src/a.txt': 'one\nA\nthree\n', 'ü b.txt': 'A', 'ok.txt': 'A' },
      { 'src/a.txt': 'one\nB\nthree\n', 'ü b.txt': 'B', 'fine.txt': 'B' },
    )
    expect(merged).toEqual({
      ok: false,
      error: {
        type: 'merge-conflict',
        files: ['src/a.txt', 'ü b.txt'],
        message: 'The work of its dependencies conflicts in src/a.txt, ü b.txt (merging chant/b)',
      },
    })
    expect(value(await headOf(repository, tree))).toBe(heads[0])
    expect(git(tree.path, 'status', '--porcelain')).toBe('')
    expect(existsSync(join(tree.gitDir, 'MERGE_HEAD'))).toBe(false)
  })

  it('adds nothing for what is there already, and says what cannot be merged', async () => {
    const { repository, worktree, workspace, folder } = await ground()
    const tree = await worktree()
    expect((await mergeInto(repository, tree, [{ branch: 'main', commit: workspace.head }])).ok).toBe(true)
    expect(value(await headOf(repository, tree))).toBe(workspace.head)
    git(folder, 'checkout', '--quiet', '--orphan', 'other')
    const orphan = commitHere(folder, { 'o.txt': 'o' })
    git(repository.gitDir, 'fetch', '--quiet', folder, orphan)
    const merged = await mergeInto(repository, tree, [{ branch: 'other', commit: orphan }])
    expect(merged).toMatchObject({ ok: false, error: { type: 'worktree-error' } })
    expect(merged.ok ? '' : merged.error.message).toContain('unrelated histories')
  })
})
