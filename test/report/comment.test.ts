import { describe, expect, it } from 'vitest'
import { commentBody, commentMarker, isMarked } from '../../src/report/comment.ts'
import {
  aFinishedJournal,
  aJournal,
  aNotPlanned,
  aPlan,
  aPlanned,
  aRun,
  CRITERIA_UNCHECKED,
  id,
  Journal,
  T0,
} from './board-fixture.ts'
import { HOSTILE, markup, whole } from './markdown-shape.ts'

const marker = commentMarker('.github/workflows/chant.yml')
const options = { now: T0 + 32_000, marker }

describe('the comment', () => {
  it('reads as a person would want it', () => {
    const links = { repository: 'https://github.com/o/r', run: 'https://github.com/o/r/actions/runs/42' }
    expect(commentBody(aFinishedJournal({ links }).board(), { ...options, now: T0 + 612_000 })).toMatchInlineSnapshot(`
      "<!-- chant-action:.github%2Fworkflows%2Fchant.yml -->
      ### chant: 4 of 6 specs completed

      |  | completed | failed | not run | time | agents’ time |
      |:--|--:|--:|--:|--:|--:|
      | **6 specs** | 4 | 1 | 1 | 10m 12s | 27m 55s |

      - ✗ \`00r-xby\` Fix worktree race: **1 of 4 acceptance criteria is not ticked: "stress test passes".** Finish the open criteria, or tick them in the spec where they are met; the work is kept on its branch. \`skip-criteria\` turns this check off.
      - – \`04a-bad\` Bad &#124; table: not worked: front matter: duplicate key "status" (first on line 3).
      - – \`04b-app\` Approve me: not worked: needs approval: run \`chant approve\`.

      | spec | state | time | commits | branch |
      |:--|:--|--:|--:|:--|
      | \`00k-adf\` Refactor parallel.rs | ✓&nbsp;completed | 4m 56s | 2 | \`chant/2026-11-02-00k-adf\` |
      | \`00r-xby\` Fix worktree race | ✗&nbsp;1 of 4 criteria open | 10m 00s | 1 | \`chant/2026-11-02-00r-xby\` |
      | \`01c-tud\` Fail early on invalid YAML | ✓&nbsp;completed | 2m 35s | 1 | \`chant/2026-11-02-01c-tud\` |
      | \`02a-x4n\` Measure the pool | ✓&nbsp;completed | 5m 12s | 1 | \`chant/2026-11-02-02a-x4n\` |
      | \`02b-p9q\` Name the slots | ✓&nbsp;no changes | 5m 12s | 1 | \`chant/2026-11-02-02b-p9q\` |
      | \`03f-zz1\` Document the flow | –&nbsp;needs 00r-xby |  |  |  |

      [The whole run](https://github.com/o/r/actions/runs/42) · [Logs](https://example.com/artifacts/7) · as of 2026-11-02 10:41 UTC
      "
    `)
    expect(commentBody(aJournal().board(), options)).toMatchInlineSnapshot(`
      "<!-- chant-action:.github%2Fworkflows%2Fchant.yml -->
      ### chant: 3 running, 3 queued…

      |  | completed | failed | running | queued | time | agents’ time |
      |:--|--:|--:|--:|--:|--:|--:|
      | **6 specs** | 0 | 0 | 3 | 3 | 32s | 1m 27s |

      - – \`04a-bad\` Bad &#124; table: not worked: front matter: duplicate key "status" (first on line 3).
      - – \`04b-app\` Approve me: not worked: needs approval: run \`chant approve\`.

      | spec | state | time | commits |
      |:--|:--|--:|--:|
      | \`00k-adf\` Refactor parallel.rs | ▸&nbsp;running · Edit src/parallel.rs 4s | 30s | 0 |
      | \`00r-xby\` Fix worktree race | ▸&nbsp;running · Bash cargo test 19s | 30s | 0 |
      | \`01c-tud\` Fail early on invalid YAML | ▸&nbsp;running · thinking 2s | 27s | 0 |
      | \`02a-x4n\` Measure the pool | ·&nbsp;queued, after 00k-adf |  |  |
      | \`02b-p9q\` Name the slots | ·&nbsp;queued, after 00k-adf |  |  |
      | \`03f-zz1\` Document the flow | ·&nbsp;queued, after 00r-xby |  |  |

      as of 2026-11-02 10:31 UTC
      "
    `)
    expect(
      commentBody(
        new Journal()
          .add({ type: 'planned', plan: aPlan([]) })
          .finish()
          .board(),
        options,
      ),
    ).toMatchInlineSnapshot(`
      "<!-- chant-action:.github%2Fworkflows%2Fchant.yml -->
      ### Nothing to do: there is no spec in .chant/specs

      as of 2026-11-02 10:31 UTC
      "
    `)
  })

  it('says once what is to be done about many, and counts what nobody reads', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `2026-11-02-${i}`)
    const journal = new Journal().add({ type: 'planned', plan: aPlan(ids.map((s) => aPlanned(s))) })
    for (const s of ids) journal.done(s, { type: 'exit-non-zero', code: 3, message: 'The agent exited with code 3' })
    const body = commentBody(journal.board(), options)
    expect(body.match(/The agent ended by itself/g)).toHaveLength(1)
    const lines = body.split('\n').filter((line) => line.startsWith('- '))
    expect(lines.slice(0, 2)).toEqual([
      '- ✗ `0` Title of 2026-11-02-0: **The agent exited with code 3.** The agent ended by itself: the end of its log says why. What was done until then is on its branch.',
      '- ✗ `1` Title of 2026-11-02-1: **The agent exited with code 3.**',
    ])
    expect(lines.slice(20)).toEqual(['- +10 more'])
  })

  it('is not over while somebody waits', () => {
    const journal = new Journal().add({ type: 'planned', plan: aPlan([aPlanned('a'), aPlanned('b')]) })
    journal.done('a', { type: 'completed', message: '' })
    journal.start('b', 7).add({ type: 'worker-waiting', specId: id('b'), until: '2026-11-02T10:45:00.000Z' })
    expect(commentBody(journal.board(), options)).toContain('### chant: 1 completed, 1 waiting…')
  })

  it('is known by its marker alone', () => {
    expect(marker).toBe('<!-- chant-action:.github%2Fworkflows%2Fchant.yml -->')
    expect(commentMarker('a --> <b> -- \n')).toBe('<!-- chant-action:a%20%2D%2D%3E%20%3Cb%3E%20%2D%2D%20%0A -->')
    const body = commentBody(aJournal().board(), options)
    expect([isMarked(body, marker), isMarked(body, commentMarker('other')), isMarked(` ${body}`, marker)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('lets no foreign text become markup, a mention or a marker', () => {
    const plan = aPlan([aPlanned('x', { title: HOSTILE, agent: HOSTILE })], {
      notPlanned: [aNotPlanned(HOSTILE, { title: HOSTILE, message: HOSTILE, asked: true })],
    })
    const journal = new Journal().add({ type: 'run-started', run: aRun() }, { type: 'planned', plan })
    journal.start('x', 1, HOSTILE).done('x', { ...CRITERIA_UNCHECKED, message: HOSTILE })
    const body = commentBody(journal.board(), options)
    expect(markup(body)).toBeNull()
    expect(body.match(/<!-- chant-action:/g)).toHaveLength(1)
    expect(whole(body)).toBe(true)
  })

  it.each([21, 500, 4000])('stays below 65,536 characters with %i workers', (n) => {
    const ids = Array.from({ length: n }, (_, i) => `2026-11-02-${i}`)
    const journal = new Journal().add({
      type: 'planned',
      plan: aPlan(ids.map((s) => aPlanned(s, { title: '<@_*'.repeat(40) }))),
    })
    for (const [i, s] of ids.entries()) {
      const message = '<@_*'.repeat(400)
      journal.done(s, i % 2 === 0 ? { type: 'completed', message } : { type: 'exit-non-zero', code: 1, message })
    }
    const body = commentBody(journal.board(), options)
    expect(body.length).toBeLessThanOrEqual(65_536)
    expect(whole(body)).toBe(true)
    expect(body).toContain(`<details><summary>All ${n} specs</summary>`)
    const rows = body.match(/^\| `/gm)?.length ?? 0
    const more = Number(/^\| \+(\d+) more/m.exec(body)?.[1] ?? 0)
    expect(rows + more).toBe(n)
  })
})
