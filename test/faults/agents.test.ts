import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agentBySpec } from '../e2e/agent.ts'
import { outcomesIn, resultsOf, workerIn } from '../e2e/results-file.ts'
import { finish, Scene } from '../e2e/scene.ts'
import { idOf, plainSpecs, specText } from '../e2e/spec-text.ts'
import { agentsOf, killed as killProcess, waitingRun } from './left-run.ts'
import { lives, onLinux } from './machine.ts'

/** Rows 3, 7, 17, 20, 21, 24 and 25: agents that start, talk and end as no agent should. */

const [ONE, TWO, THREE, FOUR, FIVE, SIX] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5), idOf(6)]

describe.skipIf(!onLinux)('an agent', () => {
  test('that somebody kills is `signal`; what it started goes, its slot is free, the others go on', async () => {
    await using scene = new Scene({ specs: plainSpecs(3) })
    const action = await waitingRun(
      scene,
      [ONE, TWO],
      { [ONE]: 'leave_daemon; edit; came "$CHANT_SPEC_ID"; wait_for_ever', [TWO]: 'wait_here; work', [THREE]: 'work' },
      { 'max-parallel': '2' },
    )
    await killProcess(agentsOf(scene).get(ONE)?.pid)
    await action.waitForLine(/001-abc +FAILED +signal/)
    await action.waitForLine(/003-abc +completed/)
    const daemons = scene.processes().filter(({ environment }) => environment['CHANT_SPEC_ID'] === ONE)
    expect(daemons).toEqual([])
    scene.gate.pass()
    const { main, killed } = await finish(action)
    expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'signal', [TWO]: 'completed', [THREE]: 'completed' })
    expect(workerIn(resultsOf(main), ONE).outcome).toMatchObject({ signal: 'SIGKILL' })
    expect(scene.fileOn(`chant/${ONE}`, `work-${ONE}.txt`)).toBe(`${ONE}\n`)
    expect([killed, scene.left()]).toEqual([[], []])
  })

  test('that leaves a chain of processes, each of which lives a moment, leaves nobody', async () => {
    await using scene = new Scene({ specs: plainSpecs(1) })
    const chain = join(scene.root, 'chain')
    // Deaf before it is seen: else the first may be the last.
    const link = `trap "" TERM; echo $$ >> '${chain}'; sleep 0.02; bash "$0" & exit 0`
    const action = await scene.start({
      command: `${scene.gate.words}${agentBySpec({ [ONE]: `work; printf '%s' '${link}' > '${scene.root}/link'; setsid bash '${scene.root}/link' & until [ -s '${chain}' ]; do :; done; wait_here` })}`,
    })
    await scene.gate.arrived(1, action.done)
    scene.gate.pass()
    const { main, killed } = await finish(action)
    expect(main.lines.some((line) => /swept /.test(line))).toBe(true)
    expect(main.annotations.filter(({ message }) => /did not end/.test(message))).toEqual([])
    const pids = readFileSync(chain, 'utf8').trim().split('\n').map(Number)
    expect(pids.length).toBeGreaterThan(1)
    expect([pids.filter(lives), killed, scene.left()]).toEqual([[], [], []])
  })

  test('that cannot be found fails by name, and so does one without its directory; 200 KB of prompt arrive', async () => {
    const long = 'All work and no play. '.repeat(9_500)
    await using scene = new Scene({ specs: { ...plainSpecs(3), [TWO]: specText({ body: long }) } })
    const count = `wc -c > '${scene.root}/count'; cmp -s "$CHANT_PROMPT_FILE" <(head -c 1000000 "$CHANT_PROMPT_FILE"); work`
    const { main, killed } = await scene.run({
      setup: `if [ "$CHANT_SPEC_ID" = ${THREE} ]; then rm -rf "$PWD"; fi`,
      command: agentBySpec({ [ONE]: 'no-such-agent --yes', [TWO]: count }),
    })
    const results = resultsOf(main)
    expect(outcomesIn(results)).toEqual({ [ONE]: 'exit-non-zero', [TWO]: 'completed', [THREE]: 'spawn-error' })
    expect(workerIn(results, ONE).outcome).toMatchObject({ code: 127 })
    const said = main.annotations.map(({ message }) => message).join('\n')
    expect(said).toMatch(/code 127.*`command`/)
    expect(said).toMatch(new RegExp(`could not be started.*wt/${THREE}`))
    expect(scene.report(`logs/${ONE}.log`)).toContain('no-such-agent')
    expect(Number(scene.readRoot('count'))).toBeGreaterThan(long.length)
    expect([killed, scene.left()]).toEqual([[], []])
  })
})

describe.skipIf(!onLinux)('output', () => {
  test('of every kind ends no run and holds none up', async () => {
    await using scene = new Scene({ specs: plainSpecs(6) })
    const bytes = '\\0\\377\\376\\303\\033[31mred\\033[0m\\r\\t\\342\\200\\256'
    const action = await scene.start({
      'max-parallel': '6',
      command:
        scene.gate.words +
        agentBySpec({
          // Row 20.
          [ONE]: `printf '${bytes}\\n'; wait_here; work`,
          // Row 21: more than a pipe holds, before anybody could have read.
          [TWO]: 'head -c 80K /dev/zero | tr "\\0" e >&2; echo out; work',
          // Row 24: the grandchild keeps what was the agent's output.
          [THREE]: `work; sleep 60 & date +%s%3N > '${scene.root}/exit'; exit 0`,
          [FOUR]: `work; setsid sleep 60 & exit 0`,
          // Row 25.
          [FIVE]: 'echo before; exec >&- 2>&-; wait_here; work',
          [SIX]: 'exec < /dev/null > /dev/null 2>&1; wait_here; work',
        }),
    })
    await scene.gate.cameAll([ONE, FIVE, SIX], action.done)
    for (const id of [TWO, THREE, FOUR]) await action.waitForLine(new RegExp(`${id.slice(-7)} +completed`))
    expect([...agentsOf(scene).keys()].sort()).toEqual([ONE, FIVE, SIX])
    const raw = readFileSync(join(scene.stateDirs()[0] ?? '', 'raw', `${ONE}.agent-1.stdout`))
    expect(raw.toString('latin1')).toBe('\0\xff\xfe\xc3\x1b[31mred\x1b[0m\r\t\xe2\x80\xae\n')
    scene.gate.pass(3)
    const { main, killed } = await finish(action)
    expect(new Set(Object.values(outcomesIn(resultsOf(main))))).toEqual(new Set(['completed']))
    expect(scene.report(`logs/${ONE}.log`)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]/)
    expect(scene.report(`logs/${TWO}.log`)).toContain('e'.repeat(5_000))
    expect(scene.report(`logs/${FIVE}.log`)).toBe('before\n')
    const gone = new RegExp(`^.*"type":"process-gone","specId":"${THREE}".*$`, 'm').exec(scene.report('events.ndjson'))
    const { at, swept, killed: byForce } = JSON.parse(gone?.[0] ?? '')
    // Neither the grandchild was waited for, which lives for a minute, nor the grace for those who do not hear.
    expect([swept.length, byForce]).toEqual([1, false])
    expect(Date.parse(at) - Number(scene.readRoot('exit'))).toBeLessThan(50_000)
    expect([killed, scene.left()]).toEqual([[], []])
  })
})
