import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfigFiles } from '../../src/shell/config-files.ts'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'
import { scratch } from '../scripts/scratch.ts'

/** A repository with two projects, and a home beside it. */
function ground(files: Readonly<Record<string, string>>) {
  const root = scratch({ 'home/x': '', 'work/app/.chant/specs/x': '', ...files })
  const [repository, project] = [join(root, 'work'), join(root, 'work/app')]
  return {
    path: (name: string) => join(root, name),
    read: (home: string | undefined = join(root, 'home')) => readConfigFiles(project, repository, home),
    errors: (): string => {
      const read = readConfigFiles(project, repository, join(root, 'home'))
      return read.ok ? '' : read.error.map((d) => `${d.code} ${formatDiagnostic(d)}`).join('\n')
    },
  }
}

test('reads the files of the project and the global one, and none that are absent', () => {
  const all = ground({
    'home/.config/chant/config.md': 'global',
    'work/app/.chant/config.md': 'own',
    'work/app/.chant/agents.md': 'agents',
    'work/.chant/config.md': 'of another project',
  })
  expect(all.read()).toEqual({
    ok: true,
    value: {
      global: { file: '~/.config/chant/config.md', text: 'global' },
      project: { file: '.chant/config.md', text: 'own' },
      agents: { file: '.chant/agents.md', text: 'agents' },
    },
  })
  expect(ground({}).read()).toEqual({ ok: true, value: {} })
})

test('has no global file without an absolute home', () => {
  const files = { 'home/.config/chant/config.md': 'global' }
  for (const home of ['', 'home', '.']) expect(ground(files).read(home)).toEqual({ ok: true, value: {} })
})

test('follows a link inside the repository, and a global one to anywhere', () => {
  const here = ground({ 'work/shared.md': 'shared', 'elsewhere.md': 'dotfiles', 'home/.config/chant/x': '' })
  symlinkSync('../../shared.md', here.path('work/app/.chant/config.md'))
  symlinkSync(here.path('elsewhere.md'), here.path('home/.config/chant/config.md'))
  expect(here.read()).toMatchObject({ value: { project: { text: 'shared' }, global: { text: 'dotfiles' } } })
})

test('refuses a link that leaves the repository or leads into its git directory', () => {
  const here = ground({ 'outside.md': 'x', 'work/.git/config': 'token' })
  symlinkSync('../../../outside.md', here.path('work/app/.chant/config.md'))
  symlinkSync('../../.git/config', here.path('work/app/.chant/agents.md'))
  expect(
    here.errors(),
  ).toBe(`link-leaves-repository .chant/config.md:1:1 a link that leaves the repository; it is not followed
link-leaves-repository .chant/agents.md:1:1 a link that leaves the repository; it is not followed`)
  const folder = ground({ 'outside/config.md': 'x', 'work/app/x': '' })
  execFileSync('rm', ['-r', folder.path('work/app/.chant')])
  symlinkSync('../../outside', folder.path('work/app/.chant'))
  expect(folder.errors()).toContain('link-leaves-repository .chant/config.md:1:1')
})

test('refuses what cannot be read as a text, by name', () => {
  const here = ground({
    'work/app/.chant/config.md': '',
    'work/app/.chant/agents.md': 'a\nb\xff',
    'home/.config/chant/x': '',
  })
  truncateSync(here.path('work/app/.chant/config.md'), 300 * 1024)
  execFileSync('sh', ['-c', 'printf "a\\nb\\377" > "$1"', 'sh', here.path('work/app/.chant/agents.md')])
  mkdirSync(here.path('home/.config/chant/config.md'))
  expect(here.errors()).toBe(`not-a-file ~/.config/chant/config.md:1:1 not a regular file
file-too-large .chant/config.md:1:1 the file is larger than 256 KiB; settings are a page of text
invalid-utf8 .chant/agents.md:2:2 not valid UTF-8; save the file as UTF-8`)
})

test('refuses a link to nowhere, and a pipe, without waiting for it', () => {
  const here = ground({})
  symlinkSync('nowhere.md', here.path('work/app/.chant/config.md'))
  execFileSync('mkfifo', [here.path('work/app/.chant/agents.md')])
  expect(here.errors()).toBe(`unreadable .chant/config.md:1:1 the file cannot be read (ENOENT)
not-a-file .chant/agents.md:1:1 not a regular file`)
})

test.skipIf(process.getuid?.() === 0)('refuses a file that may not be read', () => {
  const here = ground({ 'work/app/.chant/config.md': 'x' })
  chmodSync(here.path('work/app/.chant/config.md'), 0)
  expect(here.errors()).toBe('unreadable .chant/config.md:1:1 the file cannot be read (EACCES)')
})
