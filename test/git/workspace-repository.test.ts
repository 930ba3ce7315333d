import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openWorkspace } from '../../src/git/workspace-repository.ts'
import { aRepository, commitHere, git, open, place } from './ground.ts'

afterEach(() => vi.unstubAllEnvs())
const PATH = process.env['PATH']

describe('openWorkspace', () => {
  it('tells what a run needs to know', async () => {
    const folder = aRepository()
    expect(await open(folder)).toMatchObject({
      gitDir: join(folder, '.git'),
      commonDir: join(folder, '.git'),
      top: folder,
      prefix: '',
      head: git(folder, 'rev-parse', 'HEAD'),
      branch: 'main',
      objectFormat: 'sha1',
    })
  })

  it('knows a project below the top, with odd letters in its name', async () => {
    const folder = aRepository()
    commitHere(folder, { 'pack ages/ünï/x': '' })
    const project = join(folder, 'pack ages/ünï')
    expect(await open(project)).toMatchObject({
      top: folder,
      prefix: 'pack ages/ünï/',
      commonDir: join(folder, '.git'),
    })
  })

  it('knows a detached head, a linked worktree and sha256', async () => {
    const folder = aRepository()
    git(folder, 'checkout', '--quiet', '--detach')
    expect((await open(folder)).branch).toBeUndefined()
    git(folder, 'worktree', 'add', '--quiet', '-b', 'side', join(folder, '../linked'))
    expect(await open(join(folder, '../linked'))).toMatchObject({
      gitDir: join(folder, '.git/worktrees/linked'),
      commonDir: join(folder, '.git'),
      top: join(folder, '../linked'),
      branch: 'side',
    })
    expect(await open(aRepository(undefined, '--object-format=sha256'))).toMatchObject({ objectFormat: 'sha256' })
  })

  it.skipIf(process.getuid?.() !== 0)('opens a repository that belongs to somebody else', async () => {
    const folder = aRepository()
    for (const path of [folder, join(folder, '.git')]) chownSync(path, 12_345, 12_345)
    expect((await open(folder)).branch).toBe('main')
  })

  it('says what to do where there is no git, no repository, no commit', async () => {
    const folder = place()
    const failure = async (env: Record<string, string | undefined>) => {
      const result = await openWorkspace(folder, env)
      return result.ok ? '' : result.error
    }
    expect(await failure({ PATH: folder })).toContain('`git` was not found on PATH')
    vi.stubEnv('GIT_CEILING_DIRECTORIES', folder)
    expect(await failure({ PATH })).toContain('is not in a git repository')
    git(folder, 'init', '--quiet')
    expect(await failure({ PATH })).toContain('has no commit yet')
  })

  it('takes the identity of the person, else that of the bot', async () => {
    const folder = aRepository()
    const home = place()
    vi.stubEnv('HOME', home)
    vi.stubEnv('XDG_CONFIG_HOME', home)
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1')
    const identity = async (env: Record<string, string> = {}) => {
      const opened = await openWorkspace(folder, { PATH, HOME: home, ...env })
      return opened.ok ? `${opened.value.identity.name} <${opened.value.identity.email}>` : opened.error
    }
    expect(await identity()).toBe('github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>')
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Global\n\temail = global@example.com\n')
    expect(await identity()).toBe('Global <global@example.com>')
    git(folder, 'config', 'user.name', 'Löcal "quoted"')
    expect(await identity()).toBe('Löcal "quoted" <global@example.com>')
    expect(await identity({ GIT_AUTHOR_NAME: 'Env', GIT_AUTHOR_EMAIL: 'env@example.com' })).toBe(
      'Env <env@example.com>',
    )
  })

  it('carries how files look and where objects come from, and nothing else', async () => {
    const folder = aRepository()
    const settings = {
      'core.autocrlf': 'input',
      'core.hooksPath': '/evil',
      'core.fsmonitor': '/evil',
      'lfs.url': 'https://lfs.example.com',
      'remote.origin.url': 'https://example.com/x.git',
      'remote.origin.uploadpack': '/evil',
      'http.https://example.com/.extraheader': 'AUTHORIZATION: basic token',
      'url.https://evil.example.com/.insteadOf': 'https://example.com/',
      'filter.evil.clean': '/evil',
      'alias.status': '!/evil',
    }
    for (const [key, value] of Object.entries(settings)) git(folder, 'config', key, value)
    const carried = (await open(folder)).carried.filter(([key]) => !['core.filemode', 'core.ignorecase'].includes(key))
    expect(carried).toEqual([
      ['core.autocrlf', 'input'],
      ['lfs.url', 'https://lfs.example.com'],
      ['remote.origin.url', 'https://example.com/x.git'],
    ])
  })

  it('leaves no trace', async () => {
    const folder = aRepository()
    mkdirSync(join(folder, 'sub'))
    await open(folder)
    expect(git(folder, 'status', '--porcelain')).toBe('')
    expect(existsSync(join(folder, '.git/FETCH_HEAD'))).toBe(false)
  })
})
