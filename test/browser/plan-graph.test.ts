import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import { planGraph } from '../../src/report/plan-graph.ts'
import { everyState, HOSTILE_TITLES } from '../report/plan-fixture.ts'
import { PATIENCE_MS, startChromium } from './chromium.ts'

/** The graph of mode plan as mermaid itself reads it, in a real browser: it needs one to read anything. */

const started = await startChromium()
const why = typeof started === 'string' ? started : undefined
if (why) console.warn(`The graph of a plan is not tried with mermaid: ${why}.`)

const browserOf = (): Browser => {
  if (typeof started === 'string') throw new Error(started)
  return started
}

afterAll(async () => {
  if (typeof started !== 'string') await started.close()
})

describe.skipIf(why !== undefined)('the graph of a plan', () => {
  it('is read by mermaid, whatever the titles are, and none of them acts', async () => {
    const page = await browserOf().newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    const noise: string[] = []
    page.on('pageerror', (error) => noise.push(error.message))
    await page.setContent('<!doctype html><title>0</title><div id="out"></div>')
    await page.addScriptTag({ path: join(dirname(fileURLToPath(import.meta.resolve('mermaid'))), 'mermaid.min.js') })
    await page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'loose' })")
    for (const titles of [[], HOSTILE_TITLES, HOSTILE_TITLES.toReversed()]) {
      const { diagram = '' } = planGraph(everyState(titles)) ?? {}
      // Code for the page is text: these tests are checked without the types of a browser.
      const seen = await page.evaluate(
        `(async (text) => {
          const { svg } = await mermaid.render('drawn', text)
          document.getElementById('out').innerHTML = svg
          const nodes = [...document.querySelectorAll('#out .node')]
          return {
            labels: nodes.map((node) => node.textContent.trim()),
            states: [...new Set(nodes.map((node) => [...node.classList].at(-1)))].sort(),
            edges: document.querySelectorAll('#out .edgePaths path').length,
            pictures: document.querySelectorAll('#out img, #out a, #out script').length,
            title: document.title,
          }
        })(${JSON.stringify(diagram)})`,
      )
      expect(seen).toMatchObject({
        edges: 10,
        pictures: 0,
        title: '0',
        states: ['absent', 'approval', 'blocked', 'driver', 'elsewhere', 'invalid', 'later', 'ready'],
      })
      expect(seen).toHaveProperty('labels.length', 13)
      if (titles.length > 0) expect(JSON.stringify(seen)).toContain('onerror')
    }
    expect(noise).toEqual([])
    await page.close()
  })
})
