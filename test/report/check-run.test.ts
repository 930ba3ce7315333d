import { describe, expect, it } from 'vitest'
import { runCheck } from '../../src/report/check-run.ts'
import { results } from '../../src/report/results.ts'
import type { Criterion } from '../../src/spec/spec.ts'
import {
  aFinishedJournal,
  aJournal,
  aPlan,
  aPlanned,
  aRun,
  CRITERIA_UNCHECKED,
  id,
  Journal,
  SPECS,
  T0,
  TAILS,
} from './board-fixture.ts'
import { check, LINKS } from './check-fixture.ts'
import { faults } from './check-limits.ts'
import { HOSTILE, markup, withoutFences } from './markdown-shape.ts'
import { OUTCOMES } from './outcomes.ts'

const CRITERIA: readonly Criterion[] = [
  { text: 'pool has slots', ticked: true, line: 30 },
  { text: 'stress test passes', ticked: false, line: 31 },
]

describe('workerCheck', () => {
  it('reads as a person would want it while a worker runs', () => {
    const payload = check(aJournal(LINKS).board(), SPECS.XBY, {
      tail: TAILS.get(id(SPECS.XBY)) ?? [],
      criteria: CRITERIA,
    })
    const { output, ...rest } = payload
    expect(rest).toEqual({
      name: 'chant / Fix worktree race',
      external_id: SPECS.XBY,
      details_url: LINKS.links.run,
      status: 'in_progress',
      started_at: '2026-11-02T10:31:02Z',
    })
    expect(output.title).toBe('Running · 30s · Bash cargo test 19s')
    expect(output.summary).toMatchInlineSnapshot(`
      "| spec | \`.chant/specs/2026-11-02-00r-xby.md\` |
      |:--|:--|
      | process | PID 48127 since 10:31:02 UTC |
      | attempt | 1 |
      | agent | command |
      | branch | \`chant/2026-11-02-00r-xby\` |
      | idle | 19s |
      | commits | 0 |

      ### Acceptance criteria: 1 of 2

      - [x] pool has slots
      - [ ] stress test passes (\`.chant/specs/2026-11-02-00r-xby.md:31\`)

      [The whole run](https://github.com/o/r/actions/runs/42)"
    `)
    expect(output.text).toMatchInlineSnapshot(`
      "The last 3 lines of its log:

      \`\`\`
      running 12 tests
      ::error::not a command
      I could not run the stress test: \`cargo nextest\` is not installed.
      \`\`\`"
    `)
  })

  it('says why it waits for another attempt', () => {
    const message = `429 ${HOSTILE} | **bold**`
    const journal = aJournal(LINKS).at(60).gone(SPECS.XBY, 48127, 1)
    journal.add(
      { type: 'attempt-failed', specId: id(SPECS.XBY), attempt: 1, account: 'two', reason: 'rate-limit', message },
      { type: 'worker-waiting', specId: id(SPECS.XBY), until: '2026-11-02T10:45:00.000Z' },
    )
    const { title, summary } = check(journal.board(), SPECS.XBY).output
    expect(title).toMatch(/^Waiting · .* · waits for another attempt \(rate-limit\), .* left$/)
    expect(summary).toMatch(/^\| attempt 1 \| let down on two: rate-limit \(429 [^|]*\|$/m)
    expect(faults(check(journal.board(), SPECS.XBY))).toEqual([])
  })

  it('is not over while somebody only waits, and counts who does', () => {
    const journal = aJournal(LINKS).at(60).gone(SPECS.XBY, 48127, 1)
    journal.add({ type: 'worker-waiting', specId: id(SPECS.XBY), until: '2026-11-02T10:45:00.000Z' })
    const { status, output } = runCheck(journal.board(), { now: T0 + 60_000 })
    expect(status).toBe('in_progress')
    expect(output.title).toMatchInlineSnapshot(`"2 running, 1 waiting, 3 queued · 1m 00s"`)
    expect(output.summary.split('\n')[0]).toMatchInlineSnapshot(
      `"|  | completed | failed | running | waiting | queued | time | agents’ time |"`,
    )
    expect(output.text).toContain('◦&nbsp;waits for its account, 13m 00s left')
    const alone = new Journal()
      .add({ type: 'planned', plan: aPlan([aPlanned('a')]) })
      .start('a', 1)
      .gone('a', 1, 1)
    alone.add({ type: 'worker-waiting', specId: id('a'), until: '2026-11-02T10:45:00.000Z' })
    expect(runCheck(alone.board(), { now: T0 })).toMatchObject({ status: 'in_progress' })
    expect(results(alone.board()).run.counts).toMatchObject({ total: 1, unfinished: 1 })
  })

  it('says the cause first when it failed, and marks the criterion in the file', () => {
    const payload = check(aFinishedJournal(LINKS).board(), SPECS.XBY, { criteria: CRITERIA, prefix: 'packages/core/' })
    expect(payload).toMatchObject({ status: 'completed', conclusion: 'failure', completed_at: '2026-11-02T10:41:02Z' })
    expect(payload.output.title).toBe('Failed · 1 of 4 criteria open · 10m 00s · 1 commit')
    expect(payload.output.summary).toMatchInlineSnapshot(`
      "**1 of 4 acceptance criteria is not ticked: "stress test passes".** It took 10m 00s.

      **What to do:** Finish the open criteria, or tick them in the spec where they are met; the work is kept on its branch. \`skip-criteria\` turns this check off.

      | spec | \`.chant/specs/2026-11-02-00r-xby.md\` |
      |:--|:--|
      | process | PID 48127 from 10:31:02 to 10:41:02 UTC |
      | attempt | 1 |
      | agent | command |
      | branch | \`chant/2026-11-02-00r-xby\` |
      | commits | 1 |

      ### Acceptance criteria: 1 of 2

      - [x] pool has slots
      - [ ] stress test passes (\`.chant/specs/2026-11-02-00r-xby.md:31\`)

      [The whole run](https://github.com/o/r/actions/runs/42) · [Logs](https://example.com/artifacts/7)"
    `)
    expect(payload.output.annotations).toEqual([
      {
        path: 'packages/core/.chant/specs/2026-11-02-00r-xby.md',
        start_line: 31,
        end_line: 31,
        annotation_level: 'failure',
        title: 'Not ticked',
        message: 'stress test passes',
      },
    ])
    const without = check(aFinishedJournal().board(), SPECS.XBY).output.summary
    expect(without).toContain('- stress test passes (`.chant/specs/2026-11-02-00r-xby.md:31`)')
  })

  it('has a title for every moment', () => {
    const { events } = aFinishedJournal()
    const titles = (specId: string): readonly string[] => {
      const seen = events.map((_, n) => {
        const board = new Journal().add(...events.slice(0, n + 1)).board()
        if (!board.workers.has(id(specId))) return ''
        const payload = check(board, specId, { now: Date.parse(events[n]?.at ?? '') })
        expect(faults(payload)).toEqual([])
        return `${payload.status}: ${payload.output.title}`
      })
      return [...new Set(seen)].filter((title) => !/running|Running/.test(title) && title !== '')
    }
    expect(titles(SPECS.X4N)).toMatchInlineSnapshot(`
      [
        "queued: Queued · after 00k-adf",
        "in_progress: Preparing · 4m 58s",
        "in_progress: Verifying · 10m 10s",
        "in_progress: Finalizing · 10m 10s",
        "completed: Completed · 0.0s · 1 commit",
      ]
    `)
    expect(titles(SPECS.ZZ1)).toMatchInlineSnapshot(`
      [
        "queued: Queued · after 00r-xby",
        "completed: Not run · needs 00r-xby",
      ]
    `)
  })

  it('tells a later attempt and silence', () => {
    const journal = aJournal()
      .at(31)
      .gone(SPECS.XBY, 48127, 1)
      .add(...new Journal().process(SPECS.XBY, 48200, 'agent', 2))
    journal.at(431).add({ type: 'agent-quiet', specId: id(SPECS.XBY), idleMs: 360_000, cpuShare: 0.31 })
    const { title, summary } = check(journal.board(), SPECS.XBY, { now: T0 + 432_000 }).output
    expect(title).toMatch(/^Running, attempt 2 · 7m 10s · /)
    expect(summary).toContain('| process | PID 48200 since 10:31:31 UTC |')
    expect(summary).toContain('| idle | 6m 01s, with 31 % CPU |')
  })

  it.each(OUTCOMES)('concludes $type', (outcome) => {
    const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('x')]) }).done('x', outcome)
    const payload = check(journal.board(), 'x')
    expect(faults(payload)).toEqual([])
    const expected: Partial<Record<typeof outcome.type, string>> = {
      completed: 'success',
      'no-changes': 'success',
      'timed-out': 'timed_out',
      stalled: 'timed_out',
      cancelled: 'cancelled',
      'cancelled-before-start': 'cancelled',
      'dependency-failed': 'skipped',
      'deadline-reached': 'neutral',
      'budget-reached': 'neutral',
      'quota-exhausted': 'neutral',
    }
    expect(payload.conclusion).toBe(expected[outcome.type] ?? 'failure')
    const failed = payload.conclusion === 'failure' || payload.conclusion === 'timed_out'
    expect(payload.output.annotations?.length ?? 0).toBe(failed ? 1 : 0)
  })

  it('drops log lines, then criteria, and stays whole', () => {
    const journal = aFinishedJournal()
    const tail = Array.from({ length: 5000 }, (_, i) => `${i} ${'`'.repeat(i % 1500)} ${'日本'.repeat(100)}`)
    const criteria = Array.from({ length: 3000 }, (_, i) => ({
      text: `${i} ${'<@_*'.repeat(80)}`,
      ticked: i % 2 === 0,
      line: i + 1,
    }))
    const payload = check(journal.board(), SPECS.XBY, { tail, criteria })
    expect(faults(payload)).toEqual([])
    expect(payload.output.text?.split('\n').at(-2)).toMatch(/^4999 /)
    expect(Buffer.byteLength(payload.output.text ?? '')).toBeGreaterThan(50_000)
    expect(payload.output.summary).toContain('### Acceptance criteria: 1500 of 3000')
    expect(payload.output.summary).toMatch(/^- \+\d+ more$/m)
    expect(check(journal.board(), SPECS.XBY, { tail: ['', ' '] }).output.text).toBeUndefined()
  })

  it('fills the text to the last line that fits', () => {
    for (const line of ['x', '`'.repeat(2000), '\0'.repeat(900), '💥'.repeat(600)]) {
      const text = check(aFinishedJournal().board(), SPECS.XBY, { tail: Array(70_000).fill(line) }).output.text ?? ''
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535)
      expect(Buffer.byteLength(text)).toBeGreaterThan(60_000)
      expect(withoutFences(text)).not.toContain(line)
    }
  })

  it('lets no foreign text become markup', () => {
    const journal = new Journal().add(
      { type: 'run-started', run: aRun({ ...LINKS, agent: HOSTILE }) },
      {
        type: 'planned',
        plan: aPlan([aPlanned('x', { title: HOSTILE, agent: HOSTILE, model: HOSTILE, file: HOSTILE })]),
      },
    )
    journal.start('x', 1, `b${HOSTILE}`).add({ type: 'agent-activity', specId: id('x'), text: HOSTILE, lines: 1 })
    const criteria = [{ text: HOSTILE, ticked: false, line: 1 }]
    for (const outcome of [
      undefined,
      { ...CRITERIA_UNCHECKED, message: HOSTILE, open: [{ text: HOSTILE, line: 1 }] },
      { type: 'output-invalid', schema: HOSTILE, errors: [HOSTILE], message: HOSTILE } as const,
      { type: 'checkout-touched', files: [HOSTILE], message: HOSTILE } as const,
      { type: 'signal', signal: HOSTILE, message: HOSTILE } as const,
    ]) {
      const board = (outcome ? new Journal().add(...journal.events).done('x', outcome) : journal).board()
      for (const payload of [
        check(board, 'x', { tail: HOSTILE.split('\n') }),
        check(board, 'x', { criteria }),
        runCheck(board, { now: T0 }),
      ]) {
        expect(faults(payload)).toEqual([])
        expect(markup(payload.output.summary)).toBeNull()
        expect(markup(payload.output.text ?? '')).toBeNull()
      }
    }
  })
})
