import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { reportHtml } from '../src/report/html.ts'
import { startChromium } from '../test/browser/chromium.ts'
import { checkPage } from './look/check-page.ts'
import { openMarkdown } from './look/github-page.ts'
import { demoFolder, readFolder } from './look/report-folder.ts'
import { smallPng } from './look/small-png.ts'

/**
 * `node scripts/look.ts [REPORT-FOLDER [OUT]]`: pictures of what people see of a run, made by a real browser. Without a folder, of the
 * demo. The folder is the one that becomes the artifact: events.ndjson, summary.md, logs. Without OUT, into `docs/`, and only those
 * that the documentation shows.
 */

const DESKTOP = { width: 1100, height: 900 }
const PHONE = { width: 390, height: 844 }

const [given, to] = process.argv.slice(2)
const out = resolve(to ?? 'docs')
mkdirSync(out, { recursive: true })
const started = await startChromium()
if (typeof started === 'string') {
  console.error(`No pictures: ${started}.`)
  process.exit(1)
}
await using browser = started
const folder = readFolder(given || (await demoFolder()))
const scratch = mkdtempSync(join(tmpdir(), 'chant-look-'))
const report = join(scratch, 'report.html')
writeFileSync(report, reportHtml(folder.board, { now: folder.lastAt, logs: folder.logs }))

const openSummary = (page: Page) => openMarkdown(page, folder.summary)
const openCheck = (page: Page) => openMarkdown(page, checkPage(folder))

await picture('summary.png', DESKTOP, 'light', openSummary)
await picture('check-run.png', DESKTOP, 'light', openCheck)
await picture('report.png', DESKTOP, 'light', openReport)
await picture('report-dark.png', DESKTOP, 'dark', openReport)
if (to !== undefined) {
  await picture('summary-phone.png', PHONE, 'light', openSummary)
  await picture('check-run-phone.png', PHONE, 'dark', openCheck)
  await picture('report-phone.png', PHONE, 'dark', openReport)
}
rmSync(scratch, { recursive: true })

async function openReport(page: Page): Promise<void> {
  await page.goto(pathToFileURL(report).href)
}

/** The whole page, whatever its height. A word of the browser's console is worth a look too. */
async function picture(
  name: string,
  viewport: { readonly width: number; readonly height: number },
  colorScheme: 'light' | 'dark',
  open: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({ viewport, colorScheme })
  page.on('console', (message) => console.log(`${name}: console: ${message.text()}`))
  page.on('pageerror', (error) => console.log(`${name}: ${error.message}`))
  await open(page)
  const path = join(out, name)
  const png = smallPng(await page.screenshot({ fullPage: true }))
  await page.close()
  writeFileSync(path, png)
  console.log(`${relative('.', path)} ${Math.ceil(png.length / 1000)} kB`)
}
