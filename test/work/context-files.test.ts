import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readContextFiles } from '../../src/work/context-files.ts'
import { scratch } from '../scripts/scratch.ts'

/** A worktree in a folder that holds more than it. */
function worktree(files: Record<string, string> = {}): string {
  const outside = scratch({ 'secret.txt': 'secret', 'wt-2/secret.txt': 'secret' })
  for (const [name, text] of Object.entries({ 'docs/a.md': 'A', ...files }))
    execFileSync('sh', ['-c', 'mkdir -p "$(dirname "$0")" && cat > "$0"', join(outside, 'wt', name)], { input: text })
  return join(outside, 'wt')
}

/** What was read, each in a line: its text, or why it is left out. */
const read = (directory: string, names: readonly string[], root = directory): readonly string[] =>
  readContextFiles({ directory, root }, names).map((file) =>
    file.type === 'text' ? `${file.path}: ${file.text}${file.cut ? '…' : ''}` : `${file.path} is left out: ${file.why}`,
  )

describe('readContextFiles', () => {
  it('reads the files of the worktree, in order, and names what is not there', () => {
    const directory = worktree({ 'b ü.txt': 'B' })
    expect(read(directory, ['b ü.txt', 'none.md', './docs/../docs/a.md', 'docs'])).toEqual([
      'b ü.txt: B',
      'none.md is left out: missing',
      './docs/../docs/a.md: A',
      'docs is left out: no-file',
    ])
  })

  it('follows a link inside the worktree, and none that leaves it', () => {
    const directory = worktree()
    symlinkSync('docs/a.md', join(directory, 'inside'))
    symlinkSync('../secret.txt', join(directory, 'outside'))
    symlinkSync('..', join(directory, 'up'))
    symlinkSync('loop', join(directory, 'loop'))
    expect(read(directory, ['inside', 'outside', 'up/secret.txt', 'up/wt-2/secret.txt', 'loop'])).toEqual([
      'inside: A',
      'outside is left out: outside',
      'up/secret.txt is left out: outside',
      'up/wt-2/secret.txt is left out: outside',
      'loop is left out: no-file',
    ])
  })

  it('goes to no other place', () => {
    const directory = worktree()
    const names = ['../secret.txt', '../wt-2/secret.txt', '/etc/hostname', 'docs/../../secret.txt', '', '.', 'a\0b']
    for (const line of read(directory, names)) expect(line).toMatch(/ is left out: (outside|no-file)$/)
  })

  it('goes as far as the repository from a project in it', () => {
    const root = worktree({ 'web/a.md': 'W' })
    symlinkSync('../docs', join(root, 'web/docs'))
    const names = ['a.md', '../docs/a.md', 'docs/a.md', '../none', '../../secret.txt', '../../none']
    expect(read(join(root, 'web'), names, root)).toEqual([
      'a.md: W',
      '../docs/a.md: A',
      'docs/a.md: A',
      '../none is left out: missing',
      '../../secret.txt is left out: outside',
      '../../none is left out: outside',
    ])
  })

  it('reads nothing of git, where credentials are', () => {
    const directory = worktree({ '.git/config': 'token', 'sub/.git/config': 'token' })
    symlinkSync('.git/config', join(directory, 'config'))
    for (const line of read(directory, [
      '.git/config',
      './.git/../.git/config',
      'sub/.git/config',
      'config',
      '.GIT/config',
    ]))
      expect(line).toMatch(/ is left out: outside$/)
  })

  it('waits for no pipe', () => {
    const directory = worktree()
    execFileSync('mkfifo', [join(directory, 'pipe')])
    expect(read(directory, ['pipe', '/dev/zero', 'docs/a.md'])).toEqual([
      'pipe is left out: no-file',
      '/dev/zero is left out: outside',
      'docs/a.md: A',
    ])
  })

  it('takes text only', () => {
    const directory = worktree({ nul: 'a\0b' })
    execFileSync('sh', ['-c', 'printf \'\\377\\376\' > "$0"', join(directory, 'latin')])
    expect(read(directory, ['nul', 'latin'])).toEqual(['nul is left out: no-text', 'latin is left out: no-text'])
  })

  it('cuts what is too large, never inside a character, and has no room for more than a prompt may hold', () => {
    const directory = worktree({ big: `x${'ä'.repeat(50_000)}`, small: 'z' })
    const [first, ...more] = readContextFiles({ directory, root: directory }, ['big', 'big', 'big', 'small'])
    expect(first).toEqual({ type: 'text', path: 'big', text: `x${'ä'.repeat(32_767)}`, size: 100_001, cut: true })
    expect(more.map((file) => (file.type === 'text' ? file.cut : file.why))).toEqual([true, true, 'no-room'])
  })
})
