import { describe, expect, it } from 'vitest'
import { CheckoutGuard } from '../../src/work/checkout-guard.ts'
import { specId } from '../builders.ts'
import { ground, write } from '../git/ground.ts'

const [a, b, c] = ['a', 'b', 'c'].map(specId)
if (!a || !b || !c) throw new Error('fixture')

async function guarded() {
  const { folder, workspace, repository } = await ground()
  return { folder, guard: await CheckoutGuard.start(workspace, repository) }
}

describe('CheckoutGuard', () => {
  it('says nothing where nothing was touched', async () => {
    const { guard } = await guarded()
    guard.enter(a)
    expect(await guard.leave(a)).toBeUndefined()
  })

  it('names the files, and the one who was alone', async () => {
    const { folder, guard } = await guarded()
    guard.enter(a)
    write(folder, { 'README.md': 'changed', 'new.txt': 'x' })
    expect(await guard.leave(a)).toEqual({ files: ['README.md', 'new.txt'], suspects: [a] })
  })

  it('tells of a change once', async () => {
    const { folder, guard } = await guarded()
    guard.enter(a)
    write(folder, { 'new.txt': 'x' })
    await guard.leave(a)
    guard.enter(b)
    expect(await guard.leave(b)).toBeUndefined()
  })

  it('suspects everybody who was alive since the last look, in the order of their ids', async () => {
    const { folder, guard } = await guarded()
    guard.enter(b)
    guard.enter(a)
    write(folder, { 'new.txt': 'x' })
    expect(await guard.leave(b)).toEqual({ files: ['new.txt'], suspects: [a, b] })
    expect(await guard.leave(a)).toBeUndefined()
  })

  it('suspects nobody who had left before', async () => {
    const { folder, guard } = await guarded()
    guard.enter(a)
    await guard.leave(a)
    guard.enter(b)
    write(folder, { 'new.txt': 'x' })
    expect(await guard.leave(b)).toEqual({ files: ['new.txt'], suspects: [b] })
  })

  it('suspects one who came and stayed, after others have left', async () => {
    const { folder, guard } = await guarded()
    guard.enter(a)
    guard.enter(b)
    guard.enter(c)
    await Promise.all([guard.leave(a), guard.leave(c)])
    write(folder, { 'new.txt': 'x' })
    expect(await guard.leave(b)).toEqual({ files: ['new.txt'], suspects: [b] })
  })

  it('looks in turn when several leave at once', async () => {
    const { folder, guard } = await guarded()
    for (const id of [a, b, c]) guard.enter(id)
    write(folder, { 'new.txt': 'x' })
    const seen = await Promise.all([a, b, c].map((id) => guard.leave(id)))
    expect(seen).toEqual([{ files: ['new.txt'], suspects: [a, b, c] }, undefined, undefined])
  })
})
