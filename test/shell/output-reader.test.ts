import { execFileSync } from 'node:child_process'
import { appendFileSync, openSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OutputReader, RAW_CAP } from '../../src/shell/output-reader.ts'
import { makeCleaner } from '../../src/shell/secrets.ts'
import { scratch } from '../scripts/scratch.ts'

const SECRET = 'hunter2-hunter2-hunter2-hunter2-long'
const MIB = 1024 * 1024

function output(secrets: readonly string[] = []) {
  const path = join(scratch({ out: '' }), 'out')
  const reader = new OutputReader(path, makeCleaner(secrets))
  return { path, reader, add: (data: string | Uint8Array) => appendFileSync(path, data) }
}

describe('OutputReader', () => {
  it('tells lines when they are whole, and the rest at the end', () => {
    const { reader, add } = output()
    using _reader = reader
    expect(reader.look()).toEqual([])
    add('one\ntw')
    expect(reader.look()).toEqual(['one'])
    add('o\n\nthree')
    expect(reader.look()).toEqual(['two', ''])
    expect(reader.end()).toEqual(['three'])
    expect(reader.end()).toEqual([])
  })

  it('joins characters that were split over two looks', () => {
    const { reader, add } = output()
    using _reader = reader
    const bytes = Buffer.from('Grüße 🦉\n')
    const lines: string[] = []
    for (const byte of bytes) {
      add(Buffer.of(byte))
      lines.push(...reader.look())
    }
    expect(lines).toEqual(['Grüße 🦉'])
  })

  it('shows what is no text, and hides no control', () => {
    const { reader, add } = output()
    using _reader = reader
    add('windows\r\n\x1b[31mred\x1b[0m\nnul\0bell\x07\n50%\r100%\n\x1b]0;title\x07\n')
    add(Buffer.from([0xff, 0xfe, 0x41, 0x0a, 0xc3]))
    expect([...reader.look(), ...reader.end()]).toEqual([
      'windows',
      'red',
      'nul\\0bell\\u0007',
      '50%\\r100%',
      '\\e]0;title\\u0007',
      '\ufffd\ufffdA',
      '\ufffd',
    ])
  })

  it('cleans lines of secrets', () => {
    const { reader, add } = output([SECRET])
    using _reader = reader
    add(`key=${SECRET};\n${Buffer.from(`user:${SECRET}`).toString('base64')}\n${SECRET}`)
    const lines = reader.end()
    expect(lines.join('\n')).not.toContain('hunter2')
    expect(lines[0]).toBe('key=***;')
    expect(lines.at(-1)).toBe('***')
  })

  it('cleans a secret that was written in two pieces', () => {
    for (const cut of [1, 10, SECRET.length - 1]) {
      const { reader, add } = output([SECRET])
      using _reader = reader
      add(`a ${SECRET.slice(0, cut)}`)
      expect(reader.look()).toEqual([])
      add(`${SECRET.slice(cut)} b\n`)
      expect(reader.look()).toEqual(['a *** b'])
    }
  })

  it('cleans a secret with colours inside, as a search would print it', () => {
    const { reader, add } = output([SECRET])
    using _reader = reader
    add(`found ${SECRET.slice(0, 8)}\x1b[01;31m${SECRET.slice(8, 15)}\x1b[m${SECRET.slice(15)}\n`)
    expect(reader.look()).toEqual(['found ***'])
  })

  it('shows no half of a secret where a long line is cut', () => {
    const { reader, add } = output([SECRET])
    using _reader = reader
    // Cleaned, the line is short: the place where it was cut would be seen.
    for (let turn = 0; turn < 4; turn += 1) {
      add(SECRET.repeat(900))
      reader.look()
    }
    add('\n')
    const halves = [...reader.look(), ...reader.end()].filter((line) => /hunter|2-h|long/.test(line))
    expect(halves).toEqual([])
  })

  it('shows no half of a secret where a backlog is skipped', () => {
    const { reader, add } = output([SECRET])
    using _reader = reader
    add(`token ${SECRET.slice(0, 20)}`)
    reader.look()
    add(`${SECRET.slice(20)}\n${`${'line '.repeat(100)}\n`.repeat(10_000)}`)
    const halves = [...reader.look(), ...reader.end()].filter((line) => line.includes(SECRET.slice(0, 20)))
    expect(halves).toEqual([])
  })

  it('cuts a long line, with a mark', () => {
    const { reader, add } = output()
    using _reader = reader
    add(`${'x'.repeat(50_000)}\nnext\n`)
    const [line, next] = reader.look()
    expect(line).toBe(`${'x'.repeat(10_000)}… (line cut)`)
    expect(next).toBe('next')
  })

  it('reads a line of 30 MB without keeping it', () => {
    const { reader, add } = output()
    using _reader = reader
    const chunk = Buffer.alloc(3 * MIB, 'x')
    const before = process.memoryUsage().rss
    let most = 0
    for (let turn = 0; turn < 10; turn += 1) {
      add(chunk)
      expect(reader.look()).toEqual([])
      most = Math.max(most, process.memoryUsage().rss - before)
    }
    add('\nnext\n')
    const lines = reader.look()
    expect(lines).toHaveLength(2)
    expect(lines[0]?.length).toBeLessThan(10_100)
    expect(lines[1]).toBe('next')
    expect(most).toBeLessThan(100 * MIB)
  })

  // 1 MiB of `yes` is half a million lines: more than a call can have arguments.
  it('takes any number of short lines at once', () => {
    const { reader, add } = output()
    using _reader = reader
    add('y\n'.repeat(MIB))
    expect(reader.look()).toHaveLength(MIB)
    add('y\n'.repeat(4 * MIB))
    expect(reader.end().length).toBeGreaterThan(500_000)
  })

  it('says how much of a backlog it passes over, and begins with a whole line', () => {
    const { reader, add } = output()
    using _reader = reader
    add('first\n')
    reader.look()
    const line = `${'0123456789'.repeat(10)}\n`
    add(line.repeat(60_000))
    const lines = reader.look()
    expect(lines[0]).toMatch(/^… \d+ bytes of output are not shown …$/)
    const skipped = Number(/\d+/.exec(lines[0] ?? '')?.[0])
    expect(skipped).toBe(line.length * 60_000 - MIB)
    expect(new Set(lines.slice(1))).toEqual(new Set([line.trim()]))
    expect(lines.length).toBeGreaterThan(10_000)
    add('last\n')
    expect(reader.look()).toEqual(['last'])
  })

  it('truncates raw output beyond its limit in place, says so, and reads on', () => {
    const { path, reader, add } = output()
    using _reader = reader
    const writer = openSync(path, 'a')
    execFileSync('sh', ['-c', `yes 0123456789abcde | head -c ${RAW_CAP + MIB}`], {
      stdio: ['ignore', writer, 'inherit'],
    })
    const lines = reader.look()
    expect(lines.at(-1)).toBe('… raw output passed 100 MiB and was truncated …')
    expect(statSync(path).size).toBe(0)
    // The writer appends, so what follows stands at the new start.
    add('after\n')
    expect(reader.look()).toEqual(['after'])
    expect(statSync(path).size).toBe(6)
  })

  it('reads on when somebody else truncates the file', () => {
    const { path, reader, add } = output()
    using _reader = reader
    add('long first line\n')
    reader.look()
    writeFileSync(path, 'new\n')
    expect(reader.look()).toEqual(['new'])
  })

  it('reads on when the file was removed', () => {
    const { path, reader } = output()
    using _reader = reader
    const writer = openSync(path, 'a')
    rmSync(path)
    appendFileSync(writer, 'still there\n')
    expect(reader.end()).toEqual(['still there'])
  })

  it('waits for the file of a process that has not begun', () => {
    const path = join(scratch({}), 'out')
    using reader = new OutputReader(path, makeCleaner([]))
    appendFileSync(path, 'begun\n')
    expect(reader.look()).toEqual(['begun'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('goes through no link', () => {
    const folder = scratch({ precious: 'kept' })
    symlinkSync('precious', join(folder, 'out'))
    expect(() => new OutputReader(join(folder, 'out'), makeCleaner([]))).toThrow(/ELOOP/)
  })
})
