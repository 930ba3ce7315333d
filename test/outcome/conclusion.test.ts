import { expect, it } from 'vitest'
import { conclude } from '../../src/outcome/conclusion.ts'
import type { Outcome } from '../../src/outcome/outcome.ts'
import { aFinishedJournal, aJournal, aNotPlanned, aPlan, aPlanned, aRun, Journal } from '../report/board-fixture.ts'

const ran = (...outcomes: readonly Outcome[]): Journal => {
  const journal = new Journal().add({ type: 'planned', plan: aPlan(outcomes.map((_, i) => aPlanned(`s${i}`))) })
  for (const [i, outcome] of outcomes.entries()) journal.done(`s${i}`, outcome)
  return journal
}
const completed: Outcome = { type: 'completed', message: '' }
const unchanged: Outcome = { type: 'no-changes', message: '' }
const failed: Outcome = { type: 'no-commits', message: '' }
const stopped: Outcome = { type: 'cancelled', cause: 'fail-fast', message: '' }
const blocked: Outcome = { type: 'dependency-failed', needs: ['x'], message: '' }

it('success when all that was worked succeeded', () => {
  expect(conclude(ran(completed, unchanged).board())).toBe('success')
})

it('failure when a spec failed, was stopped by us, or has no end', () => {
  expect(conclude(aFinishedJournal().board())).toBe('failure')
  expect(conclude(ran(completed, failed, blocked).board())).toBe('failure')
  expect(conclude(ran(completed, stopped).board())).toBe('failure')
  expect(conclude(aJournal().board())).toBe('failure')
})

it('cancelled after a signal, whatever else happened', () => {
  expect(conclude(ran(completed, failed).add({ type: 'run-stopping', cause: 'signal' }).board())).toBe('cancelled')
  expect(conclude(ran(failed).add({ type: 'run-stopping', cause: 'fail-fast' }).board())).toBe('failure')
})

it('neutral when nothing was worked', () => {
  expect(conclude(ran().board())).toBe('neutral')
  expect(conclude(ran({ type: 'deadline-reached', message: '' }).board())).toBe('neutral')
})

it('a spec that is not planned fails the run only when somebody asked for it', () => {
  const plan = (asked: boolean): Journal =>
    new Journal().add({
      type: 'planned',
      plan: aPlan([aPlanned('a')], { notPlanned: [aNotPlanned('b', { asked, reason: { type: 'invalid-spec' } })] }),
    })
  expect(conclude(plan(false).done('a', completed).board())).toBe('success')
  expect(conclude(plan(true).done('a', completed).board())).toBe('failure')
})

it('mode plan succeeds when there is work', () => {
  const planned = (n: number): Journal =>
    new Journal().add(
      { type: 'run-started', run: aRun({ mode: 'plan' }) },
      { type: 'planned', plan: aPlan(Array.from({ length: n }, (_, i) => aPlanned(`s${i}`))) },
    )
  expect(conclude(planned(2).board())).toBe('success')
  expect(conclude(planned(0).board())).toBe('neutral')
})
