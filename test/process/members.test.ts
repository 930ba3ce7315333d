import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { membersOf, type Tree, treeOf } from '../../src/process/members.ts'
import type { ProcessRow, ProcessTable, Snapshot } from '../../src/process/snapshot.ts'
import { aPlan, aPlanned, id, Journal } from '../report/board-fixture.ts'
import { arena, identityOfPid, kill, memberPids, onLinux, PATIENCE_MS } from './arena.ts'

/** A table in memory: processes as `pid parent start`, with variables and directories by pid. */
function machine(
  lines: readonly string[],
  about: {
    readonly cookies?: Readonly<Record<number, string>>
    readonly directories?: Readonly<Record<number, string>>
  } = {},
) {
  const rows = new Map<number, ProcessRow>()
  for (const line of lines) {
    const [pid = '', parent = '', start = '', state = 'S'] = line.split(' ')
    const row = { pid: Number(pid), parent: Number(parent), start, state, name: 'x', session: 0, cpuTicks: 0 }
    rows.set(row.pid, { ...row, group: row.pid })
  }
  const read: number[] = []
  const snapshot: Snapshot = {
    rows,
    variable: (pid) => {
      read.push(pid)
      return about.cookies?.[pid]
    },
    directory: (pid) => about.directories?.[pid],
    user: () => undefined,
  }
  const table: ProcessTable = {
    boot: 'b',
    namespace: 'n',
    snapshot: () => snapshot,
    row: (pid) => rows.get(pid),
    startedBefore: (a, b) => Number(a) < Number(b),
  }
  const members = (tree: Partial<Tree>): readonly number[] =>
    membersOf({ token: 'cookie', noted: [], directory: '/x/wt/a', ...tree }, snapshot, table).map(({ pid }) => pid)
  return { members, read }
}
/** A process as the journal has it, pid 50, which is not gone. */
function aProcess() {
  const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('x')]) }).start('x', 50)
  return { journal, token: 'x-agent-50' }
}
const leader = { pid: 50, start: '500', boot: 'b', namespace: 'n' }

describe('membersOf', () => {
  it('takes the recorded process and everything below it', () => {
    const { members } = machine(['1 0 1', '50 1 500', '51 50 501', '52 51 502', '60 1 600'])
    expect(members({ identity: leader })).toEqual([50, 51, 52])
  })

  it('takes noted processes, wherever they have gone, with what is below them', () => {
    const { members } = machine(['1 0 1', '51 1 501', '52 51 502', '53 1 503'])
    expect(members({ identity: leader, noted: [{ pid: 51, start: '501' }] })).toEqual([51, 52])
  })

  it('takes those that SIGKILL did not end, though nothing else tells any more whose they are', () => {
    const { members } = machine(['1 0 1', '51 1 501', '53 1 503'])
    const { journal, token } = aProcess()
    journal.add({ type: 'process-left', specId: id('x'), token, processes: [{ pid: 51, start: '501' }] })
    const tracked = journal.board().processes.get(token)
    expect(tracked && members(treeOf(tracked))).toEqual([51])
  })

  it('takes nobody whose pid was reused', () => {
    const { members } = machine(['1 0 1', '50 1 999', '51 1 999', '52 50 1000'])
    expect(members({ identity: leader, noted: [{ pid: 51, start: '501' }] })).toEqual([])
  })

  it('takes no zombies', () => {
    const { members } = machine(['1 0 1', '50 1 500 Z', '51 1 501 Z', '52 50 502 Z'], {
      cookies: { 51: 'cookie', 52: 'cookie' },
    })
    expect(members({ identity: leader })).toEqual([])
  })

  it('takes those with its cookie, and with no other', () => {
    const { members } = machine(['1 0 1', '70 1 700', '71 1 700'], { cookies: { 70: 'cookie', 71: 'another' } })
    expect(members({ identity: leader })).toEqual([70])
  })

  it('takes those in its directory, and not those beside it', () => {
    const directories = {
      70: '/x/wt/a',
      71: '/x/wt/a/sub/folder',
      72: '/x/wt/ab',
      73: '/x/wt',
      74: '/x/wt/b/x/wt/a',
      // proc(5): the link of a directory that was removed.
      75: '/x/wt/a (deleted)',
      76: '/x/wt/a/sub (deleted)',
      77: '/x/wt/ab (deleted)',
    }
    const { members } = machine(['1 0 1', ...Object.keys(directories).map((pid) => `${pid} 1 700`)], { directories })
    expect(members({ identity: leader })).toEqual([70, 71, 75, 76])
  })

  it('never takes older processes, and does not even look into them', () => {
    const { members, read } = machine(['1 0 1', '40 1 499', '41 1 500'], {
      cookies: { 40: 'cookie', 41: 'cookie' },
      directories: { 40: '/x/wt/a' },
    })
    expect(members({ identity: leader })).toEqual([41])
    expect(read).toEqual([41])
  })

  it('has only the cookie to go by where nothing was recorded', () => {
    const { members } = machine(['1 0 1', '70 1 700', '71 1 700'], {
      cookies: { 70: 'cookie' },
      directories: { 71: '/x/wt/a' },
    })
    expect(members({})).toEqual([70])
  })

  it('never takes us or an ancestor of ours, whatever they look like', () => {
    const us = process.pid
    const parent = us + 1
    const { members } = machine(
      ['1 0 1', `${parent} 50 600`, `${us} ${parent} 601`, '50 1 500', `${us + 2} ${us} 602`],
      {
        cookies: { [us]: 'cookie', [parent]: 'cookie' },
        directories: { [us]: '/x/wt/a', [parent]: '/x/wt/a' },
      },
    )
    expect(members({ identity: leader, noted: [{ pid: us, start: '601' }] })).toEqual([us + 2])
  })
})

/** Start times are counted in ticks of 10 ms: waits until the clock has left the one in which a process started. */
const tickAfter = (pid: number): Promise<void> =>
  vi.waitFor(
    () => {
      const [seconds = '0'] = readFileSync('/proc/uptime', 'utf8').split(' ')
      if (Number(seconds) * 100 <= Number(identityOfPid(pid).start) + 1) throw new Error('still the same tick')
    },
    { interval: 2, timeout: PATIENCE_MS },
  )

describe.skipIf(!onLinux)('a real tree', () => {
  it('holds children in their group, in sessions of their own, and with no environment', async () => {
    const place = arena()
    mkdirSync(place.path('wt/sub'), { recursive: true })
    mkdirSync(place.path('wt-2'))
    const sleep = (name: string) => `sh -c 'echo $$ > ${place.path(`${name}.pid`)}; exec sleep 60' & `
    const outside = place.start(`${sleep('outside')} wait`, { cwd: place.path('wt-2') })
    const older = place.start(`${sleep('older')} wait`, { cwd: place.path('wt') })
    await place.pid('outside')
    await tickAfter(await place.pid('older'))
    const tree = await place.tree(
      [
        sleep('plain'),
        `setsid ${sleep('session')}`,
        `cd "$A/wt/sub"; env -i PATH="$PATH" setsid ${sleep('bare')}`,
        `cd "$A/wt-2"; env -i PATH="$PATH" setsid ${sleep('beside')}`,
        'echo $$ > "$A/leader.pid"; wait',
      ].join('\n'),
    )
    const names = ['leader', 'plain', 'session', 'bare', 'beside']
    const pids = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await place.pid(name)] as const)),
    )
    // All of them stand below the leader while it lives.
    expect(new Set(memberPids(tree))).toEqual(new Set(Object.values(pids)))

    kill(tree.gate.identity.pid, 'SIGKILL')
    await tree.gate.exited
    // Its orphans are found by what they carry and by where they are; one that has neither is not ours to take.
    await vi.waitFor(
      () => expect(new Set(memberPids(tree))).toEqual(new Set([pids['plain'], pids['session'], pids['bare']])),
      { timeout: PATIENCE_MS },
    )
    const noted = { ...tree, noted: [identityOfPid(pids['beside'] ?? 0)] }
    expect(memberPids(noted)).toContain(pids['beside'])
    expect([outside.pid, older.pid].some((pid) => memberPids(noted).includes(pid ?? 0))).toBe(false)
  })

  it('holds whoever stands in its worktree when that was removed', async () => {
    const place = arena()
    mkdirSync(place.path('wt'))
    const tree = await place.tree(
      `cd "$A/wt"; env -i PATH="$PATH" setsid sh -c 'echo $$ > ${place.path('bare.pid')}; exec sleep 60' & exit 0`,
    )
    await tree.gate.exited
    const pid = await place.pid('bare')
    await vi.waitFor(() => expect(memberPids(tree)).toEqual([pid]), { timeout: PATIENCE_MS })
    rmSync(place.path('wt'), { recursive: true })
    expect(memberPids(tree)).toEqual([pid])
  })

  it('never holds the process that asks', () => {
    const us = identityOfPid(process.pid)
    const tree: Tree = { token: 'none', identity: us, noted: [identityOfPid(process.ppid)], directory: process.cwd() }
    expect(memberPids(tree)).not.toContain(process.pid)
    expect(memberPids(tree)).not.toContain(process.ppid)
  })
})
