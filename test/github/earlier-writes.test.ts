import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { earlierWrites } from '../../src/github/earlier-writes.ts'

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
