import { dirname, join } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { CLIS, isCli } from '../test/agents/clis.ts'
import { startAction } from '../test/runner/runner.ts'
import { type Check, checkDemo, checkStopped } from './demo/check.ts'
import { ownAgent } from './demo/own-agent.ts'
import { realAgent } from './demo/real-agent.ts'
import { setScene } from './demo/scene.ts'
import { watchAgents } from './demo/watch.ts'
import { terminalLog } from './terminal-log.ts'
import { terminalMarkdown } from './terminal-markdown.ts'

/**
 * `npm run demo`: the built action on a scratch repository, started as the runner starts it, and looked at from outside. The specs are worked
 * by an agent of the demo's own; with `-- --agent claude` by that CLI itself, installed from npm, with a scripted model in the place of its own.
 */

const MAX_PARALLEL = 4
const NO_STAGGER = '---\nproject:\n  name: shop\nparallel:\n  stagger_delay_ms: 0\n  stagger_jitter_ms: 0\n---\n'
const color = process.stdout.isTTY && !process.env['NO_COLOR']
const paint = (style: Parameters<typeof styleText>[0], text: string) => (color ? styleText(style, text) : text)
const print = (text = '') => process.stdout.write(`${text}\n`)

const { agent: cli } = readCommandLine()
if (cli !== undefined && !isCli(cli)) {
  console.error(`--agent is one of ${CLIS.join(', ')}. Without it the demo has an agent of its own.`)
  process.exit(2)
}
if (cli !== undefined && process.platform !== 'linux') {
  console.error('The demo knows a real CLI by /proc: --agent is for Linux only.')
  process.exit(2)
}
// Nobody has to be spared here, and all slots are to be seen at work.
const scene = setScene(cli === undefined ? {} : { '.chant/config.md': NO_STAGGER })
await using agent = cli === undefined ? ownAgent(scene) : await realAgent(cli, scene)
print(paint('bold', 'The main step') + paint('dim', `  a scratch repository, ${scene.repository}`))
print()
const action = await startAction({
  actionDir: join(import.meta.dirname, '..'),
  workspace: scene.repository,
  home: scene.home,
  temp: scene.temp,
  env: { XDG_STATE_HOME: scene.state, ...agent.env },
  inputs: {
    checks: 'off', // there is no GitHub here to write them to
    ...agent.inputs,
    'max-parallel': String(MAX_PARALLEL),
  },
  onLine: terminalLog((text) => process.stdout.write(text), color),
})
let isStopped = false
const stop = () => {
  isStopped = true
  action.kill('SIGINT')
}
process.on('SIGINT', stop).on('SIGTERM', stop)
const watch = watchAgents(scene.repository, agent)
const main = await action.done
const sightings = await watch.stop()

print()
print(paint('bold', 'The post step'))
const post = await action.post()
if (post.lines.length === 0) print(paint('dim', '(said nothing)'))
const leftovers = await action.endJob()

print()
print(paint('bold', 'The job summary'))
print()
print(terminalMarkdown(main.summary + post.summary, color))

print()
print(paint('bold', 'What should be so'))
const run = { scene, agent, main, post, sightings, maxParallel: MAX_PARALLEL, leftovers }
const checks = await (isStopped ? checkStopped : checkDemo)(run)
for (const check of checks) printCheck(check)

const report = dirname(main.outputs['logs-dir'] ?? join(scene.root, 'nowhere'))
print()
print(paint('bold', 'To look at'))
print(`  summary   ${join(report, 'summary.md')}`)
print(`  logs      ${main.outputs['logs-dir'] ?? 'none'}`)
print(`  results   ${main.outputs['results-file'] ?? 'none'}`)
print(`  branches  git -C ${scene.repository} branch`)

const wrong = checks.filter(({ but }) => but.length > 0)
const seconds = (main.durationMs / 1000).toFixed(1)
print()
if (wrong.length === 0 && isStopped) {
  print(`You stopped it after ${seconds} s. Nothing is left of it but what was done, on branches.`)
  process.exitCode = 130
} else if (wrong.length === 0) {
  print(
    `All is as it should be (${seconds} s). The step itself failed, as it had to: one spec leaves a criterion open.`,
  )
} else {
  print(paint(['red', 'bold'], `${wrong.length} of ${checks.length} things are not as they should be (${seconds} s).`))
  process.exitCode = 1
}

function readCommandLine(): { agent?: string | undefined } {
  try {
    return parseArgs({ options: { agent: { type: 'string' } } }).values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\nUsage: npm run demo [-- --agent NAME]`)
    process.exit(2)
  }
}

function printCheck({ should, but }: Check): void {
  print(`  ${but.length === 0 ? paint('green', '✓') : paint('red', '✗')} ${should}`)
  for (const problem of but) print(`      ${paint('red', problem)}`)
}
