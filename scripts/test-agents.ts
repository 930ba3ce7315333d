import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CLIS, type CliName, install, isCli, USUAL } from '../test/agents/clis.ts'
import { FACTS_VARIABLE, factsTable } from '../test/agents/facts.ts'

/**
 * `npm run test:agents`: installs the real claude, codex and pi from npm, beside this repository's own packages, and lets
 * them work against the scripted model on loopback, by themselves and started by the built action. `-- --all` takes all seven,
 * `-- --agent gemini` those that are named. At the end stands a table of what was seen.
 */

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    agent: { type: 'string', multiple: true, default: [] },
  },
})
const unknown = values.agent.filter((name) => !isCli(name))
if (unknown.length > 0) {
  console.error(`There is no agent named ${unknown.join(', ')}. There are: ${CLIS.join(', ')}.`)
  process.exit(2)
}
if (process.platform !== 'linux') {
  console.error('These tests find processes by /proc: they run on Linux only.')
  process.exit(2)
}

const chosen: readonly CliName[] = values.all ? CLIS : values.agent.length > 0 ? values.agent.filter(isCli) : USUAL
for (const cli of chosen) install(cli)
const facts = mkdtempSync(join(tmpdir(), 'chant-facts-'))
const root = join(import.meta.dirname, '..')
const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/agents/vitest.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CHANT_TEST_AGENTS: chosen.join(','), [FACTS_VARIABLE]: facts },
})
console.log(factsTable(facts, chosen))
rmSync(facts, { recursive: true })
process.exitCode = status ?? 1
