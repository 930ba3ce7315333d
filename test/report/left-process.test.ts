import { expect, it } from 'vitest'
import { leftWords } from '../../src/process/stop.ts'
import { results } from '../../src/report/results.ts'
import { summary } from '../../src/report/summary.ts'
import { aPlan, aPlanned, aRun, id, Journal, T0 } from './board-fixture.ts'
import { check } from './check-fixture.ts'

/** A worker that ended while a process of it could not be: everything that people are shown says so, until it is gone. */

const left = [
  { pid: 4711, start: '471100' },
  { pid: 4712, start: '1' },
]

const stuck = () =>
  new Journal()
    .add({ type: 'run-started', run: aRun() }, { type: 'planned', plan: aPlan([aPlanned('x')]) })
    .start('x', 4711)
    .add(
      { type: 'process-left', specId: id('x'), token: 'x-agent-4711', processes: left },
      { type: 'warning', code: 'not-stoppable', specId: id('x'), message: leftWords(left) },
    )
    .done('x', { type: 'timed-out', minutes: 1, message: 'Longer than 1 min' })

it('is named with its pid, why it is there and what ends it', () => {
  const board = stuck().board()
  expect(check(board, 'x').output.summary).toContain(
    '| still there | PID 4711, 4712, held by a system call: SIGKILL did not end it, the end of that call or a restart of the machine does |',
  )
  expect(summary(board, { now: T0, tails: new Map(), live: false })).toContain(
    'pid 4711, 4712 did not end after SIGKILL: a system call that cannot be interrupted holds it, most often for a disk or a network share that does not answer.',
  )
  expect(results(board).workers[0]?.left_pids).toEqual([4711, 4712])
})

it('is named shortly where it is many', () => {
  const many = Array.from({ length: 1000 }, (_, n) => ({ pid: n + 1, start: '1' }))
  expect(leftWords(many)).toMatch(/^pid 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 990 more did not end/)
})

it('is no word any more once it is gone', () => {
  const board = stuck().gone('x', 4711, 137).board()
  expect(check(board, 'x').output.summary).not.toContain('still there')
  expect(results(board).workers[0]?.left_pids).toEqual([])
})
