// Draws the top of a job summary as GitHub shows it, for README.md:
//   node scripts/summary-picture.mjs path/to/summary.md docs/summary.svg
// Text stays text, and nothing is loaded from elsewhere, so that GitHub shows the file as an image.
import { readFile, writeFile } from 'node:fs/promises'
import { blocks } from './picture/blocks.mjs'
import { draw } from './picture/draw.mjs'

const [from, to] = process.argv.slice(2)
if (!from || !to) {
  console.error('usage: node scripts/summary-picture.mjs SUMMARY.md PICTURE.svg')
  process.exitCode = 2
} else {
  await writeFile(to, draw(top(blocks(await readFile(from, 'utf8')))))
}

/**
 * Up to the table of workers, with it: what follows is diagrams, which GitHub draws, and details of the machine.
 * @param {import('./picture/blocks.mjs').Block[]} all
 */
function top(all) {
  const heading = all.findIndex((block) => block.type === 'heading' && /^\s*Workers$/.test(block.spans[0]?.text ?? ''))
  const table = all.findIndex((block, index) => index > heading && block.type === 'table')
  return heading < 0 || table < 0 ? all.filter((block) => block.type !== 'diagram') : all.slice(0, table + 1)
}
