import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CASES, type Case, SPEC_ID } from './cases.ts'
import { CLIS, type CliName, folderOf, install, isCli, packageOf } from './clis.ts'
import { makeGround } from './ground.ts'
import { pointAt } from './loopback.ts'
import { startModelServer } from './model-server/server.ts'
import { Normaliser, shorten } from './normalise.ts'
import { commandFor, runCli } from './run-cli.ts'

/**
 * `node test/agents/record.ts --agent claude [--case success]`: runs the real CLI against the scripted server, once for
 * each case, and writes what it printed to test/fixtures/agents/<cli>/<version>/<case>/. Fixtures are made only here.
 */

const FIXTURES = join(import.meta.dirname, '../fixtures/agents')
/** Some try again for ever, and four minutes say so. Milliseconds. */
const TIMEOUT_MS = 240_000

const { values } = parseArgs({
  options: {
    agent: { type: 'string' },
    case: { type: 'string', multiple: true, default: [] },
  },
})
if (values.agent === undefined || !isCli(values.agent)) {
  console.error(`--agent is one of ${CLIS.join(', ')}.`)
  process.exit(2)
}
const cli = values.agent
install(cli)
const wanted = CASES.filter(({ only }) => only?.includes(cli) ?? true).filter(
  ({ name }) => values.case.length === 0 || values.case.includes(name),
)
for (const one of wanted) await record(cli, one)

async function record(cli: CliName, one: Case): Promise<void> {
  using ground = makeGround(SPEC_ID)
  await using server = await startModelServer({ scenario: () => one.scenario })
  const pointed = pointAt(cli, server.url, ground.home)
  const command = commandFor(cli, ground, pointed, one)
  const started = performance.now()
  const run = await runCli(cli, ground, { command, pointed, signal: one.signal, timeout: TIMEOUT_MS, env: one.env })
  const normaliser = new Normaliser(ground, server.url, folderOf(cli))
  const first = server.requests.find(({ dialect }) => dialect !== undefined)
  const about = {
    agent: cli,
    version: packageOf(cli).version,
    args: command.args,
    exit: run.exit,
    seconds: seconds(run.duration),
    firstRequestSeconds: first ? seconds(first.at - started) : null,
    requests: server.requests.filter(({ turn }) => turn !== undefined && turn.type !== 'aside').length,
    ...(run.stopped ? { stopped: { by: run.stopped.why, endedAfterSeconds: seconds(run.stopped.endedAfter) } } : {}),
    left: run.left.map((command) => normaliser.text(command).slice(0, 120)),
  }
  const folder = join(FIXTURES, cli, about.version, one.name)
  rmSync(join(folder, 'usage.json'), { force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'stdout.ndjson'), shorten(normaliser.text(run.stdout)))
  writeFileSync(join(folder, 'stderr.txt'), normaliser.text(run.stderr))
  writeFileSync(join(folder, 'run.json'), `${normaliser.text(JSON.stringify(about, null, 2))}\n`)
  if (existsSync(ground.usageFile))
    writeFileSync(join(folder, 'usage.json'), normaliser.text(readFileSync(ground.usageFile, 'utf8')))
  console.log(`${cli} ${one.name}: ${JSON.stringify({ ...about, args: undefined })}`)
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10
}
