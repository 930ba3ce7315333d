import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ProcessRef } from '../../src/board/event.ts'
import { stopTree } from '../../src/process/stop.ts'
import { DescendantWatch } from '../../src/process/watch.ts'
import { arena, freshTable, lives, memberPids, onLinux } from './arena.ts'

/** Processes in memory that come and go: `pid parent start`. */
function watched() {
  let lines: readonly string[] = []
  const heard: string[] = []
  const snapshot = () => ({
    rows: new Map(
      lines.map((line) => {
        const [pid = '', parent = '', start = '', state = 'S'] = line.split(' ')
        const ids = { pid: Number(pid), parent: Number(parent), group: 0, session: 0 }
        const row = { ...ids, name: 'x', start, state, cpuTicks: 0 }
        return [row.pid, row]
      }),
    ),
    variable: () => undefined,
    directory: () => undefined,
    user: () => undefined,
  })
  const table = { boot: '', namespace: '', snapshot, row: () => undefined, startedBefore: () => false }
  const watch = new DescendantWatch(table, (token, processes) =>
    heard.push(`${token}: ${processes.map(({ pid, start }) => `${pid}@${start}`).join(' ')}`),
  )
  const look = (...now: readonly string[]) => {
    lines = now
    watch.look()
    return heard.splice(0)
  }
  return { watch, look }
}
const process_ = (pid: number) => ({ pid, start: String(pid), boot: '', namespace: '' })
const pidsOf = (refs: readonly ProcessRef[]) => refs.map(({ pid }) => pid)

describe('DescendantWatch', () => {
  it('tells of each descendant once', () => {
    const { watch, look } = watched()
    watch.follow('t', process_(10))
    expect(look('1 0 1', '10 1 10', '11 10 11', '12 11 12', '20 1 20')).toEqual(['t: 11@11 12@12'])
    expect(look('1 0 1', '10 1 10', '11 10 11', '12 11 12', '13 10 13')).toEqual(['t: 13@13'])
    expect(look('1 0 1', '10 1 10', '11 10 11')).toEqual([])
    expect(pidsOf(watch.noted('t'))).toEqual([11, 12, 13])
  })

  it('goes on from those it knows when the leader is gone', () => {
    const { watch, look } = watched()
    watch.follow('t', process_(10))
    look('10 1 10', '11 10 11')
    expect(look('11 1 11', '12 11 12')).toEqual(['t: 12@12'])
  })

  it('takes no child of a process that has a known pid by accident', () => {
    const { watch, look } = watched()
    watch.follow('t', process_(10))
    look('10 1 10', '11 10 11')
    expect(look('10 1 99', '11 1 98', '12 10 100', '13 11 100')).toEqual([])
  })

  it('notes no zombies', () => {
    const { watch, look } = watched()
    watch.follow('t', process_(10))
    expect(look('10 1 10', '11 10 11 Z')).toEqual([])
  })

  it('keeps workers apart, and forgets who is no longer followed', () => {
    const { watch, look } = watched()
    watch.follow('a', process_(10))
    watch.follow('b', process_(20))
    expect(look('10 1 10', '20 1 20', '11 10 11', '21 20 21')).toEqual(['a: 11@11', 'b: 21@21'])
    expect(pidsOf(watch.unfollow('a'))).toEqual([11])
    expect(watch.noted('a')).toEqual([])
    expect(look('10 1 10', '12 10 12', '20 1 20')).toEqual([])
  })

  it.runIf(onLinux)('remembers one that then leaves nothing to be found by', async () => {
    const place = arena()
    mkdirSync(place.path('wt'))
    // It stands below the leader while it is looked at; then the leader ends, and it has no cookie and another directory.
    const way = `env -i PATH="$PATH" setsid sh -c 'cd /; echo $$ > ${place.path('lost.pid')}; exec sleep 60'`
    const tree = await place.tree(
      `mkfifo "$A/fifo"; cd "$A/wt"; ${way} & echo $$ > "$A/leader.pid"; read -r _ < "$A/fifo"`,
    )
    const lost = await place.pid('lost')
    await place.pid('leader')
    const noted: ProcessRef[] = []
    const watch = new DescendantWatch(freshTable(), (_, processes) => noted.push(...processes))
    if (tree.identity) watch.follow(tree.token, tree.identity)
    watch.look()
    expect(pidsOf(noted)).toContain(lost)
    writeFileSync(place.path('fifo'), '\n')
    await tree.gate.exited
    expect(memberPids(tree)).toEqual([])
    await stopTree({ ...tree, noted: watch.unfollow(tree.token) }, freshTable())
    expect(lives(lost)).toBe(false)
  })
})
