import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  copyThroughDescriptor,
  isMissing,
  isRealDirectory,
  readInside,
  readTextIfAny,
  writeFileAtomic,
  writeInside,
} from '../../src/shell/files.ts'
import { scratch } from '../scripts/scratch.ts'
import { canMount, fill, smallDisk } from './small-disk.ts'

const root = process.getuid?.() === 0
if (root) console.log('skipped as root, who may write everywhere: folders that cannot be written')

describe('writeFileAtomic', () => {
  it('makes a file, and replaces one as a whole', () => {
    const folder = scratch({ old: 'old text that is longer' })
    const path = join(folder, 'old')
    const inode = statSync(path).ino
    writeFileAtomic(path, 'new')
    writeFileAtomic(join(folder, 'bytes'), Buffer.from([0, 255, 10]), 0o600)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).ino).not.toBe(inode)
    expect([...readFileSync(join(folder, 'bytes'))]).toEqual([0, 255, 10])
    expect(statSync(join(folder, 'bytes')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['bytes', 'old'])
  })

  it('replaces a link and leaves alone what it points to', () => {
    const folder = scratch({ precious: 'kept' })
    const path = join(folder, 'link')
    symlinkSync(join(folder, 'precious'), path)
    writeFileAtomic(path, 'new')
    expect(lstatSync(path).isFile()).toBe(true)
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('kept')
  })

  it('leaves nothing behind where it cannot replace', () => {
    const folder = scratch({ 'taken/file': '' })
    expect(() => writeFileAtomic(join(folder, 'taken'), 'new')).toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(() => writeFileAtomic(join(folder, 'none', 'file'), 'new')).toThrow(/ENOENT/)
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  it.skipIf(root)('leaves nothing behind in a folder that cannot be written', () => {
    const folder = scratch({ file: 'old' })
    chmodSync(folder, 0o500)
    expect(() => writeFileAtomic(join(folder, 'file'), 'new')).toThrow(/EACCES/)
    chmodSync(folder, 0o700)
    expect(readdirSync(folder)).toEqual(['file'])
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old')
  })

  it.skipIf(!canMount)('keeps the old file whole on a full disk, and leaves no part of the new one', () => {
    const disk = smallDisk()
    const path = join(disk, 'file')
    writeFileSync(path, 'old')
    fill(disk)
    expect(() => writeFileAtomic(path, 'x'.repeat(100_000))).toThrow(/ENOSPC/)
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(disk).sort()).toEqual(['file', 'filler'])
  })

  it('is never seen half written', async () => {
    const folder = scratch({})
    const path = join(folder, 'file')
    const texts = ['a', 'b'].map((letter) => letter.repeat(300_000))
    writeFileAtomic(path, texts[0] ?? '')
    // Another process reads all the while and tells which texts it saw.
    const reader = spawn(process.execPath, ['-e', READER], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    reader.stdout.setEncoding('utf8')
    await once(reader.stdout, 'data')
    for (let turn = 0; turn < 60; turn += 1) writeFileAtomic(path, texts[turn % 2] ?? '')
    writeFileSync(join(folder, 'stop'), '')
    const [seen] = await once(reader.stdout, 'data')
    expect(seen).toBe('300000aa 300000bb')
  })
})

const READER = `
  const { existsSync, readFileSync, writeSync } = require('node:fs')
  const seen = new Set()
  const look = () => {
    const text = readFileSync('file', 'utf8')
    seen.add(text.length + text.at(0) + text.at(-1))
  }
  look()
  writeSync(1, 'ready')
  while (!existsSync('stop')) look()
  look()
  writeSync(1, [...seen].sort().join(' '))
`

describe('writeInside and readInside', () => {
  it('make the folders they need, and read back', () => {
    const folder = scratch({})
    writeInside(folder, 'a/b/c.md', 'text')
    writeInside(folder, 'top.md', 'top')
    expect(readInside(folder, 'a/b/c.md')).toBe('text')
    expect(readInside(folder, 'top.md')).toBe('top')
    expect(readInside(folder, 'a/b/none.md')).toBeUndefined()
    expect(readInside(folder, 'none/b/c.md')).toBeUndefined()
    expect(readInside(folder, 'top.md/c.md')).toBeUndefined()
    expect(readInside(folder, 'a/b')).toBeUndefined()
  })

  it('go through no link', () => {
    const folder = scratch({ 'outside/file.md': 'precious', 'root/real/x': '' })
    const inside = join(folder, 'root')
    symlinkSync('../outside', join(inside, 'link'))
    symlinkSync('../../outside', join(inside, 'real', 'deep'))
    symlinkSync('../outside/file.md', join(inside, 'file.md'))
    for (const path of ['link/file.md', 'link/new.md', 'real/deep/new.md'])
      expect(() => writeInside(inside, path, 'new'), path).toThrow(/is not a folder of its own/)
    for (const path of ['link/file.md', 'real/deep/file.md', 'file.md'])
      expect(readInside(inside, path), path).toBeUndefined()
    // The file itself is replaced, as writeFileAtomic does.
    writeInside(inside, 'file.md', 'new')
    expect(readInside(inside, 'file.md')).toBe('new')
    expect(readFileSync(join(folder, 'outside/file.md'), 'utf8')).toBe('precious')
    expect(readdirSync(join(folder, 'outside'))).toEqual(['file.md'])
    expect(readlinkSync(join(inside, 'link'))).toBe('../outside')
  })

  it('do not take a file for a folder, nor a pipe for a file', () => {
    const folder = scratch({ file: '' })
    expect(() => writeInside(folder, 'file/x', 'new')).toThrow(/is not a folder of its own/)
    execFileSync('mkfifo', [join(folder, 'pipe')])
    expect(readInside(folder, 'pipe')).toBeUndefined()
  })
})

describe('small looks at files', () => {
  it('tell a folder from a link to one', () => {
    const folder = scratch({ file: '' })
    mkdirSync(join(folder, 'real'))
    symlinkSync('real', join(folder, 'link'))
    const kinds = ['real', 'link', 'file', 'none'].map((name) => isRealDirectory(join(folder, name)))
    expect(kinds).toEqual([true, false, false, false])
  })

  it('tell what is missing from what cannot be read', () => {
    const folder = scratch({ file: 'text' })
    expect(readTextIfAny(join(folder, 'file'))).toBe('text')
    expect(readTextIfAny(join(folder, 'none'))).toBeUndefined()
    expect(readTextIfAny(join(folder, 'file', 'below'))).toBeUndefined()
    expect(() => readTextIfAny(folder)).toThrow(/EISDIR/)
    expect(isMissing(new Error('x'))).toBe(false)
    expect(isMissing('ENOENT')).toBe(false)
  })
})

describe('copyThroughDescriptor', () => {
  it('copies what has lost its name, in place of what is there', () => {
    const folder = scratch({ lost: 'all of it', path: 'another' })
    const file = openSync(join(folder, 'lost'), 'r')
    rmSync(join(folder, 'lost'))
    copyThroughDescriptor(file, join(folder, 'path'))
    closeSync(file)
    expect(readFileSync(join(folder, 'path'), 'utf8')).toBe('all of it')
    expect(readdirSync(folder)).toEqual(['path'])
  })

  it('leaves nothing half-way', () => {
    const folder = scratch({ path: 'as it was' })
    const unreadable = openSync(folder, 'r')
    expect(() => copyThroughDescriptor(unreadable, join(folder, 'path'))).toThrow(/EISDIR/)
    closeSync(unreadable)
    expect(readFileSync(join(folder, 'path'), 'utf8')).toBe('as it was')
    expect(readdirSync(folder)).toEqual(['path'])
  })
})
