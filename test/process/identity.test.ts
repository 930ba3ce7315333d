import { describe, expect, it, vi } from 'vitest'
import { compare } from '../../src/process/identity.ts'
import { isAlive } from '../../src/process/snapshot.ts'
import { arena, gone, hasTable, identityOfPid, kill, PATIENCE_MS, table } from './arena.ts'

describe.skipIf(!hasTable)('compare', () => {
  it('knows a process again', async () => {
    const place = arena()
    place.start('echo $$ > "$A/child.pid"; exec sleep 60')
    const identity = identityOfPid(await place.pid('child'))
    expect(compare(identity, table())).toBe('same')
    expect(compare(identityOfPid(process.pid), table())).toBe('same')
  })

  it('takes nobody with the same pid for it', () => {
    const us = identityOfPid(process.pid)
    expect(compare({ ...us, start: '1' }, table())).toBe('different')
    expect(compare({ ...us, boot: 'another' }, table())).toBe('different')
    expect(compare({ ...us, boot: 'another', namespace: 'pid:[1]' }, table())).toBe('different')
  })

  it('does not know about other namespaces', () => {
    expect(compare({ ...identityOfPid(process.pid), namespace: 'pid:[1]' }, table())).toBe('unknown')
  })

  it('sees that it is gone', async () => {
    const place = arena()
    place.start('echo $$ > "$A/child.pid"; exec sleep 60')
    const pid = await place.pid('child')
    const identity = identityOfPid(pid)
    kill(pid, 'SIGKILL')
    await gone(pid)
    expect(compare(identity, table())).toBe('different')
  })

  it('takes a zombie for dead, though it can be signalled', async () => {
    const place = arena()
    // The parent becomes a `sleep`, which never waits for the child it inherits.
    const child = `sh -c 'echo $$ > "$A/zombie.pid"; read -r _ < "$A/never"'`
    place.start(`mkfifo "$A/never"; ${child} & echo $$ > "$A/parent.pid"; exec sleep 60`, { env: {} })
    const parent = await place.pid('parent')
    await vi.waitFor(() => expect(table().row(parent)?.name).toBe('sleep'), { interval: 5, timeout: PATIENCE_MS })
    const pid = await place.pid('zombie')
    const identity = identityOfPid(pid)
    kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(table().row(pid)?.state).toBe('Z'), { interval: 5, timeout: PATIENCE_MS })
    expect(process.kill(pid, 0)).toBe(true)
    expect(isAlive(table().row(pid))).toBe(false)
    expect(compare(identity, table())).toBe('different')
  })
})
