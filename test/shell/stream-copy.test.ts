import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeCleaner } from '../../src/shell/secrets.ts'
import { StreamCopy } from '../../src/shell/stream-copy.ts'

const SECRET = 'swordfish-42'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chant-copy-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function copyOf(lines: readonly string[], secrets: readonly string[] = [SECRET]): string | undefined {
  const path = join(folder, 'copy.ndjson')
  {
    using copy = new StreamCopy(path, makeCleaner(secrets))
    for (const line of lines) copy.write(line)
  }
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

it('holds lines of JSON without secrets, wherever in them one stands', () => {
  expect(
    copyOf([
      JSON.stringify({ type: SECRET, text: `a ${SECRET} b` }),
      JSON.stringify({ [SECRET]: { deeper: [{ type: `x${SECRET}` }] } }),
      `{"text":"sword\\u0066ish-42"}`,
      'no JSON',
    ]),
  ).toBe('{"type":"***","text":"a *** b"}\n{"***":{"deeper":[{"type":"x***"}]}}\n{"text":"***"}\n')
})

it('hides a secret of digits that stands as a number', () => {
  expect(copyOf(['{"pin":8675309,"n":86}'], ['8675309'])).toBe('{"pin":"***","n":86}\n')
})

it('leaves out a line that holds one in a way it cannot take apart', () => {
  const split = copyOf([JSON.stringify({ a: 1 }), `{"x":["abcd","efgh"]}`], [`abcd","efgh`])
  expect(split).toBe('{"a":1}\n')
})

it('leaves out a line that is nested deeper than anybody can walk', () => {
  const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`
  expect(copyOf([deep, '{"b":2}'])).toBe('{"b":2}\n')
})

it('leaves out pieces, between which a secret may be split', () => {
  const kept = { type: 'message_end', message: { content: [{ type: 'text', text: `the ${SECRET}` }] } }
  const growing = (text: string) => [
    { type: 'message', role: 'assistant', content: text, delta: true },
    { type: 'message_update', assistantMessageEvent: { type: 'text_delta', delta: text } },
    { type: 'tool_execution_update', partialResult: { content: [{ type: 'text', text }] } },
    { type: 'assistant.message_delta', data: { deltaContent: text } },
    { type: 'assistant.tool_call_delta', data: { inputDelta: text } },
    { type: 'tool.execution_partial_result', data: { partialOutput: text } },
    { type: 'tool.shell_output', data: { text } },
    { type: 'stream_event', event: { delta: { text } } },
  ]
  const events = [...growing('the sword'), ...growing('fish-42'), kept]
  expect(copyOf(events.map((event) => JSON.stringify(event)))).toBe(
    '{"type":"message_end","message":{"content":[{"type":"text","text":"the ***"}]}}\n',
  )
})
