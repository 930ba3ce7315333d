import { access, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Every file that README, CHANGELOG and docs link to is there.
 * @type {import('../check.mjs').Part}
 */
export async function links(root) {
  const docs = await readdir(path.join(root, 'docs')).catch(() => [])
  const pages = ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)].filter((page) =>
    page.endsWith('.md'),
  )
  const problems = await Promise.all(pages.map((page) => brokenLinks(root, page)))
  return problems.flat()
}

/**
 * @param {string} root
 * @param {string} page
 */
async function brokenLinks(root, page) {
  const text = await readFile(path.join(root, page), 'utf8').catch(() => undefined)
  if (text === undefined) return [`${page} is missing`]
  const problems = []
  for (const [index, line] of text.split('\n').entries()) {
    for (const [, target = ''] of line.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)) {
      const file = path.join(root, path.dirname(page), target)
      const there = await access(file).then(
        () => true,
        () => false,
      )
      if (!there) problems.push(`${page}:${index + 1} links to ${target}, which is not there`)
    }
  }
  return problems
}
