import { describe, expect, it } from 'vitest'
import { bytes } from '../../src/report/fit.ts'
import { planSummary } from '../../src/report/plan-summary.ts'
import { postAppendix } from '../../src/report/post-appendix.ts'
import { summary } from '../../src/report/summary.ts'
import type { SpecId } from '../../src/spec/spec.ts'
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
  SPECS,
  T0,
  TAILS,
} from './board-fixture.ts'
import { LINKS } from './check-fixture.ts'
import { whole, withoutFences } from './markdown-shape.ts'

const options = { now: T0 + 700_000, tails: TAILS, live: false }

it('says which accounts take nothing now, and which spec had no quota', () => {
  const journal = aJournal({ accounts: ['one', 'two|x'] })
  journal.at(60).add({ type: 'account-changed', account: 'one', limit: 1, pausedUntil: '2026-11-02T10:44:59.999Z' })
  journal.add({ type: 'account-changed', account: 'two|x', limit: 2, stopped: 'quota', why: 'no *money*' })
  journal.done(SPECS.TUD, { type: 'quota-exhausted', message: 'credit balance is too low' })
  const at = (now: number) => summary(journal.board(), { now, tails: new Map(), live: true })
  expect(at(T0 + 61_000)).toContain('Account one paused until 10:45:00 UTC.')
  expect(at(T0 + 3_600_000)).not.toContain('Account one')
  expect(at(T0 + 3_600_000)).toMatch(/Account two\S*x not used any more: no quota left \(no &#42;money&#42;\)\./)
  expect(at(T0 + 61_000)).toContain('no quota left: credit balance is too low')
})

it('takes what an input says for words, in its heading too', () => {
  const journal = new Journal().add(
    { type: 'run-started', run: aRun({ inputs: { labels: '<img/src=x>,@bob' } }) },
    { type: 'planned', plan: aPlan([], { counts: { total: 3, completed: 1, blocked: 0, approval: 0 } }) },
  )
  expect(summary(journal.board(), options).split('\n')[0]).toBe(
    '# Nothing to do: no ready spec has one of the labels &#60;img/src=x&#62;, @<!-- -->bob',
  )
})

it('leads on GitHub to the lines of a spec and to its check run', () => {
  const journal = aFinishedJournal({ ...LINKS, checks: { commit: 'c0ffee', prefix: 'a b/' } })
  journal.add({ type: 'check-run-created', specId: SPECS.XBY, id: 7, url: 'https://github.com/o/r/runs/7' })
  const failure = summary(journal.board(), options).split('## ')[1] ?? ''
  expect(failure).toContain(
    '- stress test passes ([line 31](https://github.com/o/r/blob/c0ffee/a%20b/.chant/specs/2026-11-02-00r-xby.md?plain=1#L31))',
  )
  expect(failure).toContain(' · [check run](https://github.com/o/r/runs/7) · ')
})

it('has its last word where every worker is at its end, though post goes on', () => {
  const journal = aJournal().add({ type: 'run-stopping', cause: 'signal' })
  for (const specId of Object.values(SPECS))
    journal.done(specId, { type: 'cancelled-before-start', cause: 'signal', message: 'Not started' })
  expect(summary(journal.board(), { ...options, live: true })).toMatch(/^# chant: cancelled, 0 of 6 specs completed\n/)
})

it('names no patch where there is no work in it', () => {
  const board = (commits: readonly string[]) =>
    aJournal()
      .start(SPECS.ADF, 9)
      .add({ type: 'work-committed', specId: id(SPECS.ADF), commits, head: 'a', salvaged: false })
      .add({ type: 'patch-written', specId: id(SPECS.ADF), patch: 'logs/x.patch' })
      .done(SPECS.ADF, { type: 'no-commits', message: 'No commits' })
      .board()
  expect(summary(board([]), options)).not.toContain('patch')
  expect(summary(board(['a']), options)).toContain('patch `logs/x.patch`')
})

describe('summary', () => {
  it('reads as a person would want it', () => {
    expect(summary(aFinishedJournal().board(), options)).toMatchInlineSnapshot(`
      "# chant: 4 of 6 specs completed

      |  | completed | failed | not run | time | agents’ time |
      |:--|--:|--:|--:|--:|--:|
      | **6 specs** | 4 | 1 | 1 | 10m 12s | 27m 55s |

      ## ✗ Fix worktree race · \`criteria-unchecked\`

      **1 of 4 acceptance criteria is not ticked: "stress test passes".** It took 10m 00s.

      - stress test passes (\`.chant/specs/2026-11-02-00r-xby.md:31\`)

      Its last words:

      > I could not run the stress test: &#96;cargo nextest&#96; is not installed.

      **What to do:** Finish the open criteria, or tick them in the spec where they are met; the work is kept on its branch. \`skip-criteria\` turns this check off.

      spec \`2026-11-02-00r-xby\` · branch \`chant/2026-11-02-00r-xby\` · log \`logs/2026-11-02-00r-xby.log\`

      <details><summary>The last 3 lines of its log</summary>

      \`\`\`
      running 12 tests
      ::error::not a command
      I could not run the stress test: \`cargo nextest\` is not installed.
      \`\`\`

      </details>

      ## Workers

      | spec | state | time | commits | branch |
      |:--|:--|--:|--:|:--|
      | \`00k-adf\` Refactor parallel.rs | ✓&nbsp;completed | 4m 56s | 2 | \`chant/2026-11-02-00k-adf\` |
      | \`00r-xby\` Fix worktree race | ✗&nbsp;1 of 4 criteria open | 10m 00s | 1 | \`chant/2026-11-02-00r-xby\` |
      | \`01c-tud\` Fail early on invalid YAML | ✓&nbsp;completed | 2m 35s | 1 | \`chant/2026-11-02-01c-tud\` |
      | \`02a-x4n\` Measure the pool | ✓&nbsp;completed | 5m 12s | 1 | \`chant/2026-11-02-02a-x4n\` |
      | \`02b-p9q\` Name the slots | ✓&nbsp;no changes | 5m 12s | 1 | \`chant/2026-11-02-02b-p9q\` |
      | \`03f-zz1\` Document the flow | –&nbsp;needs 00r-xby |  |  |  |

      Logs, patches and \`results.json\`: artifact [chant-logs](https://example.com/artifacts/7).

      ## Not planned

      - \`2026-11-02-04a-bad\` Bad &#124; table: front matter: duplicate key "status" (first on line 3) (\`.chant/specs/2026-11-02-04a-bad.md:4:9\`)
      - \`2026-11-02-04b-app\` Approve me: needs approval: run \`chant approve\` (\`.chant/specs/2026-11-02-04b-app.md\`)

      ## Timeline

      \`\`\`mermaid
      ---
      displayMode: compact
      config:
        gantt:
          leftPadding: 69
        themeVariables:
          sectionBkgColor: "#8c8cff7d"
          sectionBkgColor2: "#8c8cff7d"
          activeTaskBkgColor: "#4ac26b"
          activeTaskBorderColor: "#1a7f37"
          critBkgColor: "#ff8182"
          critBorderColor: "#cf222e"
          taskBkgColor: "#80ccff"
          taskBorderColor: "#0969da"
          taskTextColor: "#1f2328"
          taskTextDarkColor: "#1f2328"
      ---
      gantt
      dateFormat x
      axisFormat %H:%M
      tickInterval 5minute
      todayMarker off
      section 00k-adf
      4m 56s :active, 1793615462000, 296000ms
      section 00r-xby
      10m 00s :crit, 1793615462000, 600000ms
      section 01c-tud
      2m 35s :active, 1793615465000, 155000ms
      section 02a-x4n
      5m 12s :active, 1793615758000, 312000ms
      section 02b-p9q
      5m 12s :active, 1793615758000, 312000ms
      \`\`\`

      ## Dependencies

      \`\`\`mermaid
      flowchart LR
      n1["00k-adf Refactor parallel.rs"]:::succeeded
      n2["00r-xby Fix worktree race"]:::failed
      n3["02a-x4n Measure the pool"]:::succeeded
      n4["02b-p9q Name the slots"]:::succeeded
      n5["03f-zz1 Document the flow"]:::notrun
      n1 --> n3
      n1 --> n4
      n2 --> n5
      classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328
      classDef notrun fill:#eaeef2,stroke:#6e7781,color:#1f2328
      classDef succeeded fill:#dafbe1,stroke:#1a7f37,color:#1f2328
      \`\`\`

      ## Warnings

      - Cargo.lock changed in the workspace while 3 agents ran

      <details><summary>How this run was started</summary>

      | chant-action | 0.1.0 |
      |:--|:--|
      | run | \`42-1-chant-work\` |
      | base | \`main\` at \`abc1234def56\` |
      | agent | command |
      | at once | 3 |
      | started | 2026-11-02 10:31 UTC |
      | withheld from agents | \`AWS_SECRET_ACCESS_KEY, NPM_TOKEN\` |

      | input | value |
      |:--|:--|
      | \`max-parallel\` | \`3\` |
      | \`command\` | \`node agent.mjs\` |

      </details>
      "
    `)
  })

  it('while it runs, says what runs', () => {
    const live = summary(aJournal().board(), { ...options, now: T0 + 32_000, live: true })
    expect(live.split('\n## Not')[0]).toMatchInlineSnapshot(`
      "# chant: 3 running, 3 queued…

      As of 2026-11-02 10:31 UTC; the step has written nothing since.

      |  | completed | failed | running | queued | time | agents’ time |
      |:--|--:|--:|--:|--:|--:|--:|
      | **6 specs** | 0 | 0 | 3 | 3 | 32s | 1m 27s |

      ## Workers

      | spec | state | time | commits |
      |:--|:--|--:|--:|
      | \`00k-adf\` Refactor parallel.rs | ▸&nbsp;running · Edit src/parallel.rs 4s | 30s | 0 |
      | \`00r-xby\` Fix worktree race | ▸&nbsp;running · Bash cargo test 19s | 30s | 0 |
      | \`01c-tud\` Fail early on invalid YAML | ▸&nbsp;running · thinking 2s | 27s | 0 |
      | \`02a-x4n\` Measure the pool | ·&nbsp;queued, after 00k-adf |  |  |
      | \`02b-p9q\` Name the slots | ·&nbsp;queued, after 00k-adf |  |  |
      | \`03f-zz1\` Document the flow | ·&nbsp;queued, after 00r-xby |  |  |
      "
    `)
  })

  it('an empty run says why there is nothing to do', () => {
    const counts = { total: 15, completed: 12, blocked: 2, approval: 1 }
    const journal = new Journal().add({ type: 'planned', plan: aPlan([], { counts }) }).finish()
    expect(summary(journal.board(), options)).toMatchInlineSnapshot(`
      "# Nothing to do: no spec is ready

      12 completed, 2 blocked, 1 needs approval.
      "
    `)
  })

  it('puts what was asked for in vain into the headline', () => {
    const plan = aPlan([aPlanned('a')], { notPlanned: [aNotPlanned('b', { asked: true })] })
    const journal = new Journal()
      .add({ type: 'planned', plan })
      .start('a', 1)
      .done('a', { type: 'completed', message: '' })
    const [title, , , , , , first] = summary(journal.finish().board(), options).split('\n')
    expect([title, first]).toEqual(['# chant: 1 of 1 spec completed, 1 asked for but not worked', '## Not planned'])
  })

  it('lets no foreign text become markup', () => {
    const evil = '</summary></details>\n\n# owned @bob\n| x |\n```\n<img src=x>[a](javascript:b)'
    const journal = new Journal().add(
      { type: 'run-started', run: aRun({ inputs: { command: evil }, agent: evil, base: { sha: evil, name: evil } }) },
      {
        type: 'planned',
        plan: aPlan([aPlanned('x', { title: evil, agent: evil, model: evil })], {
          notPlanned: [aNotPlanned(evil, { title: evil, message: evil, file: evil })],
        }),
      },
    )
    journal.start('x', 1, `b${evil}`).add({ type: 'warning', code: evil, message: evil })
    journal.add({ type: 'recovered', what: 'lost', message: evil }, { type: 'artifact-skipped', reason: evil })
    journal.add({
      type: 'work-committed',
      specId: id('x'),
      commits: ['1'.repeat(40)],
      head: '1'.repeat(40),
      salvaged: true,
    })
    journal.done('x', { ...CRITERIA_UNCHECKED, message: evil, type: 'checkout-touched', files: [evil] })
    const shown = summary(journal.finish().board(), { ...options, tails: new Map([[id('x'), evil.split('\n')]]) })
    const outside = withoutFences(shown).replace(/`[^`\n]+`/g, '')
    expect(outside).not.toMatch(/<img|^# owned|@bob|\]\(javascript|<\/summary><\/details>/m)
    expect(whole(shown)).toBe(true)
  })

  it('links the state of a worker to its check run', () => {
    const url = 'https://github.com/o/r/runs/5'
    const journal = aJournal().add({ type: 'check-run-created', specId: id(SPECS.ADF), id: 5, url })
    expect(summary(journal.board(), { ...options, live: true })).toContain(
      `| \`00k-adf\` Refactor parallel.rs | [▸&nbsp;running · Edit src/parallel.rs 11m 12s](${url}) |`,
    )
  })

  it('holds every one of 500 workers, whatever their logs are', () => {
    const ids = Array.from({ length: 500 }, (_, i) => `2026-11-02-${i}`)
    const journal = new Journal().add(
      { type: 'run-started', run: aRun() },
      { type: 'planned', plan: aPlan(ids.map((s) => aPlanned(s, { title: '<@_*'.repeat(40) }))) },
    )
    for (const [i, s] of ids.entries())
      journal
        .start(s, i + 1)
        .at(i)
        .gone(s, i + 1, 1)
    for (const s of ids) journal.done(s, { type: 'exit-non-zero', code: 1, message: '<@_*'.repeat(400) })
    const tails = new Map<SpecId, readonly string[]>(ids.map((s) => [id(s), Array(40).fill('x'.repeat(900))]))
    const shown = summary(journal.finish().board(), { ...options, tails })
    expect(bytes(shown)).toBeLessThanOrEqual(900_000)
    expect(whole(shown)).toBe(true)
    for (let i = 0; i < 500; i++) expect(shown).toContain(`| \`${i}\``)
  })

  it('drops log lines before anything else', () => {
    const ids = Array.from({ length: 60 }, (_, i) => `s${i}`)
    const journal = new Journal().add({ type: 'planned', plan: aPlan(ids.map((s) => aPlanned(s))) })
    for (const s of ids) journal.start(s, 1).done(s, { type: 'no-commits', message: 'No commit' })
    const tails = new Map<SpecId, readonly string[]>(ids.map((s) => [id(s), Array(40).fill('x'.repeat(900))]))
    const shown = summary(journal.finish().board(), { ...options, tails })
    expect(shown).toContain('The last 10 lines of its log')
    expect(shown).toContain('```mermaid')
    expect(shown.match(/^## ✗/gm)).toHaveLength(60)
  })
})

describe('planSummary', () => {
  it('shows waves, the longest chain and what is left out', () => {
    expect(planSummary(aJournal({ mode: 'plan' }).board()).split('```mermaid')[0]).toMatchInlineSnapshot(`
      "# chant plan: 6 specs in 2 waves

      Nothing was started. The longest chain decides how long it takes: \`00k-adf\` → \`02a-x4n\`.

      Worked by command, each spec on a branch of its own: \`chant/\` and its id, as in \`chant/2026-11-02-00k-adf\`.

      | wave | spec | after |
      |--:|:--|:--|
      | 1 | \`2026-11-02-00k-adf\` Refactor parallel.rs |  |
      | 1 | \`2026-11-02-00r-xby\` Fix worktree race |  |
      | 1 | \`2026-11-02-01c-tud\` Fail early on invalid YAML |  |
      | 2 | \`2026-11-02-02a-x4n\` Measure the pool | \`00k-adf\` |
      | 2 | \`2026-11-02-02b-p9q\` Name the slots | \`00k-adf\` |
      | 2 | \`2026-11-02-03f-zz1\` Document the flow | \`00r-xby\` |

      ## Not planned

      - \`2026-11-02-04a-bad\` Bad &#124; table: front matter: duplicate key "status" (first on line 3) (\`.chant/specs/2026-11-02-04a-bad.md:4:9\`)
      - \`2026-11-02-04b-app\` Approve me: needs approval: run \`chant approve\` (\`.chant/specs/2026-11-02-04b-app.md\`)

      ## Dependencies

      "
    `)
  })

  it('stays below what GitHub shows, however many specs there are: titles go first, then rows, which are counted', () => {
    const many = (count: number, title: string): string => {
      const workers = Array.from({ length: count }, (_, i) =>
        aPlanned(`2026-11-02-${String(i).padStart(5, '0')}-abc`, { title }),
      )
      const journal = new Journal().add({ type: 'run-started', run: aRun({ mode: 'plan' }) })
      return planSummary(journal.add({ type: 'planned', plan: aPlan(workers) }).board())
    }
    const rows = (shown: string): number => shown.split('\n').filter((line) => line.startsWith('| 1 |')).length
    expect(many(5_000, 'Short').includes('Short')).toBe(true)
    const untitled = many(5_000, '<'.repeat(80))
    expect([untitled.includes('&#60;'), rows(untitled)]).toEqual([false, 5_000])
    const cut = many(30_000, '')
    expect(bytes(cut)).toBeLessThanOrEqual(900_000)
    expect(bytes(cut)).toBeGreaterThan(850_000)
    expect(cut).toContain(`${30_000 - rows(cut)} more specs`)
  })

  it('stays below it whatever the specs are called that are left out, and keeps its table', () => {
    const notPlanned = Array.from({ length: 500 }, (_, i) =>
      aNotPlanned(`${'`|'.repeat(100)}${i}`, { title: HOSTILE, message: HOSTILE }),
    )
    const journal = aJournal({ mode: 'plan' }).add({ type: 'planned', plan: aPlan([aPlanned('x')], { notPlanned }) })
    const shown = planSummary(journal.board())
    expect(bytes(shown)).toBeLessThanOrEqual(900_000)
    expect(shown).toContain('| 1 | `x` Title of x |')
    expect(shown).toContain('- +490 more')
  })
})

/** In Markdown five times as long, so that no name in it is a mention. */
const HOSTILE = '@a'.repeat(300)

describe('postAppendix', () => {
  it('is absent when post changed nothing', () => {
    const board = aFinishedJournal().board()
    expect(postAppendix(board, board)).toBeUndefined()
  })

  it('says what was put in order', () => {
    const main = aJournal()
    const specId = id(SPECS.ADF)
    const post = new Journal().add(...main.events).at(40)
    post.add(
      { type: 'recovered', what: 'reaped', message: 'pid 48121 and 2 below it were still alive', specId },
      { type: 'work-committed', specId, commits: ['1'.repeat(40)], head: '1'.repeat(40), salvaged: true },
    )
    post.done(SPECS.ADF, { type: 'cancelled', cause: 'signal', message: 'The run was cancelled.' })
    expect(postAppendix(main.board(), post.board())).toMatchInlineSnapshot(`
      "# chant: put in order after the step ended early

      - \`00k-adf\` **reaped** pid 48121 and 2 below it were still alive

      | spec | outcome | commits | branch |
      |:--|:--|--:|:--|
      | \`00k-adf\` | \`cancelled\` The run was cancelled. | 1 | \`chant/2026-11-02-00k-adf\` |

      Logs: \`/report/logs\`.
      "
    `)
  })

  it('stays below what GitHub shows, whatever there is to be said', () => {
    const specs = Array.from({ length: 300 }, (_, i) => aPlanned(`${'`|'.repeat(100)}${i}`))
    const main = new Journal().add({ type: 'run-started', run: aRun() }, { type: 'planned', plan: aPlan(specs) })
    const post = new Journal().add(...main.events)
    for (const { specId } of specs) {
      post.add({ type: 'recovered', what: 'salvaged', message: HOSTILE, specId })
      post.add({ type: 'warning', code: 'set-aside', message: HOSTILE, specId })
      post.done(specId, { type: 'lost', message: HOSTILE })
    }
    const shown = postAppendix(main.board(), post.board()) ?? ''
    expect(bytes(shown)).toBeLessThanOrEqual(900_000)
    expect(shown.match(/- \+250 more$/gm)).toHaveLength(3)
  })
})
