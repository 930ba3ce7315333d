import { describe, expect, it } from 'vitest'
import { gitMark, killLeftGit, outlastGit } from '../../src/process/left-git.ts'
import type { ProcessTable } from '../../src/process/snapshot.ts'
import { arena, freshTable, lives, onLinux } from './arena.ts'

describe.skipIf(!onLinux)('a git that outlives its main', () => {
  const left = async (script: string, of = 'repo.git') => {
    const place = arena()
    place.start(`mkfifo "$A/never"; echo $$ > "$A/git.pid"; ${script}`, { env: gitMark(place.path(of)) })
    return { gitDir: place.path('repo.git'), pid: await place.pid('git') }
  }
  // It becomes no other program: between two of them one look would not see it.
  const stuck = 'read -r _ < "$A/never"'

  it('is waited for', async () => {
    const { gitDir, pid } = await left('exec sleep 0.3')
    expect(await outlastGit(gitDir, freshTable(), 30_000)).toEqual([])
    expect(lives(pid)).toBe(false)
  })

  /** At its first look it sees everybody as the kernel shows a process during exec: without an environment. */
  function blindAtFirst(): ProcessTable {
    const table = freshTable()
    let looks = 0
    const snapshot: ProcessTable['snapshot'] = (notBefore) => {
      looks += 1
      const seen = table.snapshot(notBefore)
      return looks === 1 ? { ...seen, variable: () => undefined } : seen
    }
    return { ...table, snapshot }
  }

  it('is looked for again where the first look came while it became another program', async () => {
    const { gitDir, pid } = await left('exec sleep 0.3')
    await outlastGit(gitDir, blindAtFirst(), 30_000)
    expect(lives(pid)).toBe(false)
  })

  it('is ended where it is stuck', async () => {
    const { gitDir, pid } = await left(stuck)
    expect(await outlastGit(gitDir, freshTable(), 100)).toMatchObject([{ pid }])
    expect(lives(pid)).toBe(false)
  })

  it('is ended at once where nobody needs what it writes', async () => {
    const { gitDir, pid } = await left(stuck)
    const asked = performance.now()
    await killLeftGit(gitDir, freshTable())
    expect(lives(pid)).toBe(false)
    // One that somebody needs would be waited for so long, on every machine.
    expect(performance.now() - asked).toBeLessThan(10_000)
  })

  it('is ended so where the first look came while it became another program, too', async () => {
    const { gitDir, pid } = await left(stuck)
    await killLeftGit(gitDir, blindAtFirst())
    expect(lives(pid)).toBe(false)
  })

  it('is left alone where it works for another run', async () => {
    const { gitDir, pid } = await left(stuck, 'another.git')
    expect(await outlastGit(gitDir, freshTable(), 100)).toEqual([])
    await killLeftGit(gitDir, freshTable())
    expect(lives(pid)).toBe(true)
  })
})
