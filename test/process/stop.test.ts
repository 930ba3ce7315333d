import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import type { Tree } from '../../src/process/members.ts'
import type { ProcessTable } from '../../src/process/snapshot.ts'
import { GRACE_MS, killTreeNow, stopTree } from '../../src/process/stop.ts'
import { slowness } from '../runner/slowness.ts'
import {
  appears,
  arena,
  freshTable,
  gone,
  hasTable,
  identityOfPid,
  kill,
  lives,
  onLinux,
  PATIENCE_MS,
  program,
} from './arena.ts'

/** For a process that goes on without its first thread, which neither a shell nor Node can be. */
const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) console.log('skipped without python3: a process whose first thread has ended')

/** Counts the looks at the machine. */
function counted(): ProcessTable & { looks: () => number } {
  const table = freshTable()
  let looks = 0
  const snapshot = (since?: number) => {
    looks += 1
    return table.snapshot(since)
  }
  return { ...table, snapshot, looks: () => looks }
}

describe.skipIf(!hasTable)('stopTree', () => {
  it('needs no more than TERM where that is obeyed', async () => {
    const place = arena()
    // Alone: a child of a shell that has a trap does not hear a TERM that comes before its exec.
    const tree = await place.tree(
      'mkfifo "$A/never"; trap "echo bye > \\"$A/bye\\"; exit 5" TERM; echo $$ > "$A/leader.pid"; while :; do read -r _ < "$A/never"; done',
    )
    const pid = await place.pid('leader')
    const stopped = await stopTree(tree, freshTable())
    expect(stopped).toMatchObject({ killed: false, left: [] })
    expect(stopped.signalled.map((ref) => ref.pid)).toContain(pid)
    expect(await tree.gate.exited).toEqual({ type: 'code', code: 5 })
    expect(existsSync(place.path('bye'))).toBe(true)
  })

  it('kills who ignores TERM, after the grace', async () => {
    const place = arena()
    const tree = await place.tree('trap "" TERM; echo $$ > "$A/leader.pid"; sleep 60 & wait; sleep 60')
    await place.pid('leader')
    const from = performance.now()
    const stopped = await stopTree(tree, freshTable())
    const took = performance.now() - from
    expect(stopped).toMatchObject({ killed: true, left: [] })
    expect(took).toBeGreaterThanOrEqual(GRACE_MS)
    // All workers together are to be gone within 7 s.
    expect(took).toBeLessThan(7_000 * slowness())
    expect(await tree.gate.exited).toEqual({ type: 'signal', signal: 'SIGKILL' })
  })

  it('gives no grace when it is urgent', async () => {
    const place = arena()
    const tree = await place.tree('trap ": > "$A/asked"" TERM; echo $$ > "$A/leader.pid"; sleep 60 & wait; sleep 60')
    await place.pid('leader')
    expect(await stopTree(tree, freshTable(), () => true)).toMatchObject({ killed: true, left: [] })
    // Nobody was asked by TERM first.
    expect(existsSync(place.path('asked'))).toBe(false)
  })

  it('takes nobody for gone whose group is not: a scan may miss those that hand on to each other', async () => {
    const place = arena()
    const tree = await place.tree('trap "" TERM; echo $$ > "$A/leader.pid"; sleep 60 & wait; sleep 60')
    const pid = await place.pid('leader')
    const seeing = freshTable()
    let looks = 0
    // Sees it once, then never again.
    const missing = (since?: number) => {
      const snapshot = seeing.snapshot(since)
      looks += 1
      return looks === 1
        ? snapshot
        : { ...snapshot, rows: new Map([...snapshot.rows].filter(([, row]) => row.group !== pid)) }
    }
    expect(await stopTree(tree, { ...seeing, snapshot: missing })).toMatchObject({ killed: true, left: [] })
    expect(lives(pid)).toBe(false)
  })

  it('ends one that was suspended', async () => {
    const place = arena()
    const tree = await place.tree('echo $$ > "$A/leader.pid"; exec sleep 60')
    kill(await place.pid('leader'), 'SIGSTOP')
    expect(await stopTree(tree, freshTable(), () => true)).toMatchObject({ left: [] })
  })

  it.runIf(onLinux && hasPython)('ends one whose first thread has ended and whose others go on', async () => {
    const place = arena()
    const tree = await place.tree(`echo $$ > "$A/leader.pid"; exec python3 -c '
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)'`)
    const pid = await place.pid('leader')
    // Its line says zombie, and it is none.
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /), { timeout: PATIENCE_MS })
    expect((await stopTree(tree, freshTable(), () => true)).signalled.map((ref) => ref.pid)).toEqual([pid])
    expect(await tree.gate.exited).toEqual({ type: 'signal', signal: 'SIGKILL' })
  })

  it.runIf(onLinux)('ends a child that answers TERM with another child', async () => {
    const place = arena()
    // Five times over, in a session of its own, with nothing but the cookie in common.
    program(
      place.path('again'),
      'n=$1; trap \'[ $n -gt 0 ] && setsid "$A/again" $((n - 1)) & exit\' TERM; echo $$ > "$A/child$n.pid"; while :; do sleep 0.02; done',
    )
    const tree = await place.tree('setsid "$A/again" 5 & exit 0')
    await tree.gate.exited
    await place.pid('child5')
    const stopped = await stopTree(tree, freshTable())
    expect(stopped.left).toEqual([])
    // A child may meet TERM before it is one of its own, and then no other follows.
    const files = [0, 1, 2, 3, 4, 5]
      .map((number) => place.path(`child${number}.pid`))
      .filter((file) => existsSync(file))
    const pids = files.map((file) => Number(readFileSync(file, 'utf8'))).filter((pid) => pid > 0)
    expect(pids.filter(lives)).toEqual([])
    expect(stopped.signalled.map((ref) => ref.pid)).toEqual(expect.arrayContaining(pids))
  })

  it.runIf(onLinux)('ends a chain of processes of which each lives a moment', async () => {
    const place = arena()
    program(place.path('next'), 'echo $$ >> "$A/chain"; sleep 0.1; [ -e "$A/stop" ] || setsid "$A/next" & exit 0')
    const tree = await place.tree('"$A/next" & exit 0')
    await tree.gate.exited
    await appears(place.path('chain'))
    expect(await stopTree(tree, freshTable())).toMatchObject({ left: [] })
    const pids = readFileSync(place.path('chain'), 'utf8').trim().split('\n').map(Number)
    expect(pids.filter(lives)).toEqual([])
  })

  it.runIf(onLinux)('ends children that escaped into sessions of their own', async () => {
    const place = arena()
    mkdirSync(place.path('wt'))
    const tree = await place.tree(
      [
        `setsid sh -c 'echo $$ > "$A/session.pid"; exec sleep 60' &`,
        `cd "$A/wt"; env -i PATH="$PATH" setsid sh -c 'echo $$ > ${place.path('bare.pid')}; exec sleep 60' & exit 0`,
      ].join('\n'),
    )
    await tree.gate.exited
    const pids = [await place.pid('session'), await place.pid('bare')]
    const stopped = await stopTree(tree, freshTable())
    expect(pids.filter(lives)).toEqual([])
    expect(stopped).toMatchObject({ killed: false, left: [] })
    expect(new Set(stopped.signalled.map((ref) => ref.pid))).toEqual(new Set(pids))
  })

  it('looks three times where nobody is, and signals nobody', async () => {
    const tree: Tree = { token: 'none', noted: [{ pid: 2 ** 30, start: '1' }], directory: '/nowhere' }
    const table = counted()
    const identity = { ...identityOfPid(process.pid), start: '1' }
    const kills = vi.spyOn(process, 'kill')
    expect(await stopTree({ ...tree, identity }, table)).toEqual({
      signalled: [],
      killed: false,
      left: [],
      foreign: [],
    })
    expect(table.looks()).toBe(3)
    expect(kills).not.toHaveBeenCalled()
    kills.mockRestore()
  })

  it('looks three times after the last one is gone', async () => {
    const place = arena()
    const tree = await place.tree('echo $$ > "$A/leader.pid"; exec sleep 60')
    await place.pid('leader')
    const table = counted()
    await stopTree(tree, table)
    expect(table.looks()).toBeGreaterThanOrEqual(4)
  })

  it('signals nobody who only shares a group with a member', async () => {
    const place = arena()
    // Both are in the group of a shell that is not ours; one of them was noted.
    place.start(
      `sh -c 'echo $$ > "$A/ours.pid"; exec sleep 60' & sh -c 'echo $$ > "$A/bystander.pid"; exec sleep 60' & wait`,
    )
    const [ours, bystander] = [await place.pid('ours'), await place.pid('bystander')]
    const tree: Tree = { token: 'none', noted: [identityOfPid(ours)], directory: '/nowhere' }
    const stopped = await stopTree(tree, freshTable())
    expect(stopped.signalled.map((ref) => ref.pid)).toEqual([ours])
    expect(lives(ours)).toBe(false)
    expect(lives(bystander)).toBe(true)
  })
})

describe.skipIf(!hasTable)('killTreeNow', () => {
  it('kills everybody at once, without a word', async () => {
    const place = arena()
    const tree = await place.tree(
      `trap "" TERM; sh -c 'echo $$ > "$A/child.pid"; exec sleep 60' & echo $$ > "$A/leader.pid"; wait; sleep 60`,
    )
    const pids = [await place.pid('leader'), await place.pid('child')]
    killTreeNow(tree, freshTable())
    await Promise.all(pids.map(gone))
    expect(await tree.gate.exited).toEqual({ type: 'signal', signal: 'SIGKILL' })
  })

  it('does nothing where nobody is', () => {
    expect(() => killTreeNow({ token: 'none', noted: [], directory: '/nowhere' }, freshTable())).not.toThrow()
  })
})
