import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import {
  forgetOldRuns,
  freeStateDir,
  makeStateDir,
  markSettled,
  removePlace,
  runKeyOf,
  stateDirAt,
  stateDirOf,
  unsettledRuns,
  unsign,
} from '../../src/shell/state-dir.ts'
import { specId } from '../builders.ts'
import { hasTable, identityOfPid, onLinux, table } from '../process/arena.ts'
import { scratch } from '../scripts/scratch.ts'

const HASH = '[0-9a-f]{16}'

describe('stateDirOf', () => {
  it.each([
    ['XDG_STATE_HOME', { XDG_STATE_HOME: '/xdg', HOME: '/home/a' }, '/xdg'],
    [
      'HOME, where XDG_STATE_HOME is no absolute path',
      { XDG_STATE_HOME: 'xdg', HOME: '/somewhere/a' },
      '/somewhere/a/.local/state',
    ],
    ['HOME', { HOME: '/somewhere/a' }, '/somewhere/a/.local/state'],
    ['the home of the user, where there is no HOME', { HOME: '' }, `${homedir()}/.local/state`],
  ])('lies in %s', (_, env, home) => {
    expect(stateDirOf(env, '/some/repo', 'key').root).toMatch(new RegExp(`^${home}/chant-action/${HASH}/key$`))
  })

  it('is another for every workspace and run, with one lock for a workspace', () => {
    const env = { HOME: '/home/a' }
    const [a, b, other] = [stateDirOf(env, '/a', '1'), stateDirOf(env, '/a', '2'), stateDirOf(env, '/b', '1')]
    expect(new Set([a.root, b.root, other.root]).size).toBe(3)
    expect(a.lock).toBe(b.lock)
    expect(a.lock).not.toBe(other.lock)
    expect(stateDirAt(a.root).journal).toBe(a.journal)
    expect(a.log(specId('x.1'))).toBe(join(a.report, 'logs', 'x.1.log'))
  })
})

const us = () => identityOfPid(process.pid)

describe.skipIf(!hasTable)('makeStateDir', () => {
  it('is for nobody else, and known by its real path', () => {
    const home = realpathSync(scratch({ 'real/x': '' }))
    symlinkSync('real', join(home, 'link'))
    const dir = makeStateDir(stateDirOf({ XDG_STATE_HOME: join(home, 'link') }, '/w', 'key'), us())
    expect(dir.root.startsWith(join(home, 'real'))).toBe(true)
    for (const folder of [dir.root, dir.raw, dir.worktrees, dir.report, dir.logs])
      expect(statSync(folder).mode & 0o777, folder).toBe(0o700)
    // The run's repository is made by git.
    expect(existsSync(dir.repository)).toBe(false)
  })

  it('makes the folder again where somebody takes it away while it is empty', () => {
    const home = realpathSync(scratch({}))
    const folder = stateDirOf({ XDG_STATE_HOME: home }, '/w', 'key').root
    const taker = spawn('sh', ['-c', 'while :; do rmdir "$1"; done 2>/dev/null', 'sh', folder], { stdio: 'ignore' })
    try {
      for (let turn = 0; turn < 300; turn += 1) {
        const { root } = makeStateDir(stateDirAt(folder), us())
        expect(existsSync(join(root, 'raw'))).toBe(true)
        rmSync(root, { recursive: true, force: true })
      }
    } finally {
      taker.kill('SIGKILL')
    }
  })
})

describe('freeStateDir', () => {
  it('gives two steps of one key a place each', () => {
    const env = { XDG_STATE_HOME: realpathSync(scratch({})) }
    const first = freeStateDir(env, '/w', 'key')
    expect(first.root.endsWith('/key')).toBe(true)
    mkdirSync(first.root, { recursive: true })
    expect(freeStateDir(env, '/w', 'key').root).toBe(`${first.root}.2`)
  })
})

describe('runKeyOf', () => {
  const now = new Date('2026-11-02T10:31:02.345Z')
  it('names run, attempt, job and step', () => {
    const env = { GITHUB_RUN_ID: '77', GITHUB_RUN_ATTEMPT: '2', GITHUB_JOB: 'chant', GITHUB_ACTION: '__self_2' }
    expect(runKeyOf(env, now)).toBe('77-2-chant-__self_2')
  })

  it('is the time where there is no run', () => {
    expect(runKeyOf({}, now)).toBe('local-20261102T103102345Z')
  })

  it('is safe as the name of a folder', () => {
    const env = { GITHUB_RUN_ID: '../..', GITHUB_JOB: 'a/b c\n', GITHUB_ACTION: 'é'.repeat(300) }
    const key = runKeyOf(env, now)
    expect(key).toMatch(/^[A-Za-z0-9._-]+$/)
    expect(key.length).toBeLessThanOrEqual(150)
    expect(join('/state', key).startsWith('/state/')).toBe(true)
  })
})

describe.skipIf(!hasTable)('runs of one workspace', () => {
  const DAY = 24 * 60 * 60
  function runs() {
    const home = realpathSync(scratch({}))
    const make = (key: string, { days = 0, settled = true, journal = true, maker = us() } = {}) => {
      const dir = makeStateDir(stateDirOf({ XDG_STATE_HOME: home }, '/w', key), maker)
      if (journal) writeFileSync(dir.journal, '{"at":"2026-11-02T10:31:02.345Z","type":"run-started","run":{}}\n')
      if (settled) markSettled(dir)
      const at = Date.now() / 1000 - days * DAY
      for (const path of [dir.journal, join(dir.root, 'settled'), dir.root])
        if (existsSync(path)) utimesSync(path, at, at)
      return dir
    }
    return { home, make }
  }

  it('are forgotten a week after they settled, and never before', async () => {
    const { make } = runs()
    const old = make('old', { days: 8 })
    const fresh = make('fresh', { days: 6 })
    const unsettled = make('unsettled', { days: 800, settled: false })
    const current = make('current', { days: 9 })
    writeFileSync(current.lock, '{}')
    utimesSync(current.lock, 1, 1)
    await forgetOldRuns(current, table())
    expect([old, fresh, unsettled, current].map(({ root }) => existsSync(root))).toEqual([false, true, true, true])
    expect(existsSync(current.lock)).toBe(true)
  })

  it('are forgotten at once where their maker died before it had a journal', async () => {
    const { make } = runs()
    const current = make('current', { settled: false })
    const dead = make('dead', { settled: false, journal: false, maker: { ...us(), start: '1' } })
    const unseen = make('unseen', { settled: false, journal: false, maker: { ...us(), namespace: 'pid:[1]' } })
    const alive = make('alive', { settled: false, journal: false })
    const begun = make('begun', { settled: false, maker: { ...us(), start: '1' } })
    const junk = make('junk', { settled: false, journal: false })
    rmSync(join(junk.root, 'maker'))
    symlinkSync('junk', join(junk.root, 'maker'))
    // Killed between the folder and its own name.
    const unsigned = join(current.root, '..', 'unsigned')
    mkdirSync(unsigned)
    await forgetOldRuns(current, table())
    expect(existsSync(unsigned)).toBe(false)
    expect([dead, unseen, alive, begun, junk].map(({ root }) => existsSync(root))).toEqual([
      false,
      true,
      true,
      true,
      true,
    ])
  })

  it('leave alone what a link points to', async () => {
    const { home, make } = runs()
    const current = make('current')
    mkdirSync(join(home, 'precious'))
    writeFileSync(join(home, 'precious', 'settled'), '')
    utimesSync(join(home, 'precious'), 1, 1)
    symlinkSync(join(home, 'precious'), join(current.root, '..', 'link'))
    await forgetOldRuns(current, table())
    expect(existsSync(join(home, 'precious', 'settled'))).toBe(true)
  })

  it('are unsettled while they have a journal and no mark', () => {
    const { make } = runs()
    const current = make('current', { settled: false })
    const open = make('open', { settled: false })
    make('settled')
    make('empty', { settled: false, journal: false })
    expect(unsettledRuns(current).map(({ root }) => root)).toEqual([open.root])
    expect(unsettledRuns(stateDirOf({ XDG_STATE_HOME: '/nowhere' }, '/w', 'k'))).toEqual([])
  })

  it.skipIf(!onLinux).each(['maker', 'settled'])(
    'can be told for abandoned by %s until its removal is through',
    async (proof) => {
      const dir = makeStateDir(stateDirOf({ XDG_STATE_HOME: realpathSync(scratch({})) }, '/w', 'key'), us())
      unsign(dir)
      // Of a folder with so many names none is read last by chance.
      const others = Array.from({ length: 40 }, (_, index) => `name-${index}`)
      others.forEach((name, index) => {
        if (index === 20) symlinkSync('anything', join(dir.root, proof))
        writeFileSync(join(dir.root, name), '')
      })
      const gone: string[] = []
      const watcher = watch(dir.root, (_, name) => void gone.push(name ?? ''))
      removePlace(dir)
      await vi.waitFor(() => expect(gone).toContain(proof), { timeout: 60_000 })
      watcher.close()
      expect(existsSync(dir.root)).toBe(false)
      expect(gone).toEqual(expect.arrayContaining(others))
      for (const name of others) expect(gone.indexOf(name), name).toBeLessThan(gone.indexOf(proof))
    },
  )
})
