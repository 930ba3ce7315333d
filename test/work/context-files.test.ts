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

describe('readContextFiles', () => {
  it('reads the files of the worktree, in order, and leaves out what is not there', () => {
    const directory = worktree({ 'b ü.txt': 'B' })
    expect(readContextFiles(directory, ['b ü.txt', 'none.md', './docs/../docs/a.md', 'docs'])).toEqual([
      { path: 'b ü.txt', text: 'B' },
      { path: './docs/../docs/a.md', text: 'A' },
    ])
  })

  it('follows a link inside the worktree, and none that leaves it', () => {
    const directory = worktree()
    symlinkSync('docs/a.md', join(directory, 'inside'))
    symlinkSync('../secret.txt', join(directory, 'outside'))
    symlinkSync('..', join(directory, 'up'))
    symlinkSync('loop', join(directory, 'loop'))
    expect(readContextFiles(directory, ['inside', 'outside', 'up/secret.txt', 'up/wt-2/secret.txt', 'loop'])).toEqual([
      { path: 'inside', text: 'A' },
    ])
  })

  it('goes to no other place', () => {
    const directory = worktree()
    const names = ['../secret.txt', '../wt-2/secret.txt', '/etc/hostname', 'docs/../../secret.txt', '', '.', 'a\0b']
    expect(readContextFiles(directory, names)).toEqual([])
  })

  it('waits for no pipe', () => {
    const directory = worktree()
    execFileSync('mkfifo', [join(directory, 'pipe')])
    expect(readContextFiles(directory, ['pipe', '/dev/zero', 'docs/a.md'])).toEqual([{ path: 'docs/a.md', text: 'A' }])
  })

  it('cuts what is too large, and says so', () => {
    const directory = worktree({ 'one.txt': 'x'.repeat(150_000), 'two.txt': 'y'.repeat(150_000), 'three.txt': 'z' })
    const [one, two, ...rest] = readContextFiles(directory, ['one.txt', 'two.txt', 'three.txt'])
    expect(one?.text).toBe('x'.repeat(150_000))
    expect(two?.text).toBe(`${'y'.repeat(50_000)}\n… (cut: the context files are longer than 200000 bytes)`)
    expect(rest).toEqual([])
  })
})
