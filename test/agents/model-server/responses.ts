import { at, listAt, textAt } from '../../../src/agent/json.ts'
import { type Dialect, type Said, TOKENS } from './dialect.ts'
import { offer } from './tools.ts'

/** Responses: https://platform.openai.com/docs/api-reference/responses-streaming */
export const responses: Dialect = {
  name: 'responses',
  answers: (path) => path.endsWith('/responses'),
  model: (_path, body) => textAt(body, 'model') ?? 'unknown',
  answered: (body) =>
    listAt(body, 'input').filter((item) => textAt(item, 'type')?.endsWith('_call_output') === true).length,
  offered: (body) =>
    listAt(body, 'tools').map((tool) =>
      offer(textAt(tool, 'name') ?? textAt(tool, 'type') ?? '', at(tool, 'parameters')),
    ),
  streams: (_path, body) => at(body, 'stream') === true,
  stream: (said, model, id) => {
    const response = { id: id('resp'), object: 'response', created_at: 0, model, output: [] }
    const item = itemOf(said, id)
    const begun =
      said.type === 'text'
        ? { ...item, status: 'in_progress', content: [] }
        : { ...item, status: 'in_progress', arguments: '' }
    const delta =
      said.type === 'text'
        ? [
            {
              type: 'response.output_text.delta',
              item_id: item.id,
              output_index: 0,
              content_index: 0,
              delta: said.text,
            },
          ]
        : []
    const events = [
      { type: 'response.created', response: { ...response, status: 'in_progress' } },
      { type: 'response.output_item.added', output_index: 0, item: begun },
      ...delta,
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { ...response, status: 'completed', output: [item], usage } },
    ]
    return events.map((data, index) => ({ name: data.type, data: { ...data, sequence_number: index } }))
  },
  whole: (said, model, id) => ({
    id: id('resp'),
    object: 'response',
    created_at: 0,
    model,
    status: 'completed',
    output: [itemOf(said, id)],
    usage,
  }),
  error: (status, message) => ({ error: { message, type: ERRORS[status] ?? 'server_error', code: null } }),
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_request_error',
  429: 'rate_limit_exceeded',
}

const usage = {
  input_tokens: TOKENS.input,
  input_tokens_details: { cached_tokens: TOKENS.cached },
  output_tokens: TOKENS.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: TOKENS.input + TOKENS.output,
}

function itemOf(said: Said, id: (prefix: string) => string) {
  if (said.type === 'text')
    return {
      type: 'message',
      id: id('msg'),
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: said.text, annotations: [] }],
    }
  return {
    type: 'function_call',
    id: id('fc'),
    call_id: id('call'),
    name: said.call.name,
    arguments: JSON.stringify(said.call.args),
    status: 'completed',
  }
}
