import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'
import { loadConfig } from '../../src/work/load-config.ts'
import { scratch } from '../scripts/scratch.ts'

function load(files: Readonly<Record<string, string>>, agents = '', project = '') {
  const root = scratch({ 'home/x': '', 'work/.chant/x': '', ...files })
  return loadConfig({ directory: join(root, 'work', project), root: join(root, 'work') }, agents, join(root, 'home'))
}
const md = (yaml: string): string => `---\n${yaml}\n---\n`

test('lays project over global and the input over agents.md, and gathers what is odd', () => {
  const loaded = load(
    {
      'home/.config/chant/config.md': md('defaults: {model: opus, promt: x}\nparallel: {agents: [{name: g}]}'),
      'work/.chant/config.md': md('defaults: {prompt: tdd}\nagent: x'),
      'work/.chant/agents.md': md('parallel: {agents: [{name: f}]}'),
    },
    '[{name: i, x: 1}]',
  )
  if (!loaded.ok) throw new Error(loaded.error.message)
  const { merged, warnings } = loaded.value
  expect(merged.config.defaults).toMatchObject({ model: 'opus', prompt: 'tdd' })
  expect(merged.config.parallel.agents.map(({ name }) => name)).toEqual(['i'])
  expect(warnings.map((d) => formatDiagnostic(d).split(' ')[0])).toEqual([
    '~/.config/chant/config.md:2:25',
    '.chant/config.md:3:1',
    'input',
  ])
})

test('names every place that is wrong in one error, warnings aside', () => {
  const loaded = load(
    {
      'home/.config/chant/config.md': 'no front matter',
      'work/.chant/config.md': md('defaults:\n  model: [a]\nodd: 1\nlint: x'),
    },
    'claude',
  )
  expect(loaded.ok ? '' : loaded.error.message).toMatchInlineSnapshot(
    `"The configuration cannot be used: ~/.config/chant/config.md:1:1 no front matter: put the settings between two lines "---" at the start of the file; .chant/config.md:3:10 "defaults.model" is a list, expected text; .chant/config.md:5:7 "lint" is "x", expected settings of its own; input agents:1:1 expected a list of agents, each with \`name\` and \`command\`."`,
  )
  // The first that is a file of the project: nothing is shown beside what is elsewhere.
  expect(loaded.ok || loaded.error.place).toEqual({ file: '.chant/config.md', line: 3, column: 10 })
})

test('names files from the root of the repository, which may hold several projects', () => {
  const files = {
    'home/.config/chant/config.md': md('lint: x'),
    'work/apps/web/.chant/config.md': md('lint: x'),
  }
  const loaded = load(files, 'claude', 'apps/web')
  expect(loaded.ok ? [] : loaded.error.message.match(/\S+:\d+:\d+/g)).toEqual([
    '~/.config/chant/config.md:2:7',
    'apps/web/.chant/config.md:2:7',
    'agents:1:1',
  ])
})

test('names five places at most', () => {
  const loaded = load({}, Array.from({ length: 30 }, () => '- x').join('\n'))
  expect(loaded.ok ? [] : loaded.error.message.match(/input agents:\d+/g)).toHaveLength(5)
  expect(loaded.ok ? '' : loaded.error.message).toMatch(/; and 25 more\.$/)
  expect(loaded.ok || loaded.error).not.toHaveProperty('place')
})
