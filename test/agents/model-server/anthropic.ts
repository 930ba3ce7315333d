import { at, listAt, textAt } from '../../../src/agent/json.ts'
import { type Dialect, type Said, TOKENS } from './dialect.ts'
import { offer } from './tools.ts'

/** Messages: https://docs.anthropic.com/en/api/messages-streaming */
export const anthropic: Dialect = {
  name: 'anthropic',
  answers: (path) => path.endsWith('/messages'),
  model: (_path, body) => textAt(body, 'model') ?? 'unknown',
  answered: (body) =>
    listAt(body, 'messages')
      .flatMap((message) => listAt(message, 'content'))
      .filter((part) => textAt(part, 'type') === 'tool_result').length,
  offered: (body) => listAt(body, 'tools').map((tool) => offer(textAt(tool, 'name') ?? '', at(tool, 'input_schema'))),
  streams: (_path, body) => at(body, 'stream') === true,
  stream: (said, model, id) =>
    [
      { type: 'message_start', message: { ...message(id('msg'), model), content: [], usage: usage(1) } },
      { type: 'content_block_start', index: 0, content_block: block(said, id, true) },
      {
        type: 'content_block_delta',
        index: 0,
        delta:
          said.type === 'text'
            ? { type: 'text_delta', text: said.text }
            : { type: 'input_json_delta', partial_json: JSON.stringify(said.call.args) },
      },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: reason(said), stop_sequence: null },
        usage: { output_tokens: TOKENS.output },
      },
      { type: 'message_stop' },
    ].map((data) => ({ name: data.type, data })),
  whole: (said, model, id) => ({
    ...message(id('msg'), model),
    content: [block(said, id, false)],
    stop_reason: reason(said),
    usage: usage(TOKENS.output),
  }),
  error: (status, message) => ({ type: 'error', error: { type: ERRORS[status] ?? 'api_error', message } }),
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

const message = (id: string, model: string) => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  stop_reason: null,
  stop_sequence: null,
})

/** Here what was read from the cache is not part of the input. */
const usage = (output: number) => ({
  input_tokens: TOKENS.input - TOKENS.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: TOKENS.cached,
  output_tokens: output,
})

const reason = (said: Said) => (said.type === 'text' ? 'end_turn' : 'tool_use')

function block(said: Said, id: (prefix: string) => string, empty: boolean) {
  if (said.type === 'text') return { type: 'text', text: empty ? '' : said.text }
  return { type: 'tool_use', id: id('toolu'), name: said.call.name, input: empty ? {} : said.call.args }
}
