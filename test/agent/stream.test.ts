import { expect, it } from 'vitest'
import { agents } from '../../src/agent/agents.ts'
import { AgentStream } from '../../src/agent/stream.ts'

it('takes no carriage return for a part of a line', () => {
  const stream = new AgentStream(agents.codex)
  expect(stream.line('stdout', '{"type":"thread.started","thread_id":"t"}\r')).toMatchObject([{ type: 'session' }])
  expect(stream.line('stdout', 'words\r')).toEqual([{ type: 'log', text: 'words' }])
})

it('cuts a line that is too long to be an event, and says so', () => {
  const stream = new AgentStream(agents.claude)
  const text = `${'x'.repeat(1000)}… (a line of 5242880 characters, cut)`
  expect(stream.line('stdout', 'x'.repeat(5 * 1024 * 1024))).toEqual([{ type: 'log', text }])
})

it('keeps the end of stderr for its judgement, and no more', () => {
  const stream = new AgentStream(agents.codex)
  stream.line('stderr', 'connect ECONNREFUSED 127.0.0.1:1')
  expect(stream.judge({ type: 'code', code: 1 })).toMatchObject({ reason: 'network' })
  for (let n = 0; n < 100; n++) stream.line('stderr', 'y'.repeat(1000))
  stream.line('stderr', 'the end')
  expect(stream.judge({ type: 'code', code: 1 })).toMatchObject({ reason: 'crash', message: 'the end' })
})
