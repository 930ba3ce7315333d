import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CLIS, type CliName, install, isCli, packageOf, USUAL } from '../test/agents/clis.ts'

/**
 * `npm run test:agents`: installs the real claude, codex and pi from npm, beside this repository's own packages, and lets
 * them work against the scripted model on loopback. `-- --all` takes all seven, `-- --agent gemini` those that are named.
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
for (const cli of chosen) {
  install(cli)
  const { name, version } = packageOf(cli)
  console.log(`${cli}: ${name} ${version}`)
}
const root = join(import.meta.dirname, '..')
const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'test/agents/vitest.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CHANT_TEST_AGENTS: chosen.join(',') },
})
process.exitCode = status ?? 1
