import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeAccounts, pause, succeed } from '../../src/schedule/accounts.ts'
import { steadyNow } from '../../src/shell/clock.ts'
import { Journal } from '../../src/shell/journal.ts'
import { AccountNews } from '../../src/work/account-news.ts'
import { scratch } from '../scripts/scratch.ts'

test('a pause has one end, however often the account changes meanwhile', () => {
  using journal = Journal.open(join(scratch({}), 'journal.ndjson'))
  const ends = new Set<string | undefined>()
  journal.listen((event) => void (event.type === 'account-changed' && ends.add(event.pausedUntil)))
  const news = new AccountNews(journal)
  const now = steadyNow()
  let accounts = pause(makeAccounts([{ name: 'main', maxConcurrent: 200, weight: 1 }]), 0, now + 60_000.7, now)
  for (let turn = 0; turn < 100; turn += 1) {
    news.tell(accounts, now)
    accounts = succeed(accounts, 0)
  }
  expect(journal.board.accounts.get('main')?.limit).toBe(199)
  expect(ends.size).toBe(1)
})
