import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Board } from '../../src/board/board.ts'
import { emptyBoard } from '../../src/board/board.ts'
import type { EventBody } from '../../src/board/event.ts'
import { Journal, readJournal } from '../../src/shell/journal.ts'
import { aPlan, specId } from '../builders.ts'
import { scratch } from '../scripts/scratch.ts'
import { canMount, fill, smallDisk } from './small-disk.ts'

const id = specId('2026-11-02-001-abc')
const warning = (message: string): EventBody => ({ type: 'warning', code: 'test', message })
const messages = (board: Board) => board.warnings.map(({ message }) => message)
const place = () => join(scratch({}), 'journal.ndjson')

describe('Journal', () => {
  it('has every event on disk before it answers, and folds it', () => {
    const path = place()
    using journal = Journal.open(path)
    expect(journal.board).toEqual(emptyBoard)
    const event = journal.append({ type: 'planned', plan: aPlan() })
    expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(event)
    journal.append({ type: 'worker-preparing', specId: id })
    expect(journal.board.workers.get(id)?.state).toEqual({ type: 'preparing' })
    expect(readJournal(path)).toHaveLength(2)
  })

  it('is for nobody else to read', () => {
    const path = place()
    using _journal = Journal.open(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('goes on where it was left, with the same board', () => {
    const path = place()
    let before: Board
    {
      using journal = Journal.open(path)
      journal.append({ type: 'planned', plan: aPlan() })
      journal.append(warning('one'))
      before = journal.board
    }
    using journal = Journal.open(path)
    expect(journal.board).toEqual(before)
    journal.append(warning('two'))
    expect(messages(journal.board)).toEqual(['one', 'two'])
  })

  it('keeps text of any kind on one line', () => {
    const path = place()
    const text = 'line\nbreak \u2028 \u0000 "quoted" \ud83e\udd89 \ud800'
    {
      using journal = Journal.open(path)
      journal.append(warning(text))
    }
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2)
    using journal = Journal.open(path)
    expect(messages(journal.board)).toEqual([text])
  })

  it.each([
    ['half an object', '{"at":"2026-11-02T10:31:00.000Z","type":"warn'],
    ['half a character', Buffer.from('{"at":"\u00e9').subarray(0, -1)],
    ['one byte', '{'],
    ['zeros, as after a power failure', Buffer.alloc(300)],
  ])('passes over a torn last line, %s, and what follows stays readable', (_, torn) => {
    const path = place()
    {
      using journal = Journal.open(path)
      journal.append(warning('one'))
    }
    appendFileSync(path, torn)
    {
      using journal = Journal.open(path)
      expect(messages(journal.board)).toEqual(['one'])
      journal.append(warning('two'))
    }
    using journal = Journal.open(path)
    expect(messages(journal.board)).toEqual(['one', 'two'])
  })

  it('takes a whole last event that only lacks its line end', () => {
    const path = place()
    writeFileSync(path, JSON.stringify({ at: '2026-11-02T10:31:00.000Z', ...warning('one') }))
    using journal = Journal.open(path)
    journal.append(warning('two'))
    expect(messages(Journal.open(path).board)).toEqual(['one', 'two'])
  })

  it.each(['null', '[]', '{}', '{"at":1}', '{"type":"warning"}', '"text"', 'text', '{"at":"","type":7}'])(
    'passes over a line that is no event: %s',
    (line) => {
      const path = place()
      writeFileSync(path, `${line}\n`)
      expect(readJournal(path)).toEqual([])
      expect(Journal.open(path).board).toEqual(emptyBoard)
    },
  )

  // A machine may hold runs of two versions of the action; the older one looks at what the newer one left.
  it('passes over an event that this version does not know', () => {
    const path = place()
    writeFileSync(path, `${JSON.stringify({ at: '2026-11-02T10:31:00.000Z', type: 'from-a-later-version' })}\n`)
    using journal = Journal.open(path)
    journal.append(warning('one'))
    expect(messages(journal.board)).toEqual(['one'])
  })

  it('is nothing where there is no file', () => {
    expect(readJournal(place())).toBeUndefined()
    expect(readJournal(join(place(), 'below'))).toBeUndefined()
  })

  it('is never written through a link', () => {
    const folder = scratch({ precious: '' })
    symlinkSync(join(folder, 'precious'), join(folder, 'journal.ndjson'))
    expect(() => Journal.open(join(folder, 'journal.ndjson'))).toThrow(/ELOOP/)
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('')
  })

  it('tells its listeners in order, after the fact', () => {
    const path = place()
    using journal = Journal.open(path)
    const heard: string[] = []
    for (const name of ['first', 'second'])
      journal.listen((event, before, after) => {
        const written = readJournal(path)?.length
        heard.push(`${name} ${event.type} ${before.warnings.length}→${after.warnings.length} on disk ${written}`)
      })
    journal.append(warning('one'))
    journal.append(warning('two'))
    expect(heard).toEqual([
      'first warning 0→1 on disk 1',
      'second warning 0→1 on disk 1',
      'first warning 1→2 on disk 2',
      'second warning 1→2 on disk 2',
    ])
  })

  it.skipIf(!canMount)('stays whole on a full disk, and goes on when there is room', () => {
    const disk = smallDisk()
    const path = join(disk, 'journal.ndjson')
    using journal = Journal.open(path)
    const heard: string[] = []
    journal.listen((event) => heard.push(event.type))
    journal.append(warning('one'))
    const empty = fill(disk)
    const board = journal.board
    expect(() => journal.append(warning('x'.repeat(20_000)))).toThrow(/ENOSPC/)
    expect(journal.board).toBe(board)
    expect(heard).toEqual(['warning'])
    expect(readFileSync(path, 'utf8').endsWith('}\n')).toBe(true)
    empty()
    journal.append(warning('two'))
    expect(messages(Journal.open(path).board)).toEqual(['one', 'two'])
  })
})

describe('a journal whose file was removed', () => {
  it('goes on, and puts what it holds into a new file', () => {
    const path = join(scratch({}), 'run', 'journal.ndjson')
    mkdirSync(dirname(path))
    using journal = Journal.open(path)
    journal.append(warning('one'))
    expect(journal.heal()).toBe(false)
    rmSync(dirname(path), { recursive: true })
    journal.append(warning('two'))
    expect(journal.heal()).toBe(true)
    expect(journal.heal()).toBe(false)
    journal.append(warning('three'))
    expect(messages(Journal.open(path).board)).toEqual(['one', 'two', 'three'])
  })

  it('does not take the file of somebody else for its own', () => {
    const folder = scratch({})
    const path = join(folder, 'journal.ndjson')
    using journal = Journal.open(path)
    journal.append(warning('one'))
    rmSync(path)
    writeFileSync(path, 'theirs')
    journal.heal()
    journal.append(warning('two'))
    expect(messages(Journal.open(path).board)).toEqual(['one', 'two'])
  })
})
