import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Marked } from 'marked'
import type { Page } from 'playwright-core'

/**
 * Markdown as GitHub shows it: GitHub's style sheet (github-markdown-css), GitHub Flavored Markdown by marked, and diagrams drawn by the
 * mermaid package itself. A diagram that does not parse is an error.
 */
export async function openMarkdown(page: Page, markdown: string): Promise<void> {
  const body = await new Marked({ gfm: true, async: true, renderer: { code: diagram } }).parse(markdown)
  const style = readFileSync(fileURLToPath(import.meta.resolve('github-markdown-css/github-markdown.css')), 'utf8')
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>${style}
body{margin:0;padding:24px 28px;max-width:980px;box-sizing:border-box}@media(prefers-color-scheme:dark){body{background:#0d1117}}
.mermaid{text-align:center;margin-bottom:16px}</style><body class="markdown-body">${body}</body>`,
  )
  await page.addScriptTag({ path: join(dirname(fileURLToPath(import.meta.resolve('mermaid'))), 'mermaid.min.js') })
  // Runs in the page, where mermaid is a global.
  await page.evaluate(`(async () => {
    mermaid.initialize({ startOnLoad: false, theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default' })
    await mermaid.run({ querySelector: '.mermaid' })
  })()`)
}

/** Diagrams for mermaid; all other code is left to marked. */
function diagram({ text, lang }: { text: string; lang?: string | undefined }): string | false {
  if (lang !== 'mermaid') return false
  const escaped = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
  return `<pre class="mermaid">${escaped}</pre>`
}
