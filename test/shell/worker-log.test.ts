import { spawn } from 'node:child_process'
import { readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WorkerLog } from '../../src/shell/worker-log.ts'
import { scratch } from '../scripts/scratch.ts'

const MIB = 1024 * 1024

describe('WorkerLog', () => {
  it('appends to all its files, and keeps the end', () => {
    const folder = scratch({ a: 'before\n' })
    const [a, b] = [join(folder, 'a'), join(folder, 'b')]
    using log = new WorkerLog([a, b])
    log.write([])
    log.write(['one', 'two'])
    log.write(['three'])
    expect(readFileSync(a, 'utf8')).toBe('before\none\ntwo\nthree\n')
    expect(readFileSync(b, 'utf8')).toBe('one\ntwo\nthree\n')
    expect(log.tail(2)).toEqual(['two', 'three'])
    expect(log.lines).toBe(3)
  })

  it('stops growing, says so once, and goes on counting', () => {
    const path = join(scratch({}), 'log')
    using log = new WorkerLog([path])
    const lines = Array.from({ length: 1_000 }, () => 'x'.repeat(10_000))
    for (let turn = 0; turn < 4; turn += 1) log.write(lines)
    log.write(['last'])
    const text = readFileSync(path, 'utf8')
    expect(text.length).toBeLessThan(32 * MIB)
    expect(text.endsWith('… the log ends here: more than 20 MiB of output …\n')).toBe(true)
    expect(text.match(/the log ends here/g)).toHaveLength(1)
    expect(log.tail(1)).toEqual(['last'])
    expect(log.lines).toBe(4_001)
  })

  it('writes through no link', () => {
    const folder = scratch({ precious: 'kept' })
    symlinkSync('precious', join(folder, 'log'))
    expect(() => new WorkerLog([join(folder, 'log')])).toThrow(/ELOOP/)
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('kept')
  })

  it('writes on where a copy was removed, with all that it held', () => {
    const folder = scratch({ 'sub/log': '' })
    const [kept, removed] = [join(folder, 'kept'), join(folder, 'sub/log')]
    using log = new WorkerLog([kept, removed])
    log.write(['one'])
    expect(log.heal()).toEqual([])
    rmSync(join(folder, 'sub'), { recursive: true })
    log.write(['two'])
    expect(log.heal()).toEqual([removed])
    expect(readFileSync(removed, 'utf8')).toBe('one\ntwo\n')
    // Once made anew it is the log again: nothing is copied twice, and what follows is in it.
    expect(log.heal()).toEqual([])
    log.write(['three'])
    for (const path of [kept, removed]) expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n')
  })

  it('keeps the lines of several writers whole', async () => {
    const path = join(scratch({}), 'log')
    using log = new WorkerLog([path])
    const other = spawn('sh', ['-c', 'for i in 1 2 3 4 5 6 7 8; do echo other-$i >> "$0"; done', path])
    const closed = new Promise((resolve) => other.once('exit', resolve))
    for (let line = 1; line <= 8; line += 1) log.write([`ours-${line}`])
    await closed
    const lines = readFileSync(path, 'utf8').trim().split('\n').toSorted()
    expect(lines).toEqual(['other', 'ours'].flatMap((name) => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${name}-${n}`)))
  })
})
