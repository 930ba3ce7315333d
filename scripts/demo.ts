import { dirname, join } from 'node:path'
import { styleText } from 'node:util'
import { startAction } from '../test/runner/runner.ts'
import { type Check, checkDemo } from './demo/check.ts'
import { setScene } from './demo/scene.ts'
import { watchAgents } from './demo/watch.ts'
import { terminalLog } from './terminal-log.ts'
import { terminalMarkdown } from './terminal-markdown.ts'

/** `npm run demo`: the built action on a scratch repository, started as the runner starts it, and looked at from outside. */

const MAX_PARALLEL = 4
const color = process.stdout.isTTY && !process.env['NO_COLOR']
const paint = (style: Parameters<typeof styleText>[0], text: string) => (color ? styleText(style, text) : text)
const print = (text = '') => process.stdout.write(`${text}\n`)

const scene = setScene()
print(paint('bold', 'The main step') + paint('dim', `  a scratch repository, ${scene.repository}`))
print()
const action = await startAction({
  actionDir: join(import.meta.dirname, '..'),
  workspace: scene.repository,
  home: scene.home,
  temp: scene.temp,
  env: { XDG_STATE_HOME: scene.state },
  inputs: {
    checks: 'off', // there is no GitHub here to write them to
    agent: 'command',
    command: `'${process.execPath}' '${scene.agent}'`,
    'max-parallel': String(MAX_PARALLEL),
  },
  onLine: terminalLog((text) => process.stdout.write(text), color),
})
const stop = () => action.kill('SIGINT')
process.on('SIGINT', stop).on('SIGTERM', stop)
const watch = watchAgents(scene.repository, scene.agent)
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
const checks = await checkDemo({ scene, main, post, sightings, maxParallel: MAX_PARALLEL, leftovers })
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
if (wrong.length === 0) {
  print(
    `All is as it should be (${seconds} s). The step itself failed, as it had to: one spec leaves a criterion open.`,
  )
} else {
  print(paint(['red', 'bold'], `${wrong.length} of ${checks.length} things are not as they should be (${seconds} s).`))
  process.exitCode = 1
}

function printCheck({ should, but }: Check): void {
  print(`  ${but.length === 0 ? paint('green', '✓') : paint('red', '✗')} ${should}`)
  for (const problem of but) print(`      ${paint('red', problem)}`)
}
