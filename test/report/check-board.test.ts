import { describe, expect, it } from 'vitest'
import type { Board } from '../../src/board/board.ts'
import type { NotPlanned } from '../../src/plan/plan.ts'
import { annotationBatches, type CheckPayload, notPlannedCheck, runCheck } from '../../src/report/check-run.ts'
import {
  aFinishedJournal,
  aNotPlanned,
  aPlan,
  aPlanned,
  aRun,
  CRITERIA_UNCHECKED,
  id,
  Journal,
  T0,
} from './board-fixture.ts'
import { check, LINKS } from './check-fixture.ts'
import { faults } from './check-limits.ts'
import { HOSTILE, markup } from './markdown-shape.ts'

describe('names', () => {
  const names = (titles: Readonly<Record<string, string>>): readonly string[] => {
    const plan = aPlan(Object.entries(titles).map(([specId, title]) => aPlanned(specId, { title })))
    const board = new Journal().add({ type: 'planned', plan }).board()
    return Object.keys(titles).map((specId) => check(board, specId).name)
  }

  it('are the titles, and unique', () => {
    expect(
      names({
        '2026-11-02-a': 'Fix it',
        '2026-11-02-b': 'Fix  it\n',
        '2026-11-02-c': 'Fix it (a)',
        d: '',
        e: 'all specs',
      }),
    ).toEqual([
      'chant / Fix it (a)',
      'chant / Fix it (b)',
      'chant / Fix it (a) (c)',
      'chant / d',
      'chant / all specs (e)',
    ])
  })

  it('hold no control characters and at most 255 characters', () => {
    const long = 'x'.repeat(400)
    const shown = names({ a: long, b: `${long}y`, c: 'a\u202eb\0c' })
    expect(shown.map((name) => name.length)).toEqual([255, 255, 'chant / a\\u202eb\\0c'.length])
    expect(new Set(shown).size).toBe(3)
  })
})

describe('runCheck', () => {
  it('reads as a person would want it', () => {
    const { output, ...rest } = runCheck(aFinishedJournal(LINKS).board(), { now: T0 + 700_000, prefix: 'p' })
    expect(rest).toEqual({
      name: 'chant / all specs',
      external_id: '42-1-chant-work',
      details_url: LINKS.links.run,
      status: 'completed',
      conclusion: 'failure',
      started_at: '2026-11-02T10:31:00Z',
      completed_at: '2026-11-02T10:41:12Z',
    })
    expect(output.title).toBe('4 completed, 1 failed, 1 not run · 10m 12s · 6 commits')
    expect(output.summary).toMatchInlineSnapshot(`
      "|  | completed | failed | not run | time | agents’ time |
      |:--|--:|--:|--:|--:|--:|
      | **6 specs** | 4 | 1 | 1 | 10m 12s | 27m 55s |

      - ✗ \`00r-xby\` Fix worktree race: **1 of 4 acceptance criteria is not ticked: "stress test passes".** Finish the open criteria, or tick them in the spec where they are met; the work is kept on its branch. \`skip-criteria\` turns this check off.
      - – \`04a-bad\` Bad &#124; table: not worked: front matter: duplicate key "status" (first on line 3).
      - – \`04b-app\` Approve me: not worked: needs approval: run \`chant approve\`.

      [The whole run](https://github.com/o/r/actions/runs/42) · [Logs](https://example.com/artifacts/7)"
    `)
    expect(output.text?.split('\n').slice(0, 4)).toMatchInlineSnapshot(`
      [
        "| spec | state | time | commits | branch |",
        "|:--|:--|--:|--:|:--|",
        "| \`00k-adf\` Refactor parallel.rs | ✓&nbsp;completed | 4m 56s | 2 | \`chant/2026-11-02-00k-adf\` |",
        "| \`00r-xby\` Fix worktree race | ✗&nbsp;1 of 4 criteria open | 10m 00s | 1 | \`chant/2026-11-02-00r-xby\` |",
      ]
    `)
    expect(output.annotations?.map((a) => [a.path, a.start_line, a.start_column])).toEqual([
      ['p/.chant/specs/2026-11-02-00r-xby.md', 31, undefined],
      ['p/.chant/specs/2026-11-02-04a-bad.md', 4, 9],
      ['p/.chant/specs/2026-11-02-04b-app.md', 1, undefined],
    ])
  })

  it('is complete with the last worker, before the run has written its reports', () => {
    const { events } = aFinishedJournal()
    const states = events.map((_, n) => {
      const board = new Journal().add(...events.slice(0, n + 1)).board()
      const payload = runCheck(board, { now: T0 + 700_000 })
      expect(faults(payload)).toEqual([])
      return board.workers.size > 0 ? payload.status : ''
    })
    expect([...new Set(states)]).toEqual(['', 'queued', 'in_progress', 'completed'])
    expect(states.slice(-3)).toEqual(['completed', 'completed', 'completed'])
  })

  it.each([200, 500, 3000])('holds a table of %i workers', (n) => {
    const ids = Array.from({ length: n }, (_, i) => `2026-11-02-${i}`)
    const journal = new Journal().add(
      { type: 'run-started', run: aRun(LINKS) },
      { type: 'planned', plan: aPlan(ids.map((s) => aPlanned(s, { title: '<@_*'.repeat(40) }))) },
    )
    for (const [i, s] of ids.entries())
      journal.add({ type: 'check-run-created', specId: id(s), id: i + 1, url: `https://github.com/o/r/runs/${i + 1}` })
    for (const s of ids.slice(0, -1)) journal.done(s, { type: 'completed', message: '' })
    journal.done(ids.at(-1) ?? '', { type: 'exit-non-zero', code: 1, message: '<@_*'.repeat(400) })
    const payload = runCheck(journal.board(), { now: T0 })
    expect(faults(payload)).toEqual([])
    expect(payload.output.text).toContain(`\`${n - 1}\` | [✗&nbsp;exit code 1]`)
    const rows = payload.output.text?.match(/^\| `/gm)?.length ?? 0
    const more = Number(/^\| \+(\d+) more/m.exec(payload.output.text ?? '')?.[1] ?? 0)
    expect(rows + more).toBe(n)
    expect(rows).toBeGreaterThanOrEqual(Math.min(n, 500))
  })
})

describe('notPlannedCheck', () => {
  it('asks for approval', () => {
    const board = aFinishedJournal(LINKS).board()
    const payload = notPlannedCheck(board, aNotPlanned('2026-11-02-04b-app', { title: 'Approve me', line: 3 }), {
      now: T0,
      prefix: 'p',
    })
    expect(faults(payload)).toEqual([])
    expect(payload).toMatchInlineSnapshot(`
      {
        "conclusion": "action_required",
        "details_url": "https://github.com/o/r/actions/runs/42",
        "external_id": "2026-11-02-04b-app",
        "name": "chant / Approve me",
        "output": {
          "annotations": [
            {
              "annotation_level": "notice",
              "end_line": 3,
              "message": "needs approval: run \`chant approve\`",
              "path": "p/.chant/specs/2026-11-02-04b-app.md",
              "start_line": 3,
              "title": "2026-11-02-04b-app is not worked",
            },
          ],
          "summary": "**needs approval: run \`chant approve\`.**

      spec \`.chant/specs/2026-11-02-04b-app.md:3\`

      [The whole run](https://github.com/o/r/actions/runs/42) · [Logs](https://example.com/artifacts/7)",
          "title": "Not worked · needs approval: run \`chant approve\`",
        },
        "status": "completed",
      }
    `)
  })

  it('fails what was asked for in vain, and skips the rest', () => {
    const told = (board: Board, spec: NotPlanned) => notPlannedCheck(board, spec, { now: T0 })
    const board = aFinishedJournal().board()
    const reason = { type: 'status', status: 'paused' } as const
    expect(told(board, aNotPlanned('x', { reason, asked: true })).conclusion).toBe('failure')
    expect(told(board, aNotPlanned('x', { reason })).conclusion).toBe('skipped')
    const hostile = aNotPlanned(HOSTILE, { title: HOSTILE, message: HOSTILE, file: HOSTILE })
    const payload = told(board, hostile)
    expect([faults(payload), markup(payload.output.summary)]).toEqual([[], null])
  })
})

describe('annotations', () => {
  const payload = (open: number): CheckPayload => {
    const outcome = {
      ...CRITERIA_UNCHECKED,
      open: Array.from({ length: open }, (_, i) => ({ text: `${i}`, line: i + 1 })),
    }
    const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('x')]) }).done('x', outcome)
    return check(journal.board(), 'x')
  }

  it('are no more than somebody reads: a spec may have any number of criteria', () => {
    expect(payload(5_000).output.annotations).toEqual(payload(200).output.annotations)
  })

  it('sends each annotation once, 50 in a request, all else in every one', () => {
    expect(annotationBatches(payload(50))).toEqual([payload(50)])
    const parts = annotationBatches(payload(120))
    expect(parts.map(({ output }) => output.annotations?.length)).toEqual([50, 50, 20])
    expect(parts.flatMap(({ output }) => output.annotations ?? [])).toEqual(payload(120).output.annotations)
    expect(parts.map(({ output, ...rest }) => [rest, output.summary])).toEqual(
      Array(3).fill([(({ output: _, ...rest }) => rest)(payload(120)), payload(120).output.summary]),
    )
  })
})
