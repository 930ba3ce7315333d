import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Board } from '../../src/board/board.ts'
import { graph, timeline } from '../../src/report/mermaid.ts'
import { runs } from '../random-cases.ts'
import { aFinishedJournal, aPlan, aPlanned, CRITERIA_UNCHECKED, id, Journal, T0 } from '../report/board-fixture.ts'
import { HOSTILE } from '../report/markdown-shape.ts'
import { PATIENCE_MS, startChromium } from './chromium.ts'

/** The diagrams of the summary, read and drawn by the mermaid package itself, which needs a browser. */

const started = await startChromium()
const why = typeof started === 'string' ? started : undefined
if (why) console.warn(`mermaid is not tried: ${why}.`)
const browserOf = (): Browser => {
  if (typeof started === 'string') throw new Error(started)
  return started
}

/** One worker after another, each after the one before, with these titles. */
function aChain(titles: readonly string[]): Board {
  const ids = titles.map((_, i) => `2026-11-02-${String(i).padStart(3, '0')}-abc`)
  const plan = aPlan(
    titles.map((title, i) =>
      aPlanned(ids[i] ?? '', {
        title,
        dependsOn: i > 0 ? [id(ids[i - 1] ?? '')] : [],
        criticalPath: titles.length - i,
      }),
    ),
  )
  const journal = new Journal().add({ type: 'planned', plan })
  for (const [i, one] of ids.entries()) {
    journal.at(i).start(one, i + 1)
    journal.at(i + 1).gone(one, i + 1, 0)
    journal.done(one, i % 3 === 0 ? CRITERIA_UNCHECKED : { type: 'completed', message: '' })
  }
  return journal.board()
}

const diagrams = (board: Board): readonly string[] =>
  [timeline(board, T0 + 700_000), graph(board)].flatMap((diagram) => diagram ?? [])

describe.skipIf(why !== undefined)('mermaid', () => {
  let page: Page

  beforeAll(async () => {
    page = await browserOf().newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    await page.setContent('<!doctype html><body><p id="here"></p></body>')
    await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('mermaid/dist/mermaid.min.js')) })
    await page.evaluate('mermaid.initialize({ startOnLoad: false })')
  })

  afterAll(async () => {
    if (typeof started !== 'string') await started.close()
  })

  /** What mermaid says of a diagram; empty when it takes it. Code for the page is text, checked without the types of a browser. */
  const complaints = async (texts: readonly string[]): Promise<readonly string[]> =>
    await page.evaluate(
      `(async (texts) => {
        const wrong = []
        for (const text of texts) await mermaid.parse(text).catch((error) => wrong.push(error.message + ' in ' + text))
        return wrong
      })(${JSON.stringify(texts)})`,
    )

  /** The words of a diagram as they are seen. */
  const drawn = async (text: string): Promise<string> =>
    await page.evaluate(
      `mermaid.render('drawn', ${JSON.stringify(text)}).then(({ svg }) => {
        document.getElementById('here').innerHTML = svg
        return document.getElementById('here').textContent
      })`,
    )

  it('takes the diagrams of a run', async () => {
    const both = diagrams(aFinishedJournal().board())
    expect(both).toHaveLength(2)
    expect(await complaints(both)).toEqual([])
    expect(await drawn(both[1] ?? '')).toContain('Refactor parallel.rs')
  })

  it('takes those of five hundred workers', async () => {
    const both = diagrams(aChain(Array.from({ length: 500 }, (_, i) => `A task with the number ${i}`)))
    expect(both.length).toBeGreaterThan(0)
    expect(await complaints(both)).toEqual([])
  })

  it('takes any title for words', async () => {
    const titles = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }), runs(150))
    const nasty = [
      HOSTILE,
      '"]; click n1 "https://evil.example"',
      '%%{init: {}}%%',
      'end',
      '---',
      '`md` **b**',
      'A --> B',
    ]
    const boards = [...titles, ...nasty].map((title) => aChain([title, `${title}!`, 'plain']))
    expect(await complaints(boards.flatMap(diagrams))).toEqual([])
  })

  it('shows them as they are, and makes nothing of them', async () => {
    for (const title of ['<b>bold</b> & "quoted" #35; `code`', 'click here; end', '<img src=x onerror=alert(1)>']) {
      const [, flow = ''] = diagrams(aChain([title, 'plain']))
      expect((await drawn(flow)).replace(/\s+/g, ' ')).toContain(title)
      expect(await page.locator('#here img, #here b, #here a').count()).toBe(0)
    }
  })
})
