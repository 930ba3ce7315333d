import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { emptyBoard } from '../../src/board/board.ts'
import { earlierPause, earlierWrites } from '../../src/github/earlier-writes.ts'

const now = Date.parse('2026-11-02T10:31:00.000Z')

const journalOf = (...events: readonly object[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'chant-earlier-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'journal.ndjson')
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  return file
}

test('makings and ends count, whatever the clock did between them', () => {
  const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString()
  const journal = journalOf(
    { type: 'check-run-created', at: at(-20), specId: 'a', id: 1 },
    { type: 'check-run-created', at: at(3600), specId: 'b', id: 2 },
    { type: 'check-run-created', at: at(-30), specId: 'c', id: 3 },
    { type: 'worker-preparing', at: at(-10), specId: 'a' },
    { type: 'check-run-completed', at: at(-5), specId: 'a', id: 1 },
  )
  expect(earlierWrites(journal, now).map((time) => (time - now) / 1000)).toEqual([-30, -20, -5])
})

test('without a journal there are none', () => {
  expect(earlierWrites('/nowhere/journal.ndjson', now)).toEqual([])
})

test('a pause lasts until it was said to, and no longer than that, whatever was done to the clock since', () => {
  const pause = (from: number, until: number) => ({
    ...emptyBoard,
    githubPause: { from: now + from * 1000, until: now + until * 1000 },
  })
  const left = (...boards: Parameters<typeof earlierPause>[0]) => {
    const until = earlierPause(boards, now)
    return until === undefined ? undefined : (until - now) / 1000
  }
  expect(left(emptyBoard)).toBeUndefined()
  expect(left(pause(-20, 40))).toBe(40)
  expect(left(pause(-20, 40), emptyBoard, pause(-90, -30))).toBe(40)
  expect(left(pause(-90, -30))).toBe(-30)
  expect(left(pause(-7200, -7140))).toBeUndefined()
  expect(left(pause(3600, 3660))).toBe(60)
  expect(left(pause(0, Number.NaN))).toBeUndefined()
})
