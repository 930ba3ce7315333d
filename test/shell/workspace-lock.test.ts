import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ProcessIdentity } from '../../src/board/event.ts'
import { type Owner, readOwner, releaseLock, takeLock } from '../../src/shell/workspace-lock.ts'
import { gone, hasTable, identityOfPid, table } from '../process/arena.ts'
import { scratch } from '../scripts/scratch.ts'

const us = () => identityOfPid(process.pid)
const anOwner = (runKey: string, identity: ProcessIdentity = us()): Owner => ({
  identity,
  runKey,
  stateDir: `/state/${runKey}`,
  since: '2026-11-02T10:31:00.000Z',
})
/** Our own pid, but of a process that is long gone. */
const dead = (runKey: string): Owner => anOwner(runKey, { ...us(), start: '1' })

interface Contender {
  readonly pid: number
  readonly results: Promise<readonly { mine: boolean; predecessor?: string; holder?: string }[]>
  readonly go: () => void
  readonly leave: () => void
}

/** Processes that stand ready to take the locks of a folder. */
async function contenders(folder: string, count: number, rounds = 1): Promise<readonly Contender[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
        process.execPath,
        [join(import.meta.dirname, 'contend.ts'), folder, String(rounds)],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      )
      onTestFinished(() => {
        child.kill('SIGKILL')
      })
      child.stdout.setEncoding('utf8')
      await once(child.stdout, 'data')
      return {
        pid: child.pid ?? 0,
        results: once(child.stdout, 'data').then(([text]) => JSON.parse(String(text))),
        go: () => child.stdin.write('go\n'),
        leave: () => child.stdin.end(),
      }
    }),
  )
}

describe.skipIf(!hasTable)('takeLock', () => {
  it('takes a free workspace, and says who has it', () => {
    const folder = scratch({})
    const path = join(folder, 'lock')
    const lock = takeLock(path, anOwner('one'), table())
    expect(lock).toEqual({ ok: true, value: { release: expect.any(Function) } })
    expect(readOwner(path)).toEqual(anOwner('one'))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(takeLock(path, anOwner('two'), table())).toEqual({ ok: false, error: anOwner('one') })
    expect(readdirSync(folder)).toEqual(['lock'])
    if (lock.ok) lock.value.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is released by its owner only', () => {
    const path = join(scratch({}), 'lock')
    const lock = takeLock(path, anOwner('one'), table())
    releaseLock(path, anOwner('two'))
    releaseLock(path, dead('one'))
    expect(readOwner(path)).toEqual(anOwner('one'))
    // What another run took meanwhile is not ours to release.
    writeFileSync(path, JSON.stringify(anOwner('two')))
    if (lock.ok) lock.value.release()
    expect(readOwner(path)).toEqual(anOwner('two'))
    releaseLock(path, anOwner('two'))
    expect(existsSync(path)).toBe(false)
    expect(() => releaseLock(path, anOwner('two'))).not.toThrow()
  })

  it('takes over from a dead holder, and names it', () => {
    const folder = scratch({ lock: JSON.stringify(dead('before')) })
    const lock = takeLock(join(folder, 'lock'), anOwner('after'), table())
    expect(lock.ok && lock.value.predecessor).toEqual(dead('before'))
    expect(readOwner(join(folder, 'lock'))).toEqual(anOwner('after'))
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  it('takes over from a holder of an earlier boot', () => {
    const earlier = anOwner('before', { ...us(), boot: 'earlier' })
    const folder = scratch({ lock: JSON.stringify(earlier) })
    const lock = takeLock(join(folder, 'lock'), anOwner('after'), table())
    expect(lock.ok && lock.value.predecessor).toEqual(earlier)
  })

  it('does not take over from a holder that it cannot see', () => {
    const elsewhere = anOwner('elsewhere', { ...us(), namespace: 'pid:[1]' })
    const folder = scratch({ lock: JSON.stringify(elsewhere) })
    expect(takeLock(join(folder, 'lock'), anOwner('here'), table())).toEqual({ ok: false, error: elsewhere })
  })

  it('is not held up by a contender that died while it took over', () => {
    const folder = scratch({
      lock: JSON.stringify(dead('before')),
      'lock.takeover': JSON.stringify(dead('contender')),
      'lock.takeover.takeover': JSON.stringify(dead('another')),
    })
    const lock = takeLock(join(folder, 'lock'), anOwner('after'), table())
    expect(lock.ok && lock.value.predecessor).toEqual(dead('before'))
    expect(readdirSync(folder)).toEqual(['lock'])
  })

  it('has one owner when twenty come at once', async () => {
    const folder = scratch({})
    const rounds = 10
    const all = await contenders(folder, 20, rounds)
    for (const one of all) one.go()
    const results = await Promise.all(all.map((one) => one.results))
    for (let round = 0; round < rounds; round += 1) {
      const owners = all.filter((_, index) => results[index]?.[round]?.mine)
      expect(owners).toHaveLength(1)
      const holders = new Set(results.map((list) => list[round]?.holder).filter((holder) => holder !== undefined))
      expect(holders).toEqual(new Set([`run-${owners[0]?.pid}`]))
      expect(ownerAt(join(folder, `lock-${round + 1}`))?.identity.pid).toBe(owners[0]?.pid)
    }
    expect(readdirSync(folder)).toHaveLength(rounds)
  })

  it('has one owner when twenty find a dead one, and that one is told of it', async () => {
    const rounds = 40
    const left = Array.from({ length: rounds }, (_, round) => [`lock-${round + 1}`, JSON.stringify(dead('before'))])
    const folder = scratch(Object.fromEntries(left))
    const all = await contenders(folder, 20, rounds)
    for (const one of all) one.go()
    const results = await Promise.all(all.map((one) => one.results))
    const owned = Array.from({ length: rounds }, (_, round) =>
      results.flatMap((list) => (list[round]?.mine ? [list[round].predecessor ?? 'nobody'] : [])),
    )
    expect(owned).toEqual(Array.from({ length: rounds }, () => ['before']))
  })

  it('stays with a holder that sleeps, until that has ended', async () => {
    const folder = scratch({})
    const path = join(folder, 'lock-1')
    const [holder] = await contenders(folder, 1)
    holder?.go()
    await holder?.results
    const pid = holder?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    expect(takeLock(path, anOwner('other'), table())).toMatchObject({ ok: false, error: { runKey: `run-${pid}` } })
    process.kill(pid, 'SIGCONT')
    expect(takeLock(path, anOwner('other'), table()).ok).toBe(false)
    process.kill(pid, 'SIGKILL')
    await gone(pid)
    const lock = takeLock(path, anOwner('other'), table())
    expect(lock.ok && lock.value.predecessor?.runKey).toBe(`run-${pid}`)
  })

  // A machine that lost power may show the name of a file without its bytes.
  it('does not wait for ever on a record that says nothing', async () => {
    const nothing = [
      '',
      '\0\0\0\0',
      '{"identity":{"pid":1',
      '4711',
      'null',
      '{"identity":null,"runKey":"x","stateDir":"/x"}',
    ]
    const folder = scratch(Object.fromEntries(nothing.map((text, index) => [`lock-${index + 1}`, text])))
    const [contender] = await contenders(folder, 1, nothing.length)
    contender?.go()
    const results = await Promise.race([
      contender?.results,
      once(AbortSignal.timeout(100_000), 'abort').then(() => 'no answer within 100 s'),
    ])
    expect(results).toEqual(nothing.map(() => ({ mine: true })))
    for (const index of nothing.keys())
      expect(ownerAt(join(folder, `lock-${index + 1}`))?.identity.pid).toBe(contender?.pid)
  })
})

const ownerAt = (path: string) => {
  const owner = readOwner(path)
  return typeof owner === 'object' ? owner : undefined
}

describe('readOwner', () => {
  it('answers nothing where there is no record', () => {
    const folder = scratch({ junk: 'junk', list: '[]', part: '{"runKey":"x"}' })
    expect(readOwner(join(folder, 'none'))).toBe('absent')
    for (const name of ['junk', 'list', 'part']) expect(readOwner(join(folder, name)), name).toBe('unreadable')
  })
})
