import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { descendants, lineage, type ProcessRow } from '../../src/process/snapshot.ts'
import { processTable } from '../../src/process/table.ts'
import { parseStat } from '../../src/process/table-linux.ts'
import { parsePs } from '../../src/process/table-macos.ts'
import { arena, freshTable, hasTable, onLinux, PATIENCE_MS, table } from './arena.ts'

/** Fields 3 to 24 of proc(5): state, ppid, pgrp, session, …, utime 14, stime 15, …, starttime 22, vsize, rss. */
const REST = 'S 12 34 56 0 -1 4194560 500 0 0 0 7 8 0 0 20 0 1 0 987654321 2265088 200'

describe('parseStat', () => {
  it.each([
    ['plain', 'sleep'],
    ['spaces', 'tmux: server'],
    ['parentheses', 'a) S 1 1 1 (b'],
    ['a closing parenthesis at its end', 'x)'],
    ['a line break', 'two\nlines'],
    ['nothing', ''],
  ])('counts from the last parenthesis: a name of %s', (_, name) => {
    expect(parseStat(`4711 (${name}) ${REST}\n`)).toEqual({
      pid: 4711,
      name,
      parent: 12,
      group: 34,
      session: 56,
      state: 'S',
      start: '987654321',
      cpuTicks: 15,
    })
  })

  it.each(['', '4711', '4711 (sleep', '4711 (sleep) S 1 2', ') ('])('answers nothing for %j', (text) => {
    expect(parseStat(text)).toBeUndefined()
  })

  it('takes nobody for a zombie whose first thread alone has ended', () => {
    const zombie = (threads: number) => `1 (x) ${REST.replace(/^S/, 'Z').replace(' 20 0 1 0 ', ` 20 0 ${threads} 0 `)}`
    expect([1, 2].map((threads) => parseStat(zombie(threads))?.state)).toEqual(['Z', 'S'])
  })

  it('keeps start times that a number would round', () => {
    const start = '9007199254740993'
    expect(parseStat(`1 (x) ${REST.replace('987654321', start)}`)?.start).toBe(start)
  })
})

describe('parsePs', () => {
  it('reads the columns of ps, and passes over what is none', () => {
    const text = [
      '    1     0     1     0 Ss     3:07.25 Mon Nov  2 08:00:01 2026     launchd',
      '  501     1   501   501 S+   123:45.67 Mon Nov  2 10:31:02 2026     Some App Helper (R) 2026',
      '48121   501 48121   501 Z      0:00.00 Tue Nov 10 23:59:59 2026     <defunct>',
      'ps: something went wrong',
      '',
    ].join('\n')
    const [first, second, third, ...rest] = parsePs(text)
    expect(first).toEqual({
      pid: 1,
      parent: 0,
      name: 'launchd',
      user: 0,
      group: 1,
      session: 0,
      state: 'S',
      start: 'Mon Nov 2 08:00:01 2026',
      cpuTicks: 18_725,
    })
    expect(second).toMatchObject({ pid: 501, name: 'Some App Helper (R) 2026', user: 501, cpuTicks: 742_567 })
    expect(third).toMatchObject({ pid: 48_121, group: 48_121, state: 'Z', start: 'Tue Nov 10 23:59:59 2026' })
    expect(rest).toEqual([])
  })

  it('orders start times by date, not by letters', () => {
    const mac = processTable('darwin')
    expect(mac?.startedBefore('Mon Nov 2 10:31:02 2026', 'Mon Nov 2 10:31:03 2026')).toBe(true)
    expect(mac?.startedBefore('Tue Nov 10 00:00:00 2026', 'Mon Nov 9 23:59:59 2026')).toBe(false)
    expect(mac?.startedBefore('Fri Jan 1 00:00:00 2027', 'Thu Dec 31 23:59:59 2026')).toBe(false)
  })
})

const row = (pid: number, parent: number, over: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parent,
  name: 'x',
  group: pid,
  session: pid,
  state: 'S',
  start: String(pid),
  cpuTicks: 0,
  ...over,
})
const snapshotOf = (rows: readonly ProcessRow[]) => ({
  rows: new Map(rows.map((one) => [one.pid, one])),
  variable: () => undefined,
  directory: () => undefined,
  user: () => undefined,
})

describe('a family', () => {
  // 5 and 6 are each other's parent: reused pids can look like this in a scan that takes a moment.
  const family = snapshotOf([row(1, 0), row(2, 1), row(3, 2), row(4, 2), row(5, 6), row(6, 5), row(7, 4)])

  it('has descendants without its roots, each once, and survives a loop', () => {
    expect(
      descendants(family, new Set([2]))
        .map(({ pid }) => pid)
        .sort(),
    ).toEqual([3, 4, 7])
    expect(descendants(family, new Set([2, 4])).map(({ pid }) => pid)).toEqual(expect.not.arrayContaining([2, 4]))
    expect(descendants(family, new Set([5])).map(({ pid }) => pid)).toEqual([6])
  })

  it('has a line of parents up to the first process, and survives a loop', () => {
    expect([...lineage(family, 7)]).toEqual([7, 4, 2, 1])
    expect([...lineage(family, 5)]).toEqual([5, 6])
  })
})

describe.skipIf(!hasTable)('the process table of this machine', () => {
  it('shows us and our child as they are', async () => {
    const place = arena()
    const child = place.start('echo $$ > "$A/child.pid"; exec sleep 60')
    const pid = await place.pid('child')
    expect(pid).toBe(child.pid)
    const { rows } = freshTable().snapshot()
    const [us, ours] = [rows.get(process.pid), rows.get(pid)]
    expect(us).toMatchObject({ pid: process.pid, parent: process.ppid })
    expect(freshTable().snapshot().user(process.pid)).toBe(process.getuid?.())
    expect(ours).toMatchObject({ parent: process.pid, group: pid, ...(onLinux ? { session: pid } : {}) })
    expect(ours && us && table().startedBefore(ours.start, us.start)).toBe(false)
    expect(table().row(pid)?.start).toBe(ours?.start)
    expect(descendants(freshTable().snapshot(), new Set([process.pid])).map((one) => one.pid)).toContain(pid)
  })

  it.runIf(onLinux)('tells boot, namespace, a variable and the directory', async () => {
    const place = arena()
    expect(table().boot).toMatch(/^[0-9a-f-]{36}$/)
    expect(table().namespace).toMatch(/^pid:\[\d+\]$/)
    place.start('mkdir -p "$A/a b"; cd "$A/a b"; echo $$ > "$A/child.pid"; exec sleep 60', {
      env: { MARK: 'x=y z', MARKED: 'no' },
    })
    const pid = await place.pid('child')
    // During exec there is no environment to be read.
    await vi.waitFor(() => expect(freshTable().snapshot().variable(pid, 'MARK')).toBe('x=y z'), {
      timeout: PATIENCE_MS,
    })
    const snapshot = freshTable().snapshot()
    expect(snapshot.directory(pid)).toBe(place.path('a b'))
    expect(snapshot.variable(pid, 'MAR')).toBeUndefined()
    expect(snapshot.variable(2 ** 30, 'MARK')).toBeUndefined()
    expect(snapshot.directory(2 ** 30)).toBeUndefined()
    expect(snapshot.user(2 ** 30)).toBeUndefined()
    expect(table().row(2 ** 30)).toBeUndefined()
  })

  it('gives no scan that is older than the question', async () => {
    const place = arena()
    const shared = freshTable()
    const before = shared.snapshot()
    place.start('echo $$ > "$A/child.pid"; exec sleep 60')
    const pid = await place.pid('child')
    expect(before.rows.has(pid)).toBe(false)
    expect(shared.snapshot(performance.now()).rows.has(pid)).toBe(true)
    // It is shared for 25 ms, and on a busy machine the scan alone may take them: so the time stands still.
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const fresh = freshTable()
    expect(fresh.snapshot(0) === fresh.snapshot()).toBe(true)
  })

  it('has none where it cannot look', () => {
    expect(processTable('win32')).toBeUndefined()
  })
})
