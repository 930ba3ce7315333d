import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { blocks } from '../../scripts/picture/blocks.mjs'
import { scratch } from './scratch.ts'

const SUMMARY = `# chant: 1 of 2 specs completed

| | completed | failed |
|---|---|---|
| **2 specs** | 1 | 1 |

## ✗ Fix the race · \`no-commits\`
**The agent changed nothing** ([log](x)).
> I could not \\<decide\\>.

[branch](x) <details><summary>last 2 lines</summary>

\`\`\`
hidden
\`\`\`
</details>

## Workers

| spec | state |
|---|---|
| one | done |

Logs: far away

## Timeline

\`\`\`mermaid
gantt
\`\`\`
`

test('the Markdown of a summary is read as blocks; what is folded away is left out', () => {
  const brief = blocks(SUMMARY).map((block) =>
    'spans' in block ? `${block.type}: ${block.spans.map(({ text }) => text).join('')}` : block.type,
  )
  expect(brief).toMatchInlineSnapshot(`
    [
      "heading:  chant: 1 of 2 specs completed",
      "table",
      "heading:  ✗ Fix the race · no-commits",
      "paragraph: The agent changed nothing (log).",
      "quote: I could not <decide>.",
      "paragraph: branch",
      "details: last 2 lines",
      "heading:  Workers",
      "table",
      "paragraph: Logs: far away",
      "heading:  Timeline",
      "diagram",
    ]
  `)
})

test('the picture holds the top of the summary as text, escaped, and nothing of what follows', () => {
  const directory = scratch({ 'summary.md': SUMMARY })
  const script = path.resolve(import.meta.dirname, '../../scripts/summary-picture.mjs')
  execFileSync(process.execPath, [script, 'summary.md', 'summary.svg'], { cwd: directory })
  const svg = readFileSync(path.join(directory, 'summary.svg'), 'utf8')
  expect(svg).toContain('>chant: 1 of 2 specs completed</text>')
  expect(svg).toContain('>I could not &lt;decide&gt;.</text>')
  expect(svg).toContain('>last 2 lines</text>')
  expect(svg).toContain('>done</text>')
  expect(svg).not.toMatch(/hidden|far away|Timeline|foreignObject|href|url\(/)
  expect(svg.match(/<text /g)?.length).toBe(svg.match(/<\/text>/g)?.length)
})
