import { describe, expect, it } from 'vitest'
import { apply, emptyBoard, fold } from '../../src/board/board.ts'
import {
  aFinishedJournal,
  aJournal,
  aPlan,
  aPlanned,
  CRITERIA_UNCHECKED,
  id,
  identity,
  Journal,
  SPECS,
  T0,
} from '../report/board-fixture.ts'

const worker = (journal: Journal, specId: string) => journal.board().workers.get(id(specId))

describe('the board', () => {
  it('is the same folded at once or step by step, from any point', () => {
    const { events } = aFinishedJournal()
    for (const n of [0, 1, 5, events.length])
      expect(fold(events.slice(n), fold(events.slice(0, n)))).toEqual(fold(events))
  })

  it('never changes a board that somebody holds', () => {
    const { events } = aFinishedJournal()
    let board = emptyBoard
    for (const event of events) {
      const copy = structuredClone(board)
      const next = apply(board, event)
      expect(board).toEqual(copy)
      board = next
    }
  })

  it('follows a worker through its life', () => {
    const journal = aJournal()
    expect(worker(journal, SPECS.ADF)).toMatchObject({
      state: { type: 'running', attempt: 1 },
      pid: 48121,
      attempts: 1,
      startedAt: T0 + 2000,
      activity: { text: 'Edit src/parallel.rs', at: T0 + 28_000, lines: 90 },
    })
    expect(worker(journal, SPECS.X4N)?.state).toEqual({ type: 'queued' })
    journal
      .at(40)
      .gone(SPECS.ADF, 48121, 0)
      .add({ type: 'worker-verifying', specId: id(SPECS.ADF) })
    journal.add(...journal.process(SPECS.ADF, 49000, 'verify', 0))
    expect(worker(journal, SPECS.ADF)).toMatchObject({ state: { type: 'verifying' }, pid: 48121, attempts: 1 })
    journal.at(50).done(SPECS.ADF, { type: 'completed', message: '' })
    expect(worker(journal, SPECS.ADF)?.spans).toEqual([
      { type: 'preparing', attempt: 0, from: T0 + 2000, to: T0 + 2000 },
      { type: 'agent', attempt: 1, from: T0 + 2000, to: T0 + 40_000 },
      { type: 'verifying', attempt: 1, from: T0 + 40_000, to: T0 + 50_000 },
    ])
  })

  it('keeps the first stop cause and the first end', () => {
    const journal = aJournal()
    const specId = id(SPECS.ADF)
    journal.add(
      { type: 'stop-requested', specId, cause: 'timed-out' },
      { type: 'stop-requested', specId, cause: 'signal' },
    )
    expect(worker(journal, SPECS.ADF)).toMatchObject({
      stopCause: 'timed-out',
      state: { type: 'stopping', cause: 'timed-out' },
    })
    journal
      .done(SPECS.ADF, { type: 'timed-out', minutes: 1, message: '' })
      .done(SPECS.ADF, { type: 'completed', message: '' })
    expect(worker(journal, SPECS.ADF)?.state).toMatchObject({ outcome: { type: 'timed-out' } })
    journal.add({ type: 'branch-returned', specId, branch: 'chant/other', head: 'f'.repeat(40) })
    expect(worker(journal, SPECS.ADF)).toMatchObject({
      state: { type: 'done' },
      branch: 'chant/other',
      branchReturned: true,
    })
    journal.add({ type: 'run-stopping', cause: 'fail-fast' }, { type: 'run-stopping', cause: 'signal' })
    expect(journal.board().stopping).toBe('signal')
  })

  it('remembers a process from intent to end', () => {
    const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('a')]) })
    journal.add(...journal.process('a', 7, 'agent', 1).slice(0, 1))
    const tracked = () => journal.board().processes.get('a-agent-7')
    expect(tracked()?.identity).toBeUndefined()
    journal.add(...journal.process('a', 7, 'agent', 1).slice(1))
    journal.add({ type: 'process-noted', token: 'a-agent-7', processes: [{ pid: 8, start: '1' }] })
    expect(tracked()).toMatchObject({ identity: identity(7), noted: [{ pid: 8 }] })
    journal.gone('a', 7, 3)
    expect(tracked()?.gone).toMatchObject({ exit: { type: 'code', code: 3 }, killed: false })
  })

  it('reads on in a torn journal', () => {
    const journal = new Journal().start('unknown', 7).gone('unknown', 7, 0).done('unknown', CRITERIA_UNCHECKED)
    expect(journal.board().workers.size).toBe(0)
    const other = new Journal().add({
      type: 'process-running',
      specId: id('a'),
      token: 'never-spawned',
      identity: identity(9),
    })
    expect(other.board().processes.size).toBe(0)
  })

  it('collects remarks, the artifact and the end', () => {
    const board = aFinishedJournal().add({ type: 'run-settled' }).board()
    expect(board).toMatchObject({
      warnings: [{ code: 'checkout-touched' }],
      artifact: { name: 'chant-logs', id: 7 },
      conclusion: 'failure',
      startedAt: T0,
      finishedAt: T0 + 612_000,
      settled: true,
    })
  })

  it('knows a conversation once, however often its agent names it', () => {
    const journal = aJournal()
    const specId = id(SPECS.ADF)
    journal.add({ type: 'agent-session', specId, session: 'one' })
    journal.add({ type: 'agent-session', specId, session: 'one', model: 'sonnet' })
    journal.add({ type: 'agent-session', specId, session: 'two' })
    expect(worker(journal, SPECS.ADF)).toMatchObject({ sessions: ['one', 'two'], model: 'sonnet' })
  })
})
