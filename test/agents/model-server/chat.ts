import { at, listAt, textAt } from '../../../src/agent/json.ts'
import { type Dialect, type Said, TOKENS } from './dialect.ts'
import { offer } from './tools.ts'

/** Chat Completions: https://platform.openai.com/docs/api-reference/chat-streaming */
export const chat: Dialect = {
  name: 'chat',
  answers: (path) => path.endsWith('/chat/completions'),
  model: (_path, body) => textAt(body, 'model') ?? 'unknown',
  answered: (body) => listAt(body, 'messages').filter((message) => textAt(message, 'role') === 'tool').length,
  offered: (body) =>
    listAt(body, 'tools').map((tool) =>
      offer(textAt(tool, 'function', 'name') ?? '', at(tool, 'function', 'parameters')),
    ),
  streams: (_path, body) => at(body, 'stream') === true,
  stream: (said, model, id) => {
    const base = { id: id('chatcmpl'), object: 'chat.completion.chunk', created: 0, model }
    const choice = (delta: unknown, finish: string | null = null) => ({
      data: { ...base, choices: [{ index: 0, delta, finish_reason: finish }] },
    })
    const delta =
      said.type === 'text' ? { content: said.text } : { tool_calls: [{ index: 0, ...calledTool(said, id) }] }
    return [
      choice({ role: 'assistant', content: said.type === 'text' ? '' : null }),
      choice(delta),
      choice({}, reason(said)),
      { data: { ...base, choices: [], usage } },
      { data: '[DONE]' },
    ]
  },
  whole: (said, model, id) => ({
    id: id('chatcmpl'),
    object: 'chat.completion',
    created: 0,
    model,
    choices: [
      {
        index: 0,
        finish_reason: reason(said),
        message: {
          role: 'assistant',
          ...(said.type === 'text' ? { content: said.text } : { content: null, tool_calls: [calledTool(said, id)] }),
        },
      },
    ],
    usage,
  }),
  error: (status, message) => ({ error: { message, type: ERRORS[status] ?? 'server_error', code: String(status) } }),
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_request_error',
  429: 'rate_limit_error',
}

const usage = {
  prompt_tokens: TOKENS.input,
  prompt_tokens_details: { cached_tokens: TOKENS.cached },
  completion_tokens: TOKENS.output,
  total_tokens: TOKENS.input + TOKENS.output,
}

const reason = (said: Said) => (said.type === 'text' ? 'stop' : 'tool_calls')

const calledTool = (said: Extract<Said, { type: 'call' }>, id: (prefix: string) => string) => ({
  id: id('call'),
  type: 'function',
  function: { name: said.call.name, arguments: JSON.stringify(said.call.args) },
})
