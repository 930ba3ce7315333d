import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Board } from '../../src/board/board.ts'
import { reportHtml } from '../../src/report/html.ts'
import type { SpecId } from '../../src/spec/spec.ts'
import { aFinishedJournal, aPlan, aPlanned, aRun, id, Journal, SPECS, T0 } from '../report/board-fixture.ts'
import { PATIENCE_MS, startChromium } from './chromium.ts'

/** `report.html` as a person has it: opened from the disk, in a real browser. */

const started = await startChromium()
const why = typeof started === 'string' ? started : undefined
if (why) console.warn(`The report is not tried in a browser: ${why}.`)
const scratch = mkdtempSync(join(tmpdir(), 'chant-report-'))

/** Everything that the page said or asked for, which should be nothing. */
let noise: string[] = []
let page: Page

const browserOf = (): Browser => {
  if (typeof started === 'string') throw new Error(started)
  return started
}

async function open(board: Board, logs: ReadonlyMap<SpecId, string>, hash = ''): Promise<void> {
  const file = join(scratch, 'report.html')
  writeFileSync(file, reportHtml(board, { now: T0 + 700_000, logs }))
  await page.goto(pathToFileURL(file).href + hash)
}

const LOG = `${Array.from({ length: 300 }, (_, i) => `line ${i + 1} of the log`).join('\n')}
\x1b[1;31merror\x1b[0m: the \x1b[38;2;255;0;255mend\x1b[0m
`
const logs = new Map(Object.values(SPECS).map((specId) => [id(specId), specId === SPECS.XBY ? LOG : `${specId}\n`]))

// Code for the page is text: these tests are checked without the types of a browser.
const focused = () => page.evaluate('document.activeElement.id')
const FOCUS = `(() => {
  const element = document.activeElement
  if (element === document.body) return null
  const seen = element.matches('.filter input') ? element.nextElementSibling : element
  const name = element.id || element.getAttribute('aria-label') || element.textContent
  return { name, outline: getComputedStyle(seen).outlineStyle }
})()`
const found = () => page.locator('#found').textContent()
const theLog = () => page.locator('#log').textContent()

/** What the page comes to show: it acts on an address or a theme in a task of its own, after the click that asked for it has ended. */
const soon = <T>(read: () => Promise<T>) => expect.poll(read)

afterAll(async () => {
  rmSync(scratch, { recursive: true })
  if (typeof started !== 'string') await started.close()
})

describe.skipIf(why !== undefined)('report.html', () => {
  beforeEach(async () => {
    noise = []
    page = await browserOf().newPage({ viewport: { width: 1000, height: 800 }, colorScheme: 'light' })
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('console', (message) => noise.push(message.text()))
    page.on('pageerror', (error) => noise.push(error.message))
    page.on('dialog', (dialog) => noise.push(dialog.message()))
    page.on('request', (request) => request.url().startsWith('file:') || noise.push(request.url()))
  })

  afterEach(async () => {
    await page.close()
    expect(noise).toEqual([])
  })

  it('shows the end of the first failure, with numbers and colours', async () => {
    await open(aFinishedJournal().board(), logs)
    expect(await page.locator('#which').inputValue()).toBe(SPECS.XBY)
    const last = page.locator('#log .line').last()
    expect(await last.getAttribute('data-n')).toBe('301')
    expect(await last.textContent()).toBe('error: the end')
    expect(await last.locator('.f-1.bold').textContent()).toBe('error')
    expect(await page.locator('#log').evaluate((log) => log.scrollTop + log.clientHeight >= log.scrollHeight - 1)).toBe(
      true,
    )
  })

  it('opens the log that a link names', async () => {
    await open(aFinishedJournal().board(), logs, `#log/${SPECS.TUD}`)
    await soon(theLog).toBe(SPECS.TUD)
    await page.getByRole('link', { name: 'log of 00k-adf' }).click()
    await soon(theLog).toBe(SPECS.ADF)
    await soon(focused).toBe('log')
    await page.goBack()
    await soon(theLog).toBe(SPECS.TUD)
    await page.locator(`.lane[data-open="${SPECS.X4N}"]`).click()
    await soon(theLog).toBe(SPECS.X4N)
  })

  it('searches by keyboard alone', async () => {
    await open(aFinishedJournal().board(), logs)
    await page.keyboard.press('/')
    await soon(focused).toBe('query')
    await page.keyboard.type('LINE 30')
    await soon(found).toBe('1 of 2')
    expect(await page.locator('mark.current').textContent()).toBe('line 30')
    await page.keyboard.press('Enter')
    await soon(found).toBe('2 of 2')
    await soon(() => page.locator('mark.current').isVisible()).toBe(true)
    await page.keyboard.press('Shift+Enter')
    await soon(found).toBe('1 of 2')
    await page.keyboard.press('Escape')
    await soon(focused).toBe('log')
    expect(await page.locator('mark').count()).toBe(0)

    await page.keyboard.press('/')
    await page.keyboard.type('r: the e')
    expect(await page.locator('mark').allTextContents()).toEqual(['r', ': the ', 'e'])
    await page.keyboard.press('Control+A')
    await page.keyboard.type('log')
    await page.keyboard.press('Tab')
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    await page.keyboard.press('N')
    await soon(found).toBe('2 of 300')
    await page.locator('#keys').uncheck()
    await page.keyboard.press('n')
    await soon(found).toBe('2 of 300')
  })

  it('is reached everywhere by the Tab key, with a focus to see', async () => {
    await open(aFinishedJournal().board(), logs)
    const reached: string[] = []
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate<{ name: string; outline: string } | null>(FOCUS)
      if (!at) break
      expect(at, at.name).toMatchObject({ outline: expect.not.stringMatching('none') })
      reached.push(at.name)
    }
    for (const name of [
      'theme',
      'show-all',
      'log of 00k-adf',
      'Chart of the timeline',
      'Graph of the dependencies',
      'which',
      'query',
      'next',
      'log',
      'wrap',
    ]) {
      expect(reached).toContain(name)
    }
  })

  it('filters workers by state', async () => {
    await open(aFinishedJournal().board(), logs)
    const rows = () => page.locator('#workers tbody tr:visible').count()
    await soon(rows).toBe(6)
    await page.getByRole('radio', { name: 'failed 1' }).check()
    await soon(rows).toBe(1)
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('radio', { name: 'not run 1' }).isChecked()).toBe(true)
    await soon(rows).toBe(1)
  })

  it('is light or dark as the system is, or as somebody chose', async () => {
    await open(aFinishedJournal().board(), logs)
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    await soon(ground).toBe('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await soon(ground).toBe('rgb(13, 17, 23)')
    await page.getByRole('button', { name: 'Light theme' }).click()
    await soon(ground).toBe('rgb(255, 255, 255)')
    await page.reload()
    await soon(ground).toBe('rgb(255, 255, 255)')
    await page.getByRole('button', { name: 'Dark theme' }).click()
    await soon(ground).toBe('rgb(13, 17, 23)')
  })

  it('fits on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await open(aFinishedJournal().board(), logs)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(await page.getByRole('row').count()).toBeGreaterThanOrEqual(6)
  })

  it('runs nothing that a title, a branch or a log says', async () => {
    const evil = `"'></title></script></style></svg><img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)" autofocus onfocus=alert(4)>&lt;\u202e`
    const journal = new Journal().add(
      { type: 'run-started', run: aRun({ links: { repository: 'javascript:alert(5)', run: 'javascript:alert(6)' } }) },
      {
        type: 'planned',
        plan: aPlan([
          aPlanned('a', { title: evil, file: evil, agent: evil }),
          aPlanned('b', { dependsOn: [id('a')], wave: 2, title: evil }),
        ]),
      },
    )
    journal.start('a', 1, evil).gone('a', 1, 1)
    const board = journal.done('a', { type: 'exit-non-zero', code: 1, message: evil }).finish().board()
    await open(board, new Map([[id('a'), `${evil}\n<!--<script>\n]]>`]]))
    expect(await page.locator('img, main script:not([type]), a[href^="javascript"]').count()).toBe(0)
    expect(await page.locator('#log').textContent()).toContain('<img src=x onerror=alert(1)>')
    expect(await page.locator('.failure').textContent()).toContain('<script>alert(2)</script>')
    expect(await page.locator('.failure').textContent()).toContain('\\u202e')
    await page.locator('#query').fill('<script>')
    await soon(found).toBe('1 of 2')
  })

  it('opens 500 workers with long logs at once', async () => {
    const planned = Array.from({ length: 500 }, (_, i) => aPlanned(`s${i}`))
    const journal = new Journal().add({ type: 'run-started', run: aRun() }, { type: 'planned', plan: aPlan(planned) })
    for (const { specId } of planned)
      journal.start(specId, 1).at(9).gone(specId, 1, 0).done(specId, { type: 'completed', message: '' })
    const text = 'A line of a log, as long as such lines are on the whole\n'.repeat(5_000)
    const begun = performance.now()
    await open(journal.finish().board(), new Map(planned.map(({ specId }) => [specId, text])))
    const opened = performance.now() - begun
    console.log(`made, written and opened in ${Math.round(opened)} ms`)
    expect(await page.locator('#log .line').count()).toBeGreaterThan(500)
    const shown = await page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    console.log(`of that, the browser took ${Math.round(Number(shown))} ms`)
  })
})
