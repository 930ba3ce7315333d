import { describe, expect, test } from 'vitest'
import { search } from './search.ts'
import { OURS, type Protocol, type Setting } from './world.ts'

/**
 * The protocol, searched: every order of {our steps, crash, post, next run, cancel, a deleted pid file, a process that ends
 * by itself, a pid given to a stranger} for two workers. Nothing is sampled, so what holds here holds in every order.
 */

const NOTHING = { crashes: 0, deletions: 0, reuses: 0, signals: 0 }

const setting = (name: string, over: Partial<Setting>): Setting => ({
  name,
  budget: NOTHING,
  dependent: false,
  child: 'none',
  marks: true,
  ...over,
})

const SETTINGS: readonly Setting[] = [
  setting('nothing goes wrong', { child: 'marked' }),
  setting('two crashes, a deleted pid file, a reused pid', {
    budget: { ...NOTHING, crashes: 2, deletions: 1, reuses: 1 },
  }),
  setting('two crashes, children that keep the cookie', { budget: { ...NOTHING, crashes: 2 }, child: 'marked' }),
  setting('two crashes, children without it in the worktree', { budget: { ...NOTHING, crashes: 2 }, child: 'inside' }),
  setting('two crashes, children without it elsewhere', { budget: { ...NOTHING, crashes: 2 }, child: 'outside' }),
  setting('a crash, a reused pid, children without the cookie', {
    budget: { ...NOTHING, crashes: 1, reuses: 1 },
    child: 'inside',
  }),
  setting('a cancel and a crash, children that keep the cookie', {
    budget: { ...NOTHING, crashes: 1, signals: 1 },
    child: 'marked',
  }),
  setting('one worker needs the other; a cancel, two crashes, a reused pid', {
    budget: { ...NOTHING, crashes: 2, reuses: 1, signals: 1 },
    dependent: true,
    child: 'inside',
  }),
  setting('neither environment nor directory can be read (macOS)', {
    budget: { ...NOTHING, crashes: 2, deletions: 1 },
    marks: false,
    child: 'marked',
  }),
]

describe('in every order, no process is lost, no stranger signalled, one owns, each worker ends once', () => {
  test.each(SETTINGS)('$name', (chosen) => {
    const { violation, worlds, moves, ends } = search(chosen, OURS)
    expect(violation).toBeUndefined()
    expect(ends).toBeGreaterThan(0)
    console.log(`${chosen.name}: ${worlds} worlds, ${moves} steps, ${ends} ends`)
  })
})

const crash = { ...NOTHING, crashes: 1 }

/** What is broken, where, and what the search must find: if it finds nothing, it proves nothing. */
const BROKEN: readonly {
  readonly what: string
  readonly broken: Partial<Protocol>
  readonly where: Partial<Setting>
  readonly found: RegExp
}[] = [
  {
    what: 'the command runs before it is recorded',
    broken: { recordBeforeOpen: false },
    where: { budget: crash, child: 'inside' },
    found: /the child of command \d runs and no record leads to it/,
  },
  {
    what: 'the command runs before it is recorded, where marks cannot be read',
    broken: { recordBeforeOpen: false },
    where: { budget: NOTHING, marks: false },
    found: /command \d runs and no record leads to it/,
  },
  {
    what: 'there is no gate',
    broken: { gated: false },
    where: { budget: NOTHING, marks: false },
    found: /command \d runs and no record leads to it/,
  },
  {
    what: 'a gate outlives its starter',
    broken: { gateSeesEnd: false },
    where: { budget: crash, marks: false },
    found: /command \d lives on/,
  },
  {
    what: 'the end is recorded before the sweep',
    broken: { sweepBeforeGone: false },
    where: { budget: NOTHING, child: 'marked' },
    found: /the child of command \d runs and no record leads to it/,
  },
  {
    what: 'a process is known by its pid alone',
    broken: { identity: false },
    where: { budget: { ...crash, reuses: 1 } },
    found: /a signal to pid \d+, which is not ours/,
  },
  {
    what: 'recovery trusts the pid file, which somebody deleted',
    broken: { journalIsTruth: false },
    where: { budget: { ...crash, deletions: 1 } },
    found: /command \d (lives on|runs and no record leads to it)/,
  },
  {
    what: 'recovery trusts the pid file, and the pid is a stranger’s',
    broken: { journalIsTruth: false },
    where: { budget: { ...crash, reuses: 1 } },
    found: /a signal to pid \d+, which is not ours|command \d runs/,
  },
  {
    what: 'the lock is taken without asking for its holder',
    broken: { lockAsksHolder: false },
    where: { budget: NOTHING },
    found: /two owners of one workspace/,
  },
  {
    what: 'post recovers without the lock',
    broken: { postTakesLock: false },
    where: { budget: crash },
    found: /two owners of one workspace: post and next/,
  },
  {
    what: 'recovery gives an outcome to workers that have one',
    broken: { outcomeOnce: false },
    where: { budget: crash },
    found: /worker \d was given 2 outcomes/,
  },
]

describe('the search finds what is broken', () => {
  test.each(BROKEN)('$what', ({ what, broken, where, found }) => {
    const { violation } = search(setting(what, where), { ...OURS, ...broken })
    expect(violation?.what).toMatch(found)
    // The shortest way there is worth reading: it is the story of the bug.
    console.log(`${what}: ${violation?.way.join(' → ')}`)
  })
})
