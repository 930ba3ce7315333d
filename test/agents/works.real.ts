import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Judgement } from '../../src/agent/adapter.ts'
import { agents } from '../../src/agent/agents.ts'
import type { AgentEvent } from '../../src/agent/event.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import { hear } from '../agent/fixtures.ts'
import { STUCK, WORK } from './cases.ts'
import { type CliName, isCli, packageOf, programOf } from './clis.ts'
import { note, seconds } from './facts.ts'
import { type Ground, makeGround } from './ground.ts'
import { DUMMY_KEY, pointAt } from './loopback.ts'
import { fail, type Scenario, shell } from './model-server/scenario.ts'
import { type ModelServer, startModelServer } from './model-server/server.ts'
import { type CliRun, commandFor, runCli } from './run-cli.ts'

/** What the recordings say still holds for the CLIs that are installed: they are started as the adapters say, and read by them. */

const chosen = (process.env['CHANT_TEST_AGENTS'] ?? '').split(',').filter(isCli)

const IDS = ['2026-01-01-001-aaa', '2026-01-01-002-bbb', '2026-01-01-003-ccc'] as const

interface Worked {
  readonly run: CliRun
  readonly events: readonly AgentEvent[]
  readonly judgement: Judgement
}

async function work(cli: CliName, ground: Ground, server: ModelServer, signal?: NodeJS.Signals): Promise<Worked> {
  const pointed = pointAt(cli, server.url, ground.home)
  const run = await runCli(cli, ground, {
    command: commandFor(cli, ground, pointed),
    pointed,
    signal,
    timeout: 200_000,
  })
  const stream = new AgentStream(agents[cli])
  const events = [...hear(stream, 'stdout', run.stdout), ...hear(stream, 'stderr', run.stderr)]
  return { run, events, judgement: stream.judge(run.exit) }
}

const serve = (scenario: Scenario) => startModelServer({ scenario: () => scenario })

const types = (events: readonly AgentEvent[]) => new Set(events.map(({ type }) => type))

describe.each(chosen)('%s', (cli) => {
  it('is the version that was asked for, and says so', () => {
    using ground = makeGround(IDS[0])
    const { stdout, stderr } = spawnSync(programOf(cli), agents[cli].versionArgs, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: ground.home },
    })
    expect(stdout + stderr).toContain(packageOf(cli).version)
  })

  it('works three specs at the same time, and each is told of', async () => {
    await using server = await serve(WORK)
    using grounds = new DisposableStack()
    const three = IDS.map((id) => grounds.use(makeGround(id)))
    const worked = await Promise.all(three.map((ground) => work(cli, ground, server)))
    for (const [index, { events, judgement, run }] of worked.entries()) {
      expect(judgement).toEqual({ type: 'success', message: 'Added notes.txt and committed it.' })
      expect(types(events)).toEqual(
        expect.toSatisfy((seen) => ['session', 'tool', 'text', 'result'].every((type) => seen.has(type))),
      )
      expect(run.left).toEqual([])
      const subjects = execFileSync('git', ['log', '--format=%s'], { cwd: three[index]?.worktree, encoding: 'utf8' })
      expect(subjects.trim().split('\n')).toHaveLength(2)
    }
    for (const id of IDS)
      expect(server.requests.filter(({ specId, turn }) => specId === id && turn?.type !== 'aside')).toHaveLength(3)
    expect(new Set(server.requests.map(({ key }) => key))).toEqual(new Set([DUMMY_KEY]))
    note(cli, { understood: [...types(worked.flatMap(({ events }) => events))].sort() })
  })

  it('tries again by itself after two answers with 429, and succeeds', async () => {
    await using server = await serve([fail(429, { times: 2, retryAfter: 1 }), ...WORK])
    using ground = makeGround(IDS[0])
    const { judgement, events } = await work(cli, ground, server)
    expect(judgement.type).toBe('success')
    note(cli, { retries: types(events).has('retry') })
  })

  it('is no success when it is stopped in the middle of a command', async () => {
    await using server = await serve([shell(STUCK)])
    using ground = makeGround(IDS[0])
    const { judgement, events, run } = await work(cli, ground, server, 'SIGTERM')
    const exit = run.exit.type === 'code' ? `exit ${run.exit.code}` : run.exit.type === 'signal' ? run.exit.signal : '?'
    note(cli, { term: `${exit} after ${seconds(run.stopped?.endedAfter ?? 0)}, ${run.left.length} left` })
    // copilot now and then says that it is done, before the same signal ends it: its word alone is no success.
    const isSaid = types(events).has('result')
    const message = isSaid ? 'It said that it was done, then was killed by SIGTERM' : expect.any(String)
    expect(judgement).toMatchObject({ type: 'failure', message })
  })
})
