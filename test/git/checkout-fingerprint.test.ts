import { lstatSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { differences, fingerprint } from '../../src/git/checkout-fingerprint.ts'
import { Registry } from '../../src/process/registry.ts'
import { specId } from '../builders.ts'
import { aRepository, commitHere, git, ground, write } from './ground.ts'

/** What is seen of a change of the checkout. */
async function seen(change: (folder: string) => unknown, before: (folder: string) => unknown = () => undefined) {
  const folder = aRepository()
  before(folder)
  const { workspace, repository } = await ground(folder)
  const first = await fingerprint(workspace, repository)
  change(folder)
  const second = await fingerprint(workspace, repository)
  if (!first || !second) throw new Error('no fingerprint')
  return differences(first, second)
}

describe('the fingerprint of a checkout', () => {
  it.each<[string, (folder: string) => unknown, readonly string[]]>([
    ['nothing', () => undefined, []],
    ['a changed file', (folder) => write(folder, { 'src/a.txt': 'changed' }), ['src/a.txt']],
    ['a deleted file', (folder) => rmSync(join(folder, 'src/a.txt')), ['src/a.txt']],
    ['a new file', (folder) => write(folder, { 'deep/er/new ü.txt': 'x' }), ['deep/er/new ü.txt']],
    ['a new link', (folder) => symlinkSync('README.md', join(folder, 'link')), ['link']],
    [
      'a staged change',
      (folder) => {
        write(folder, { 'src/a.txt': 'x' })
        git(folder, 'add', '.')
      },
      ['src/a.txt'],
    ],
    ['a commit', (folder) => commitHere(folder, { 'src/a.txt': 'x' }), ['HEAD']],
    ['an empty commit', (folder) => git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'x'), ['HEAD']],
    ['another branch on the same commit', (folder) => git(folder, 'checkout', '--quiet', '-b', 'other'), ['HEAD']],
    ['a detached head', (folder) => git(folder, 'checkout', '--quiet', '--detach'), ['HEAD']],
    [
      'a file that is no longer tracked',
      (folder) => git(folder, 'rm', '--quiet', '--cached', 'src/a.txt'),
      ['src/a.txt'],
    ],
  ])('sees %s', async (_, change, expected) => {
    // A commit may be told by its files as well.
    if (expected.includes('HEAD')) expect(await seen(change)).toContain('HEAD')
    else expect(await seen(change)).toEqual(expected)
  })

  it.each<[string, string, (folder: string) => unknown]>([
    [
      'tracked, and got other bytes of the same length',
      'src/a.txt',
      (folder) => write(folder, { 'src/a.txt': 'dirtY' }),
    ],
    ['tracked, and was put back', 'src/a.txt', (folder) => git(folder, 'checkout', 'src/a.txt')],
    ['tracked, and was staged', 'src/a.txt', (folder) => git(folder, 'add', 'src/a.txt')],
    ['untracked, and got more', 'new.txt', (folder) => write(folder, { 'new.txt': 'mine and more' })],
    ['untracked, and was removed', 'new.txt', (folder) => rmSync(join(folder, 'new.txt'))],
  ])('sees a file that was dirty before: %s', async (_, file, change) => {
    const dirty = (folder: string) => write(folder, { 'src/a.txt': 'dirty', 'new.txt': 'mine' })
    expect(await seen(change, dirty)).toEqual([file])
  })

  it('sees no file that git ignores, and nothing of what we put there ourselves', async () => {
    const ours = (folder: string) => {
      const registry = new Registry(folder)
      registry.prepare()
      registry.lock(specId('x'))
      write(folder, { '.chant/pids/x.pid': '1', '.chant/logs/x.log': 'x', '.chant/processes/x-1.json': '{}' })
    }
    expect(await seen(ours)).toEqual([])
    expect(
      await seen(
        (folder) => write(folder, { 'x.log': 'x' }),
        (folder) => commitHere(folder, { '.gitignore': '*.log' }),
      ),
    ).toEqual([])
  })

  it('is the same for files that were only touched', async () => {
    expect(await seen((folder) => utimesSync(join(folder, 'src/a.txt'), 1_000, 1_000))).toEqual([])
  })

  it('changes nothing itself', async () => {
    const folder = aRepository()
    const { workspace, repository } = await ground(folder)
    const index = join(folder, '.git/index')
    // An index that git would like to refresh.
    utimesSync(join(folder, 'src/a.txt'), 2_000, 2_000)
    const before = [statSync(index).mtimeMs, statSync(index).ino, lstatSync(join(folder, '.git')).mtimeMs]
    await fingerprint(workspace, repository)
    expect([statSync(index).mtimeMs, statSync(index).ino, lstatSync(join(folder, '.git')).mtimeMs]).toEqual(before)
  })

  it('waits for nobody: another git may hold the index', async () => {
    const folder = aRepository()
    const { workspace, repository } = await ground(folder)
    write(folder, { '.git/index.lock': '' })
    expect(await fingerprint(workspace, repository)).toBeDefined()
  })

  it('is nothing where there is no checkout any more', async () => {
    const folder = aRepository()
    const { workspace, repository } = await ground(folder)
    rmSync(join(folder, '.git'), { recursive: true })
    expect(await fingerprint(workspace, repository)).toBeUndefined()
  })
})
