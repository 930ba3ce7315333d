import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent, agentBySpec } from '../e2e/agent.ts'
import { outcomesIn, resultsOf } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs, specText } from '../e2e/spec-text.ts'
import { outputLines, runnerCommand } from '../report/runner-commands.ts'
import { nodeBy, onLinux, peakMemory, until } from './machine.ts'

/** Rows 18, 19 and 22: output without measure, and output that would give the runner orders. */

const [ONE, TWO] = [idOf(1), idOf(2)]
const MB = 1_000_000

const rawOf = (scene: Scene, id: string): string => join(scene.stateDirs()[0] ?? '', 'raw', `${id}.agent-1.stdout`)

describe.skipIf(!onLinux)('memory stays below 150 MB', () => {
  test('with 1 GB of lines: the raw file is cut in place, that is said once, and the run succeeds', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const action = await scene.start({
      command: `${scene.gate.words}${agent('{ yes "a line of output" || true; } | head -c 1G; echo; echo last; wait_here; work')}`,
    })
    await scene.gate.arrived(1, action.done)
    const raw = rawOf(scene, ONE)
    await until(() => statSync(raw).size < 105 * MB, 'a raw file that was cut')
    expect(peakMemory(action.pid)).toBeLessThan(150)
    scene.gate.pass()
    const { main, post, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    const log = scene.report(`logs/${ONE}.log`)
    expect(log.match(/raw output passed 100 MiB and was truncated/g)).toHaveLength(1)
    expect(log).toMatch(/\d+ bytes of output are not shown/)
    // On a slow machine the readable log has reached its own limit before the end.
    expect(log).toMatch(/\nlast\n(… raw output passed .*\n)?$|the log ends here/)
    expect(log.length).toBeLessThan(25 * MB)
    expect([post.lines, killed, scene.left()]).toEqual([[], [], []])
  })

  test('with one line of 700 MB: it is cut with a mark, and what follows is there', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const line = 'head -c 700M /dev/zero | tr "\\0" x; echo; echo after'
    const action = await scene.start({ command: `${scene.gate.words}${agent(`${line}; wait_here; work`)}` })
    await scene.gate.arrived(1, action.done)
    await until(() => statSync(rawOf(scene, ONE)).size < 105 * MB, 'a raw file that was cut')
    expect(peakMemory(action.pid)).toBeLessThan(150)
    scene.gate.pass()
    const { main } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed' })
    const log = scene.report(`logs/${ONE}.log`)
    expect(log).toMatch(/not shown|\(line cut\)/)
    expect(log).toMatch(/\nafter\n(… raw output passed .*\n)?$/)
    expect(log.length).toBeLessThan(MB)
    expect(Math.max(...log.split('\n').map((text) => text.length))).toBeLessThan(11_000)
  })
})

const ORDERS = [
  '::set-env name=PATH::/tmp',
  '  ::add-mask::e',
  '::stop-commands::guessed',
  '::guessed::',
  '\\033[0m::error::behind a colour',
  'text ##[group]in the middle',
  '##[error]old',
  'one\\r::error::behind a return',
  '\\302\\240::error::behind a blank of another kind',
  '\\342\\200\\213::error::behind nothing that is seen',
]

test.each(['off', 'full'])(
  'the runner finds no order of an agent in what we print, with log-stream %s',
  async (stream) => {
    await using scene = new Scene({ specs: { [ONE]: specText({ title: '::error::t ##[group]t' }), [TWO]: specText() } })
    const printed = join(scene.root, 'printed')
    const node = nodeBy(scene, `exec "$NODE" "$@" >> '${printed}' 2>&1`)
    const orders = ORDERS.map((order) => `printf '${order}\\n'; printf '${order}\\n' >&2\n`).join('')
    await scene.run(
      { 'log-stream': stream, command: agentBySpec({ [ONE]: `${orders} work` }, `${orders} exit 3`) },
      { node },
    )
    const text = readFileSync(printed, 'utf8')
    expect(text).toContain('behind a return')
    const found = outputLines(text).flatMap((line) => runnerCommand(line) ?? [])
    // What is left are our own: two folded logs, and an error for the spec and for the step.
    expect(found.map(({ form, name }) => `${form} ${name}`)).toEqual([
      ...['new group', 'new endgroup', 'new group', 'new endgroup'],
      ...['new error', 'new error'],
    ])
  },
)
