import { describe, expect, it } from 'vitest'
import type { NotPlanned } from '../../src/plan/plan.ts'
import { runCheck } from '../../src/report/check-run.ts'
import { checkSubjects, isOver } from '../../src/report/check-subjects.ts'
import { aNotPlanned, aPlan, aPlanned, aRun, Journal, T0 } from './board-fixture.ts'
import { LINKS } from './check-fixture.ts'
import { faults } from './check-limits.ts'

const broken = (id: string, asked = false): NotPlanned =>
  aNotPlanned(id, { reason: { type: 'invalid-spec' }, message: 'Cannot be read as a spec: no fence', asked })

const planned = (workers: number, notPlanned: readonly NotPlanned[]) =>
  new Journal().add(
    { type: 'run-started', run: aRun(LINKS) },
    {
      type: 'planned',
      plan: aPlan(
        Array.from({ length: workers }, (_, i) => aPlanned(`w${i}`)),
        { notPlanned, counts: { total: 9, completed: 2, blocked: 0, approval: notPlanned.length } },
      ),
    },
  )

const keys = (...args: Parameters<typeof checkSubjects>): readonly string[] =>
  checkSubjects(...args).map(({ key }) => key)

describe('what gets a check run', () => {
  it('is every spec that is worked, named in vain, or waits for approval', () => {
    const notPlanned = [
      aNotPlanned('to approve'),
      broken('broken'),
      broken('broken and named', true),
      aNotPlanned('named, blocked', { reason: { type: 'needs', specs: ['x'] }, asked: true }),
      aNotPlanned('blocked', { reason: { type: 'needs', specs: ['x'] } }),
    ]
    expect(keys(planned(2, notPlanned).board(), 'auto')).toEqual([
      'w0',
      'w1',
      'broken and named',
      'named, blocked',
      'to approve',
    ])
    expect(keys(planned(0, notPlanned.slice(0, 1)).board(), 'auto')).toEqual(['to approve'])
    expect(keys(planned(0, notPlanned.slice(1, 2)).board(), 'auto')).toEqual([])
    expect(keys(planned(2, notPlanned).board(), 'off')).toEqual([])
  })

  it('is one for all where there are more than fifty; what only waits for approval takes the room that is left', () => {
    const approvals = Array.from({ length: 60 }, (_, i) => aNotPlanned(`a${i}`))
    const named = Array.from({ length: 3 }, (_, i) => broken(`n${i}`, true))
    expect(keys(planned(50, []).board(), 'auto')).toHaveLength(50)
    expect(keys(planned(51, []).board(), 'auto')).toEqual([''])
    expect(keys(planned(48, named).board(), 'auto')).toEqual([''])
    expect(keys(planned(47, [...approvals, ...named]).board(), 'auto').slice(47)).toEqual(['n0', 'n1', 'n2'])
    expect(keys(planned(49, approvals).board(), 'auto').slice(49)).toEqual(['a0'])
    expect(keys(planned(51, approvals).board(), 'per-spec')).toHaveLength(111)
    expect(keys(planned(1, []).board(), 'run')).toEqual([''])
  })

  it('is over with its worker, and the one for all with the last of them', () => {
    const journal = planned(2, [aNotPlanned('a')])
    const over = (mode: 'auto' | 'run') =>
      checkSubjects(journal.board(), mode).map((one) => isOver(journal.board(), one))
    expect([over('auto'), over('run')]).toEqual([[false, false, true], [false]])
    journal.done('w0', { type: 'completed', message: '' })
    expect([over('auto'), over('run')]).toEqual([[true, false, true], [false]])
    journal.done('w1', { type: 'completed', message: '' })
    expect([over('auto'), over('run')]).toEqual([[true, true, true], [true]])
  })
})

describe('the check run for all, where nothing is worked', () => {
  it('asks for the approval that everything waits for', () => {
    const payload = runCheck(planned(0, [aNotPlanned('a'), aNotPlanned('b')]).board(), { now: T0 })
    expect(faults(payload)).toEqual([])
    expect(payload).toMatchObject({ status: 'completed', conclusion: 'action_required' })
    expect(payload.output.title).toBe('2 specs need approval')
    expect(payload.output.summary).toMatchInlineSnapshot(`
      "2 completed, 2 need approval.

      - – \`a\` Title of a: not worked: needs approval: run \`chant approve\`.
      - – \`b\` Title of b: not worked: needs approval: run \`chant approve\`.

      [The whole run](https://github.com/o/r/actions/runs/42)"
    `)
    expect(payload.output.annotations).toMatchObject([{ annotation_level: 'notice' }, { annotation_level: 'notice' }])
  })

  it('fails where a spec was named in vain', () => {
    const payload = runCheck(planned(0, [broken('n', true), aNotPlanned('a')]).board(), { now: T0 })
    expect(payload).toMatchObject({ conclusion: 'failure' })
    expect(payload.output.title).toBe('Nothing was worked, 1 asked for but not worked')
  })
})
