import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Board } from '../../src/board/board.ts'
import type { Outcome } from '../../src/outcome/outcome.ts'
import { type CheckPayload, notPlannedCheck, runCheck, workerCheck } from '../../src/report/check-run.ts'
import { commentBody, commentMarker } from '../../src/report/comment.ts'
import { lintSummary } from '../../src/report/lint-summary.ts'
import { planSummary } from '../../src/report/plan-summary.ts'
import { postAppendix } from '../../src/report/post-appendix.ts'
import { processListMarkdown } from '../../src/report/process-list.ts'
import { summary } from '../../src/report/summary.ts'
import type { SpecId } from '../../src/spec/spec.ts'
import { runs } from '../random-cases.ts'
import { aNotPlanned, aPlan, aPlanned, aRun, id, Journal, T0 } from './board-fixture.ts'
import { LINKS } from './check-fixture.ts'
import { faults } from './check-limits.ts'
import { hostileWords } from './hostile-words.ts'
import { OUTCOMES } from './outcomes.ts'
import { acting, rendered, tagsOf } from './rendered.ts'

/** Whatever stands in any text of a board, none of its reports holds markup that is not ours. */

const now = T0 + 700_000

/** Every text of an outcome is `s`. */
const outcomeOf = (outcome: Outcome, s: string): Outcome => {
  const hostile = (value: unknown): unknown => {
    if (typeof value === 'string') return s
    if (Array.isArray(value)) return value.map(hostile)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, hostile(inside)]))
  }
  // The type and the cause are words of ours.
  const { type } = outcome
  return { ...(hostile(outcome) as Outcome), type, ...('cause' in outcome ? { cause: outcome.cause } : {}) } as Outcome
}

function boardOf(s: string, outcome: Outcome): { readonly before: Board; readonly board: Board } {
  const run = aRun({
    ...LINKS,
    checks: { commit: 'c0ffee', prefix: `p${s}/` },
    key: s,
    agent: s,
    accounts: [s, 'b'],
    base: { sha: 'c0ffee', name: s },
    inputs: { labels: s, command: s },
    settings: [{ name: s, value: s, from: s }],
    withheld: [s],
    logsDir: s,
  })
  const planned = (specId: string) =>
    aPlanned(specId, {
      title: s,
      file: `f${s}`,
      branch: s,
      agent: s,
      model: s,
      prompt: s,
      chosenBy: { model: s, prompt: s },
    })
  const journal = new Journal()
    .add(
      { type: 'run-started', run },
      {
        type: 'planned',
        plan: aPlan([planned('x'), planned('y'), { ...planned('z'), dependsOn: [id('x')] }], {
          notPlanned: [
            aNotPlanned('a', { title: s, file: `f${s}`, message: s, asked: true, line: 3 }),
            aNotPlanned('b', { title: s, file: `f${s}`, message: s }),
          ],
        }),
      },
    )
    .start('x', 1, s)
    .start('y', 2, s)
    .add(
      { type: 'agent-session', specId: id('x'), session: s, model: s },
      { type: 'agent-activity', specId: id('x'), text: s, lines: 1 },
      { type: 'agent-activity', specId: id('y'), text: s, lines: 1 },
      { type: 'attempt-failed', specId: id('x'), attempt: 1, account: s, reason: s, message: s },
      { type: 'account-changed', account: s, limit: 1, stopped: 'quota' },
      { type: 'work-committed', specId: id('x'), commits: [s], head: s, salvaged: false },
      { type: 'patch-written', specId: id('x'), patch: s },
      { type: 'patch-withheld', specId: id('y'), reason: s },
      { type: 'warning', code: s, message: s, specId: id('x') },
    )
  const before = journal.board()
  journal.add(
    { type: 'recovered', what: 'salvaged', message: s, specId: id('x') },
    { type: 'artifact-skipped', reason: s },
  )
  return { before, board: journal.done('x', outcome).board() }
}

function* reports(s: string, outcome: Outcome): Generator<string> {
  const { before, board } = boardOf(s, outcome)
  const tails = new Map<SpecId, readonly string[]>([[id('x'), s.split('\n')]])
  for (const live of [true, false]) yield summary(board, { now, tails, live })
  yield planSummary(board)
  yield postAppendix(before, board) ?? ''
  yield commentBody(board, { now, marker: commentMarker(s) })
  const criteria = [{ text: s, ticked: false, line: 3 }]
  const checks: readonly CheckPayload[] = [
    runCheck(board, { now, prefix: `p${s}/` }),
    ...[...board.workers.values()].map((worker) => workerCheck(board, worker, { now, tail: s.split('\n'), criteria })),
    ...board.notPlanned.map((spec) => notPlannedCheck(board, spec, { now })),
  ]
  for (const check of checks) {
    expect(faults(check)).toEqual([])
    yield check.output.summary
    yield check.output.text ?? ''
  }
  const finding = { file: `f${s}`, line: 1, column: 2, code: s, severity: 'error', message: s, advice: s } as const
  yield lintSummary({ specs: 1, found: [finding] }, () => `https://github.com/o/r/${s}`)
  const process = { specId: s, title: s, pid: 1, state: 'running', branch: s, agent: s, activity: s, role: s } as const
  const unknown = { logModified: s, log: s, warning: undefined, run: s, attempt: 1, identity: undefined } as const
  const times = { startedAt: T0, idleMs: 1, cpuShare: 0.5 }
  yield processListMarkdown([{ ...process, ...unknown, ...times }], now)
}

const OURS =
  /^<\/?(?:h[123]|p|table|thead|tbody|tr|th|td|ul|li|strong|code(?: class="language-mermaid")?|pre|blockquote|details|summary)>$|^<\/a>$|^<a href="https:\/\/github\.com\/o\/r[^"]*">$|^<input (?:checked="" )?disabled="" type="checkbox">$/

it.each(OUTCOMES.map((outcome) => [outcome.type, outcome] as const))('%s', (_, outcome) => {
  fc.assert(
    fc.property(hostileWords, (words) => {
      const s = `${words}~~a~~ *b* <img src=x> @octocat #12 www.e.example`
      for (const report of reports(s, outcomeOf(outcome, s))) {
        const html = rendered(report)
        expect(tagsOf(html).filter((tag) => !OURS.test(tag))).toEqual([])
        expect(acting(html)).toEqual([])
      }
    }),
    { numRuns: runs(10) },
  )
})
