import { expect, test } from 'vitest'
import type { Setting } from '../../src/board/event.ts'
import { reportHtml } from '../../src/report/html.ts'
import { headerLines } from '../../src/report/log-header.ts'
import { planSummary } from '../../src/report/plan-summary.ts'
import { startedSection } from '../../src/report/summary-parts.ts'
import { aPlan, aPlanned, aRun, Journal, T0 } from './board-fixture.ts'

/** How the settings in force and their sources are shown; where nobody recorded any, nothing of it is. */

const setting = (name: string, value: string, from: string): Setting => ({ name, value, from })

const SETTINGS = [
  setting('model', 'opus', 'CHANT_MODEL'),
  setting('prompt', 'bootstrap', 'default'),
  setting('branch prefix', 'a|b<c>/', '.chant/config.md:4'),
]

const boardOf = (settings?: readonly Setting[]) => {
  const run = aRun({ mode: 'plan', ...(settings && { settings }) })
  const planned = aPlanned('2026-11-02-001-abc', {
    model: 'so|net',
    prompt: 'tdd',
    chosenBy: { model: 'spec', prompt: '.chant/config.md:3' },
  })
  const plan = aPlan([planned, aPlanned('2026-11-02-002-def')])
  return new Journal().add({ type: 'run-started', run }, { type: 'planned', plan }).board()
}
const logOf = (settings?: readonly Setting[]): string =>
  headerLines(boardOf(settings))
    .map((line) => (line.type === 'text' ? line.text : line.type))
    .join('\n')

test('the log names what somebody has set, and in mode plan what each spec gets', () => {
  expect(logOf(SETTINGS)).toMatchInlineSnapshot(`
    "chant-action 0.1.0 · 2 specs planned of 2 · 3 at once · agent command · base main (abc1234)
    plan  wave 1  001-abc  Title of 2026-11-02-001-abc  → chant/2026-11-02-001-abc  prompt tdd  model so|net
    plan  wave 1  002-def  Title of 2026-11-02-002-def  → chant/2026-11-02-002-def
    note  settings: model opus (CHANT_MODEL), branch prefix a|b<c>/ (.chant/config.md:4)
    note  withheld from agents: AWS_SECRET_ACCESS_KEY, NPM_TOKEN (hand on by name with pass-env)
    mode plan: nothing was started"
  `)
  for (const settings of [undefined, [], [setting('prompt', 'bootstrap', 'default')]])
    expect(logOf(settings)).not.toContain('settings')
})

test('the summary names every setting with its source', () => {
  expect(startedSection(boardOf(SETTINGS))).toContain(
    [
      '| setting | value | from |',
      '|:--|:--|:--|',
      '| model | `opus` | CHANT_MODEL |',
      '| prompt | `bootstrap` | default |',
      '| branch prefix | <code>a&#124;b&#60;c&#62;/</code> | .chant/config.md:4 |',
    ].join('\n'),
  )
  expect(startedSection(boardOf())).not.toContain('setting')
})

test('the summary of mode plan names what each spec gets, and who chose it', () => {
  expect(planSummary(boardOf(SETTINGS))).toContain(
    '| command · <code>so&#124;net</code> (spec) · prompt `tdd` (.chant/config.md:3) |',
  )
})

test('the report page names every setting with its source', () => {
  const page = reportHtml(boardOf(SETTINGS), { now: T0, logs: new Map() })
  expect(page).toContain('<dt>model</dt><dd><code>opus</code> (CHANT_MODEL)</dd>')
  expect(page).toContain('<code>a|b&#60;c&#62;/</code>')
})
