import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it, test } from 'vitest'
import { agents } from '../../src/agent/agents.ts'
import type { AgentEvent } from '../../src/agent/event.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import { agentView } from '../../src/shell/agent-view.ts'
import { OutputReader } from '../../src/shell/output-reader.ts'
import { makeCleaner } from '../../src/shell/secrets.ts'
import { hear, recordings } from '../agent/fixtures.ts'
import { runs } from '../random-cases.ts'

const linesOf = (agent: 'pi' | 'claude') => {
  const recording = recordings.find((one) => one.agent === agent && one.name === 'success')
  if (!recording) throw new Error(`no recording of ${agent}`)
  const view = agentView(new AgentStream(agents[agent]), 'stdout', makeCleaner([]), {
    directory: '/scratch/repo',
  })
  return recording.stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => view.show(line, true))
}

test('shows an agent’s stream as lines for people: its conversation once, files as they are called where it works', () => {
  expect(linesOf('pi')).toMatchInlineSnapshot(`
    [
      "session 00000000-0000-4000-8000-000000000001",
      "▸ write notes.txt",
      "▸ bash git add --all && git commit --quiet --message 'Add notes' && git log --oneline | wc -l",
      "Added notes.txt and committed it.",
    ]
  `)
  expect(linesOf('claude')).toMatchInlineSnapshot(`
    [
      "session 00000000-0000-4000-8000-000000000001 · claude-sonnet-4-5",
      "▸ Write notes.txt",
      "▸ Bash git add --all && git commit --quiet --message 'Add notes' && git log --oneline | wc -l",
      "Added notes.txt and committed it.",
    ]
  `)
})

describe('a recording, read from its file as it grows,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chant-view-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(recordings.filter(({ stdout }) => stdout.length < 200_000))(
    'says the same wherever a piece of it ends: $agent $version, $name',
    (recording) => {
      const { agent, stdout } = recording
      // Pieces end in the middle of a character, too.
      const bytes = Buffer.from(stdout)
      const whole = hear(new AgentStream(agents[agent]), 'stdout', stdout)
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
          const path = join(folder, 'stdout')
          writeFileSync(path, '')
          const heard: AgentEvent[] = []
          const stream = new AgentStream(agents[agent])
          const view = agentView(stream, 'stdout', makeCleaner([]), { hear: (events) => heard.push(...events) })
          using reader = new OutputReader(path, makeCleaner([]), view)
          const ends = cuts.toSorted((a, b) => a - b)
          for (const [index, start] of [0, ...ends].entries()) {
            appendFileSync(path, bytes.subarray(start, ends[index]))
            reader.look()
          }
          reader.end()
          expect(heard).toEqual(whole)
        }),
        { numRuns: runs(5) },
      )
    },
  )
})

describe('a backlog that is too long to be shown', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chant-view-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const done = { type: 'turn_end', message: { stopReason: 'stop', content: [{ type: 'text', text: 'Done.' }] } }
  const read = (name: string, ...events: readonly object[]) => {
    const path = join(folder, name)
    const stream = new AgentStream(agents.pi)
    using reader = new OutputReader(path, makeCleaner([]), agentView(stream, 'stdout', makeCleaner([])))
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    return { lines: reader.end(), judgement: stream.judge({ type: 'code', code: 0 }), seen: stream.seen }
  }
  const spent = { type: 'message_end', message: { role: 'assistant', usage: { input: 7, output: 1 } } }

  it.each([3, 5, 20])('is understood all the same: the end stands before a line of %i MiB', (mebibytes) => {
    const long = { type: 'agent_end', messages: ['x'.repeat(mebibytes * 1024 * 1024)] }
    const { judgement, seen } = read(`long-${mebibytes}`, spent, done, long)
    expect(judgement).toEqual({ type: 'success', message: 'Done.' })
    expect(seen.usage).toMatchObject({ input: 7, output: 1 })
  })

  it('is read as lines again at its end', () => {
    const many = Array.from({ length: 60_000 }, () => ({ type: 'message_update', message: 'x'.repeat(80) }))
    const { lines, seen } = read('many', spent, ...many, spent, done)
    expect(lines).toEqual([expect.stringMatching(/^… \d+ bytes of output are not shown …$/)])
    expect(seen.usage).toMatchObject({ input: 14 })
  })
})
