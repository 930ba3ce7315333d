import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Board } from '../../src/board/board.ts'
import { reportHtml } from '../../src/report/html.ts'
import { runs } from '../random-cases.ts'
import { aFinishedJournal, aJournal, aPlan, aPlanned, aRun, id, Journal, SPECS, T0 } from './board-fixture.ts'

const END = T0 + 700_000
const logsOf = (board: Board, text: string): Map<ReturnType<typeof id>, string> =>
  new Map([...board.workers.keys()].map((specId) => [specId, text]))
const report = (board: Board, text = 'a line\n'): string => reportHtml(board, { now: END, logs: logsOf(board, text) })
/** The page without its own style and script. */
const markup = (page: string): string => page.replace(/<(style|script)>.*?<\/\1>/gs, '')

describe('reportHtml', () => {
  it('tells what came of the run, failures first', () => {
    const page = markup(report(aFinishedJournal().board()))
    expect(page).toContain('<title>chant: 4 of 6 specs completed</title>')
    expect(page).toContain('1 of 4 acceptance criteria is not ticked')
    expect(page).toContain('stress test passes <code>.chant/specs/2026-11-02-00r-xby.md:31</code>')
    expect(page).toContain('<strong>What to do:</strong>')
    const order = ['failures', 'workers', 'timeline', 'dependencies', 'logs', 'not-planned', 'warnings', 'started']
    expect([...page.matchAll(/<section id="([^"]+)"/g)].map(([, name]) => name)).toEqual(['counts', ...order])
    for (const specId of Object.values(SPECS)) expect(page).toContain(`data-log="${specId}"`)
    expect(page).toMatch(
      /<option value="2026-11-02-00r-xby"[^>]*>✗ 00r-xby[^<]*<\/option>\s*<option value="2026-11-02-03f-zz1"/,
    )
  })

  it('draws an attempt that its provider let down as no good end', () => {
    const journal = aJournal().at(60).gone(SPECS.ADF, 48121, 1)
    journal.add(
      {
        type: 'attempt-failed',
        specId: id(SPECS.ADF),
        attempt: 1,
        account: 'main',
        reason: 'quota',
        message: 'no money',
      },
      { type: 'worker-waiting', specId: id(SPECS.ADF), until: '2026-11-02T11:00:00.000Z' },
    )
    const page = markup(report(journal.board()))
    expect(page).not.toContain('class="bar agent"')
    expect(page).toContain('class="bar again"')
  })

  it('names what does not fit the schema of a result', () => {
    const journal = new Journal().add(
      { type: 'run-started', run: aRun() },
      { type: 'planned', plan: aPlan([aPlanned('a')]) },
    )
    journal.start('a', 1).gone('a', 1, 0)
    const message = 'Its result does not fit `a.json`: /a: must be string (and 1 more)'
    const errors = ['/a: must be string', '/b: must be <number>']
    journal.done('a', { type: 'output-invalid', schema: 'a.json', errors, message })
    expect(markup(report(journal.board()))).toContain('<li>/b: must be &#60;number&#62;</li>')
  })

  it('loads nothing, and allows only its own style and script', () => {
    const page = report(aFinishedJournal().board())
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'")
    const hashOf = (tag: string): string => {
      const text = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page)?.[1] ?? ''
      return `sha256-${createHash('sha256').update(text).digest('base64')}`
    }
    expect(policy).toBe(
      `default-src 'none'; script-src '${hashOf('script')}'; style-src '${hashOf('style')}'; base-uri 'none'; form-action 'none'`,
    )
    expect(page).not.toMatch(/\s(?:src|srcset|action|on\w+|style)=|@import|url\(/)
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)
    expect(links.filter((to) => !/^(?:#|logs)/.test(to ?? ''))).toEqual(['https://example.com/artifacts/7'])
  })

  it('links to where a run is on GitHub', () => {
    const links = { repository: 'https://github.com/o/r', run: 'https://github.com/o/r/actions/runs/1' }
    const journal = aFinishedJournal({ links })
    journal.add({ type: 'check-run-created', specId: id(SPECS.ADF), id: 7, url: 'https://github.com/o/r/runs/7' })
    const page = report(journal.board())
    expect(page).toContain('<a href="https://github.com/o/r/actions/runs/1" rel="noreferrer">workflow run</a>')
    expect(page).toContain('<a href="https://github.com/o/r/runs/7" rel="noreferrer">✓ completed</a>')
  })

  it('has the same markup whatever the text in it is', () => {
    const shape = (page: string): readonly string[] =>
      (markup(page).match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'))
    const plain = shape(report(hostile('word'), 'word\n'))
    const sharp = fc.string({
      unit: fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '`',
        '/',
        '=',
        '!',
        '-',
        'script',
        'img src=x onerror=',
        ' ',
        'x',
        '\u2028',
      ),
      minLength: 1,
    })
    fc.assert(
      // Backticks make code of names, and blanks alone leave a title out: neither is another's markup.
      fc.property(sharp, (text) => {
        const foreign = `x${text.replaceAll('`', "'")}x`
        expect(shape(report(hostile(foreign), `${foreign}\n`))).toEqual(plain)
      }),
      { numRuns: runs(60) },
    )
  })

  it('is small and quick for 500 workers, whatever their logs are', () => {
    const planned = Array.from({ length: 500 }, (_, i) =>
      aPlanned(`2026-11-02-${i}-abc`, {
        dependsOn: i >= 100 ? [id(`2026-11-02-${i - 100}-abc`)] : [],
        wave: 1 + Math.floor(i / 100),
        criticalPath: 5 - Math.floor(i / 100),
      }),
    )
    const journal = new Journal().add({ type: 'run-started', run: aRun() }, { type: 'planned', plan: aPlan(planned) })
    for (const [i, { specId }] of planned.entries()) {
      journal
        .at(i)
        .start(specId, 1000 + i)
        .at(i + 30)
        .gone(specId, 1000 + i, i % 7 === 0 ? 1 : 0)
      journal.done(
        specId,
        i % 7 === 0 ? { type: 'exit-non-zero', code: 1, message: 'no' } : { type: 'completed', message: 'ok' },
      )
    }
    const board = journal.finish().board()
    const text = 'A line of a log, as long as such lines are on the whole, with a < here and there\n'.repeat(1_000)
    const page = report(board, text)
    expect(Buffer.byteLength(page)).toBeLessThan(25_000_000)
    expect(page.match(/<tr role="row" data-state/g)).toHaveLength(500)
    expect(page.match(/<script type="application\/json"/g)).toHaveLength(500)
    expect(page.match(/class="node /g)?.length).toBeLessThanOrEqual(200)
  })

  it('says why there is nothing to show', () => {
    const page = markup(
      reportHtml(
        new Journal().add({ type: 'run-started', run: aRun() }, { type: 'planned', plan: aPlan([]) }).board(),
        { now: END, logs: new Map() },
      ),
    )
    expect(page).toContain('Nothing to do: there is no spec in .chant/specs')
    expect(page).not.toContain('id="viewer"')
  })
})

/** A run in which every text that others write is `text`. */
function hostile(text: string): Board {
  const journal = new Journal().add(
    {
      type: 'run-started',
      run: aRun({
        inputs: { [text]: text },
        base: { sha: text, name: text },
        agent: text,
        withheld: [text],
        key: text,
      }),
    },
    {
      type: 'planned',
      plan: aPlan(
        [
          aPlanned('a', { title: text, file: text, branch: text, agent: text, model: text, criticalPath: 2 }),
          aPlanned('b', { title: text, dependsOn: [id('a')], wave: 2 }),
        ],
        {
          notPlanned: [
            {
              specId: text,
              title: `${text} `,
              file: text,
              line: 1,
              reason: { type: 'approval-required' },
              message: text,
              asked: true,
            },
          ],
        },
      ),
    },
  )
  journal.start('a', 1, text).gone('a', 1, 0)
  journal.add(
    { type: 'work-committed', specId: id('a'), commits: ['1'.repeat(40)], head: '1'.repeat(40), salvaged: false },
    { type: 'patch-withheld', specId: id('a'), reason: text },
    { type: 'warning', code: text, message: text, specId: id('a') },
    { type: 'recovered', what: 'reaped', message: text },
    { type: 'check-run-created', specId: id('a'), id: 1, url: `https://github.com/${encodeURIComponent(text)}` },
    { type: 'artifact-uploaded', name: text, id: 1, url: 'https://github.com/o/r' },
  )
  return journal
    .done('a', { type: 'criteria-unchecked', total: 1, open: [{ text, line: 1 }], message: text })
    .done('b', { type: 'dependency-failed', needs: [text], message: text })
    .finish()
    .board()
}
