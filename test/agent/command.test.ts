import { describe, expect, it } from 'vitest'
import { commandAgent } from '../../src/agent/command.ts'
import { AgentStream } from '../../src/agent/stream.ts'
import type { Exit } from '../../src/board/event.ts'
import { hear, inWords } from './fixtures.ts'

const DONE: Exit = { type: 'code', code: 0 }

function say(output: string) {
  const stream = new AgentStream(commandAgent('my-agent --yes'))
  return { stream, events: hear(stream, 'stdout', output).map(inWords) }
}

describe('agent: command', () => {
  it('is told of by lines of JSON with a field `chant`', () => {
    const { stream, events } = say(`starting
{"chant": "session", "id": "s-1", "model": "m"}
{"chant": "tool", "name": "edit", "summary": "src/a.ts"}
{"chant": "text", "text": "Edited."}
{"chant": "retry", "status": 429, "delay_ms": 2000}
{"chant": "rate-limit", "resets_at": "2026-01-01T12:00:00Z"}
{"chant": "rate-limit", "resets_at": 1767268800}
{"chant": "usage", "input": 2000, "cached": 800, "output": 34, "cost_usd": 0.01}
{"level": "info", "message": "somebody else's JSON"}
{"chant": "result", "ok": true, "message": "Edited one file."}
`)
    expect(events.join('\n')).toMatchInlineSnapshot(`
      "log "starting"
      session s-1 m
      tool edit: src/a.ts
      text "Edited."
      retry: rate-limit 429
      rate-limit until 2026-01-01T12:00:00.000Z
      rate-limit until 2026-01-01T12:00:00.000Z
      usage 2000 in (800 cached), 34 out, $0.01000
      log "{\\"level\\": \\"info\\", \\"message\\": \\"somebody else's JSON\\"}"
      result ok: "Edited one file.""
    `)
    expect(stream.judge(DONE)).toEqual({ type: 'success', message: 'Edited one file.' })
  })

  it('needs no word of its own to succeed', () => {
    const { stream } = say('just text\n')
    expect(stream.judge(DONE)).toEqual({ type: 'success', message: '' })
    stream.line('stderr', 'connect ECONNREFUSED 127.0.0.1:5432')
    expect(stream.judge({ type: 'code', code: 3 })).toMatchObject({ reason: 'crash', message: '' })
  })

  it('needs none after a retry, either: what follows may be plain text', () => {
    const { stream } = say('{"chant":"retry","status":429}\nnow it went well\n')
    expect(stream.judge(DONE)).toEqual({ type: 'success', message: '' })
    expect(stream.judge({ type: 'code', code: 1 })).toMatchObject({ reason: 'rate-limit' })
  })

  it('fails where it says so, even with exit code 0', () => {
    const { stream } = say(
      '{"chant":"rate-limit","resets_at":1767268800}\n{"chant":"result","ok":false,"reason":"quota","message":"No credits"}\n',
    )
    // Used up until a time that is known: worth waiting for.
    expect(stream.judge(DONE)).toEqual({
      type: 'failure',
      reason: 'rate-limit',
      message: 'No credits',
      retryAfterMs: undefined,
      resetsAt: 1_767_268_800_000,
    })
  })

  it('takes no reason it does not know', () => {
    const { stream } = say('{"chant":"result","ok":false,"reason":"constructor"}\n')
    expect(stream.judge(DONE)).toMatchObject({ reason: 'crash', message: 'It said that it failed' })
  })
})
