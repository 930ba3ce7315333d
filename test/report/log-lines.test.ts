import { describe, expect, it } from 'vitest'
import { apply, emptyBoard } from '../../src/board/board.ts'
import { failureMessage } from '../../src/report/annotations.ts'
import { heartbeat } from '../../src/report/heartbeat.ts'
import { inert } from '../../src/report/inert.ts'
import { type LogLine, linesFor, outputLine } from '../../src/report/log-lines.ts'
import {
  aFinishedJournal,
  aJournal,
  aNotPlanned,
  aPlan,
  aPlanned,
  aRun,
  id,
  Journal,
  SPECS,
  T0,
  TAILS,
} from './board-fixture.ts'

const linesOf = (journal: Journal, stream: 'off' | 'events' = 'off'): readonly LogLine[] => {
  let board = emptyBoard
  return journal.events.flatMap((event) => {
    const before = board
    board = apply(board, event)
    return linesFor(event, before, board, { stream, tail: (specId) => TAILS.get(specId) ?? [] })
  })
}

/** As the printer shows them: everything passes `inert`. */
const printed = (lines: readonly LogLine[]): string =>
  lines
    .flatMap((line) => {
      if (line.type === 'text') return [inert(line.text)]
      if (line.type === 'group') return [`> ${inert(line.title)}`, ...line.lines.map((l) => `>   ${inert(l)}`)]
      const place = line.file ? ` ${line.file}:${line.line ?? ''}:${line.column ?? ''}` : ''
      return [`[${line.level}${place}] ${line.title ? `${inert(line.title)}: ` : ''}${inert(line.message)}`]
    })
    .join('\n')

describe('the step log', () => {
  it('tells in one line why a provider let an attempt down, whatever it said', () => {
    const journal = aJournal()
    const specId = id(SPECS.ADF)
    const message = '[API Error: Too many requests]\nPlease wait.\n\n'
    journal.at(30).add({ type: 'attempt-failed', specId, attempt: 1, account: 'main', reason: 'rate-limit', message })
    expect(printed(linesOf(journal).slice(-1))).toBe(
      '10:31:30  00k-adf  let down    rate-limit: [API Error: Too many requests] · Please wait.',
    )
  })

  it('tells until when an account rests and its worker waits as the provider said it, though our clocks lose a millisecond', () => {
    const journal = aJournal()
    const end = '2026-11-02T10:31:36.999Z'
    journal.at(30).add({ type: 'account-changed', account: 'main', limit: 1, pausedUntil: end })
    journal.add({ type: 'worker-waiting', specId: id(SPECS.ADF), until: end })
    expect(printed(linesOf(journal).slice(-2))).toBe(
      [
        '10:31:30  account main  paused until 10:31:37, then 1 at once',
        '10:31:30  00k-adf  held back   in 7s, at 10:31:37',
      ].join('\n'),
    )
  })

  it('tells a run in one line per change', () => {
    expect(printed(linesOf(aFinishedJournal()))).toMatchInlineSnapshot(`
      "chant-action 0.1.0 · 6 specs planned of 20 · 3 at once · agent command · base main (abc1234)
      plan  wave 1:  00k-adf  00r-xby  01c-tud
      plan  wave 2:  02a-x4n (after 00k-adf)  02b-p9q (after 00k-adf)  03f-zz1 (after 00r-xby)
      skip  04a-bad: front matter: duplicate key "status" (first on line 3) (.chant/specs/2026-11-02-04a-bad.md:4:9)
      skip  04b-app: needs approval: run \`chant approve\`
      note  withheld from agents: AWS_SECRET_ACCESS_KEY, NPM_TOKEN (hand on by name with pass-env)
      10:31:02  00k-adf  started     pid 48121  chant/2026-11-02-00k-adf  Refactor parallel.rs
      10:31:02  00r-xby  started     pid 48127  chant/2026-11-02-00r-xby  Fix worktree race
      10:31:05  01c-tud  started     pid 48163  chant/2026-11-02-01c-tud  Fail early on invalid YAML
      10:33:40  01c-tud  completed   2m 35s  1 commit  chant/2026-11-02-01c-tud
      10:35:58  00k-adf  completed   4m 56s  2 commits  chant/2026-11-02-00k-adf
      10:35:58  02a-x4n  started     pid 48544  chant/2026-11-02-02a-x4n  on 00k-adf  Measure the pool
      10:35:58  02b-p9q  started     pid 48550  chant/2026-11-02-02b-p9q  on 00k-adf  Name the slots
      10:41:02  00r-xby  swept       2 processes it had left behind
      10:41:02  00r-xby  saved       1 commit, head 1111111 (unfinished work, kept)
      10:41:02  00r-xby  FAILED      criteria-unchecked: 1 of 4 acceptance criteria is not ticked: "stress test passes" (.chant/specs/2026-11-02-00r-xby.md:31)  10m 00s  kept: 1 commit on chant/2026-11-02-00r-xby
      > 00r-xby log, 3 lines (whole: logs/2026-11-02-00r-xby.log)
      >   running 12 tests
      >   : :error::not a command
      >   I could not run the stress test: \`cargo nextest\` is not installed.
      10:41:02  03f-zz1  not run     needs 00r-xby
      [warning] Cargo.lock changed in the workspace while 3 agents ran
      10:41:10  02a-x4n  completed   5m 12s  1 commit  chant/2026-11-02-02a-x4n
      10:41:10  02b-p9q  no changes  5m 12s  1 commit  chant/2026-11-02-02b-p9q
      logs uploaded: artifact chant-logs https://example.com/artifacts/7
      [error .chant/specs/2026-11-02-00r-xby.md:31:] criteria-unchecked: 2026-11-02-00r-xby: 1 of 4 acceptance criteria is not ticked: "stress test passes". Finish the open criteria, or tick them in the spec where they are met; the work is kept on its branch. \`skip-criteria\` turns this check off.
      [warning .chant/specs/2026-11-02-04a-bad.md:4:9] not worked: 2026-11-02-04a-bad: front matter: duplicate key "status" (first on line 3)
      chant-action · 4 completed, 1 failed, 1 not run · 10m 12s · logs: artifact chant-logs"
    `)
  })

  it('with log-stream events, tells processes and commits too', () => {
    const lines = printed(linesOf(aFinishedJournal(), 'events')).split('\n')
    expect(lines.filter((line) => line.includes('01c-tud') && /^\d/.test(line)).join('\n')).toMatchInlineSnapshot(`
      "10:31:05  01c-tud  preparing
      10:31:05  01c-tud  worktree    chant/2026-11-02-01c-tud from abc1234def5678abc1234def5678abc1234def56
      10:31:05  01c-tud  started     pid 48163  chant/2026-11-02-01c-tud  Fail early on invalid YAML
      10:33:40  01c-tud  ended       exit code 0
      10:33:40  01c-tud  judging
      10:33:40  01c-tud  finalizing
      10:33:40  01c-tud  committed   1 commit, head 1111111
      10:33:40  01c-tud  branch      chant/2026-11-02-01c-tud at 1111111
      10:33:40  01c-tud  completed   2m 35s  1 commit  chant/2026-11-02-01c-tud"
    `)
  })

  it('mode plan shows every spec and starts nothing', () => {
    expect(printed(linesOf(aJournal({ mode: 'plan' })))).toMatchInlineSnapshot(`
      "chant-action 0.1.0 · 6 specs planned of 20 · 3 at once · agent command · base main (abc1234)
      plan  wave 1  00k-adf  Refactor parallel.rs  → chant/2026-11-02-00k-adf
      plan  wave 1  00r-xby  Fix worktree race  → chant/2026-11-02-00r-xby
      plan  wave 1  01c-tud  Fail early on invalid YAML  → chant/2026-11-02-01c-tud
      plan  wave 2  02a-x4n  Measure the pool  after 00k-adf  → chant/2026-11-02-02a-x4n
      plan  wave 2  02b-p9q  Name the slots  after 00k-adf  → chant/2026-11-02-02b-p9q
      plan  wave 2  03f-zz1  Document the flow  after 00r-xby  → chant/2026-11-02-03f-zz1
      plan  longest chain: 00k-adf → 02a-x4n
      skip  04a-bad: front matter: duplicate key "status" (first on line 3) (.chant/specs/2026-11-02-04a-bad.md:4:9)
      skip  04b-app: needs approval: run \`chant approve\`
      note  withheld from agents: AWS_SECRET_ACCESS_KEY, NPM_TOKEN (hand on by name with pass-env)
      mode plan: nothing was started
      [warning .chant/specs/2026-11-02-04a-bad.md:4:9] not worked: 2026-11-02-04a-bad: front matter: duplicate key "status" (first on line 3)"
    `)
  })

  it('an empty run says why', () => {
    const journal = new Journal()
      .add(
        { type: 'run-started', run: aRun({ withheld: [] }) },
        { type: 'planned', plan: aPlan([], { counts: { total: 15, completed: 12, blocked: 2, approval: 1 } }) },
      )
      .finish()
    expect(printed(linesOf(journal))).toMatchInlineSnapshot(
      `"chant-action · nothing to do: no spec is ready. 12 completed, 2 blocked, 1 needs approval."`,
    )
  })

  it('an empty run says that no spec with the label is ready, not that none is', () => {
    const said = (labels: string) =>
      printed(
        linesOf(
          new Journal().add(
            { type: 'run-started', run: aRun({ inputs: { labels } }) },
            { type: 'planned', plan: aPlan([], { counts: { total: 15, completed: 12, blocked: 1, approval: 0 } }) },
          ),
        ),
      )
    expect(said('ui')).toBe('chant-action · nothing to do: no ready spec has the label ui. 1 blocked.')
    expect(said('ui, api')).toBe(
      'chant-action · nothing to do: no ready spec has one of the labels ui, api. 1 blocked.',
    )
  })

  it('an empty run of a pull request says what it looked at', () => {
    const journal = new Journal().add(
      { type: 'run-started', run: aRun({ changedOnly: true }) },
      { type: 'planned', plan: aPlan([], { counts: { total: 15, completed: 12, blocked: 0, approval: 1 } }) },
    )
    expect(printed(linesOf(journal))).toMatch(
      /^chant-action · nothing to do: this pull request adds or changes no ready spec\. 1 needs approval\./,
    )
  })

  it('stops, retries and recoveries are said once', () => {
    const journal = aJournal().at(60)
    const specId = id(SPECS.ADF)
    journal.add(
      { type: 'stop-requested', specId, cause: 'timed-out' },
      { type: 'stop-requested', specId, cause: 'signal' },
      { type: 'run-stopping', cause: 'signal' },
      { type: 'run-stopping', cause: 'signal' },
      { type: 'patch-withheld', specId, reason: 'it contains a secret' },
      { type: 'recovered', what: 'reaped', message: 'pid 48121 was still alive', specId },
      { type: 'recovered', what: 'stale', message: 'a record of an older run' },
      { type: 'artifact-skipped', reason: 'not on GitHub' },
    )
    journal.done(SPECS.ADF, { type: 'timed-out', minutes: 1, message: 'It took longer than 1 minute.' })
    journal.done(SPECS.ADF, { type: 'completed', message: '' })
    journal.done(SPECS.X4N, { type: 'cancelled-before-start', cause: 'signal', message: '' })
    expect(printed(linesOf(journal).slice(9))).toMatchInlineSnapshot(`
      "10:32:00  00k-adf  stopping    the attempt took longer than timeout-minutes
      stopping: the run was cancelled; nothing new is started
      10:32:00  00k-adf  patch       withheld: it contains a secret
      10:32:00  00k-adf  reaped      pid 48121 was still alive
      stale  a record of an older run
      logs not uploaded: not on GitHub; they are in /report/logs
      10:32:00  00k-adf  FAILED      timed-out: It took longer than 1 minute.  58s
      10:32:00  02a-x4n  not run     the run was cancelled"
    `)
  })

  it('shows what is odd in a setting or spec beside its line, five of these, so that there is room for what happens later', () => {
    const place = { file: '.chant/config.md', line: 3, column: 5 }
    const journal = new Journal().add({ type: 'run-started', run: aRun({ workspace: '/w', project: '/w/a' }) })
    for (let i = 0; i < 7; i++)
      journal.add({ type: 'warning', code: i % 2 === 0 ? 'config' : 'spec', message: `odd ${i}`, place })
    for (let i = 0; i < 7; i++) journal.add({ type: 'warning', code: 'x', message: `later ${i}` })
    const shown = linesOf(journal)
    expect(shown[0]).toEqual({
      type: 'annotation',
      level: 'warning',
      message: 'odd 0',
      file: 'a/.chant/config.md',
      line: 3,
      column: 5,
    })
    const messages = (type: LogLine['type']) =>
      shown.flatMap((line) =>
        line.type === type ? [line.type === 'annotation' ? line.message : JSON.stringify(line)] : [],
      )
    expect(messages('annotation')).toEqual([
      ...[0, 1, 2, 3, 4].map((i) => `odd ${i}`),
      ...[0, 1, 2, 3, 4].map((i) => `later ${i}`),
    ])
    expect(messages('text')).toHaveLength(4)
  })

  it('shows ten warnings beside the run and the rest as text; nine errors, failures first; what is wrong in a spec that nobody named is a warning', () => {
    const warned = new Journal()
    for (let i = 0; i < 12; i++) warned.add({ type: 'warning', code: 'x', message: `w${i}` })
    expect(linesOf(warned).map((line) => line.type)).toEqual([...Array(10).fill('annotation'), 'text', 'text'])
    const ids = Array.from({ length: 20 }, (_, i) => `s${i}`)
    const failing = new Journal().add({
      type: 'planned',
      plan: aPlan(
        ids.map((s) => aPlanned(s)),
        { notPlanned: [aNotPlanned('bad', { reason: { type: 'invalid-spec' } })] },
      ),
    })
    for (const s of ids.slice(0, 4)) failing.done(s, { type: 'no-commits', message: 'No commits' })
    const titles = (journal: Journal) =>
      linesOf(journal).flatMap((line) =>
        line.type === 'annotation' ? [`${line.level} ${line.title} ${line.message.split(':')[0]}`] : [],
      )
    expect(titles(failing.finish())).toEqual([
      ...ids.slice(0, 4).map((s) => `error no-commits ${s}`),
      'warning not worked bad',
    ])
    const defects = new Journal().add({
      type: 'planned',
      plan: aPlan([], {
        notPlanned: [
          aNotPlanned('waits'),
          aNotPlanned('needs', { reason: { type: 'needs', specs: ['x'] } }),
          aNotPlanned('missing', { reason: { type: 'missing-dependency', specs: ['x'] }, line: 3 }),
          aNotPlanned('circle', { reason: { type: 'cycle', cycle: ['a', 'a'] } }),
          aNotPlanned('named', { reason: { type: 'needs', specs: ['x'] }, asked: true }),
        ],
      }),
    })
    expect(titles(defects.finish())).toEqual([
      'error not worked named',
      'warning not worked missing',
      'warning not worked circle',
    ])
    for (const s of ids.slice(4)) failing.done(s, { type: 'no-commits', message: 'No commits' })
    const all = titles(new Journal().add(...failing.events.filter((e) => e.type !== 'run-finished')).finish())
    expect(all).toEqual([...ids.slice(0, 9).map((s) => `error no-commits ${s}`), 'warning not worked bad'])
    expect(
      titles(new Journal().add(...warned.events, ...failing.events)).filter((t) => /^warning not worked bad/.test(t)),
    ).toEqual([])
  })

  it('carries foreign text only in ways that the printer can defuse', () => {
    const journal = new Journal().add({ type: 'run-started', run: aRun() })
    journal
      .add({ type: 'planned', plan: aPlan([aPlanned('x', { title: 'a\r\n::error::b' })]) })
      .start('x', 9, 'br\n::warning::y')
    for (const line of linesOf(journal)) expect(printed([line])).not.toMatch(/^\s*::|[\r\n]/m)
  })

  it('outputLine names the worker', () => {
    expect(outputLine(aJournal().board(), id(SPECS.ADF), '::hi::')).toEqual({ type: 'text', text: '00k-adf │ ::hi::' })
  })
})

describe('the heartbeat', () => {
  it('says what each worker does and since when', () => {
    expect(heartbeat(aJournal().board(), T0 + 32_000)).toMatchInlineSnapshot(`
      {
        "text": "10:31:32  ·  3 running, 3 queued  00k-adf Edit src/parallel.rs 4s · 00r-xby Bash cargo test 19s · 01c-tud thinking 2s",
        "type": "text",
      }
    `)
    const quiet = aJournal()
      .at(40)
      .gone(SPECS.ADF, 48121, 0)
      .add({ type: 'worker-verifying', specId: id(SPECS.ADF) })
    expect(printed([heartbeat(quiet.board(), T0 + 45_000)].filter((l) => l !== undefined))).toContain(
      '00k-adf verifying 5s',
    )
    expect(heartbeat(aFinishedJournal().board(), T0)).toBeUndefined()
  })

  it('counts who waits apart from who runs', () => {
    const journal = aJournal().at(32).gone(SPECS.ADF, 48121, 1)
    journal.add({ type: 'worker-waiting', specId: id(SPECS.ADF), until: '2026-11-02T10:32:32.000Z' })
    expect(heartbeat(journal.board(), T0 + 32_000)).toMatchInlineSnapshot(`
      {
        "text": "10:31:32  ·  2 running, 1 waiting, 3 queued  00r-xby Bash cargo test 19s · 01c-tud thinking 2s · 00k-adf waits for its account, 1m 00s left",
        "type": "text",
      }
    `)
    const one = new Journal()
      .add({ type: 'planned', plan: aPlan([aPlanned('a')]) })
      .start('a', 1)
      .gone('a', 1, 1)
    one.add({ type: 'worker-waiting', specId: id('a'), until: '2026-11-02T10:32:32.000Z' })
    expect(heartbeat(one.board(), T0 + 32_000)).toMatchInlineSnapshot(`
      {
        "text": "10:31:32  ·  0 running, 1 waiting  a waits for its account, 1m 00s left",
        "type": "text",
      }
    `)
  })

  it('stays on one line of 1,000 characters', () => {
    const ids = Array.from({ length: 300 }, (_, i) => `worker-${i}`)
    const journal = new Journal().add({ type: 'planned', plan: aPlan(ids.map((s) => aPlanned(s))) })
    for (const [i, s] of ids.entries()) {
      journal
        .start(s, 1000 + i)
        .add({ type: 'agent-activity', specId: id(s), text: `😀\n${'x'.repeat(200)}`, lines: 1 })
    }
    const line = heartbeat(journal.board(), T0)
    expect(line?.type === 'text' && line.text.length <= 1000 && /\+\d+ more$/.test(line.text)).toBe(true)
  })
})

describe('failureMessage', () => {
  it('names what failed', () => {
    expect(failureMessage(aFinishedJournal().board())).toMatchInlineSnapshot(
      `"1 of 6 specs failed: 2026-11-02-00r-xby criteria-unchecked. See the summary, or the logs in artifact chant-logs."`,
    )
    const asked = new Journal().add({
      type: 'planned',
      plan: aPlan([], { notPlanned: [aNotPlanned('x', { asked: true })] }),
    })
    expect(failureMessage(asked.board())).toMatchInlineSnapshot(
      `"Asked for but not worked: x (needs approval: run \`chant approve\`). See the summary."`,
    )
    expect(failureMessage(new Journal().board())).toBeUndefined()
  })
})
