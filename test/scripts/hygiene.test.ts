import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { hygiene, machinePaths, registryHosts } from '../../scripts/check/hygiene.mjs'
import { scratch } from './scratch.ts'

/** Joined here, so that this file is no finding of its own test. */
const at = (...parts: string[]): string => ['', ...parts].join('/')

test('home directories and the checkout itself are paths of a machine', () => {
  const text = ['fine', `see ${at('home', 'ada', 'src')}`, at('srv', 'checkout', 'x.ts'), at('Users', 'ada', 'x')].join(
    '\n',
  )
  expect(machinePaths('docs/a.md', text, at('srv', 'checkout'))).toEqual([
    `docs/a.md:2 names a path of a machine: ${at('home', 'ada', '')}`,
    `docs/a.md:3 names a path of a machine: ${at('srv', 'checkout')}`,
    `docs/a.md:4 names a path of a machine: ${at('Users', 'ada', '')}`,
  ])
})

test('documented paths, addresses and longer names are not', () => {
  const lines = [at('home', 'runner', 'work'), `https://example.com${at('home', 'page', 'x')}`, at('srv', 'checkout-2')]
  expect(machinePaths('a.md', lines.join('\n'), at('srv', 'checkout'))).toEqual([])
  expect(machinePaths('dist/index.js', at('home', 'somebody', 'x'), at('srv', 'checkout'))).toEqual([])
})

test('a lock file names no registry', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { resolved: 'https://registry.example/b.tgz' },
    },
  }
  expect(registryHosts(JSON.stringify(lock))).toEqual([
    'package-lock.json: node_modules/b names a registry host; install with `--omit-lockfile-registry-resolved`',
  ])
})

test('every file that git would take is looked at, and no other', async () => {
  const directory = scratch({
    '.gitignore': 'ignored.md\n',
    'ignored.md': at('home', 'ada', 'x'),
    'tracked.md': at('home', 'ada', 'x'),
    'new.md': at('home', 'ada', 'x'),
  })
  execFileSync('git', ['init', '--quiet'], { cwd: directory })
  execFileSync('git', ['add', 'tracked.md'], { cwd: directory })
  const found = await hygiene(directory)
  expect(found.map((line) => line.split(':')[0]).sort()).toEqual(['new.md', 'tracked.md'])
})
