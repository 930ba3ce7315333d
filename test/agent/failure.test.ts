import { describe, expect, it } from 'vitest'
import { failureOf, statusIn, waitIn } from '../../src/agent/failure.ts'

describe('failureOf', () => {
  it.each([
    [429, '', 'rate-limit'],
    [529, '', 'overloaded'],
    [500, '', 'overloaded'],
    [503, 'no capacity', 'overloaded'],
    [401, '', 'auth'],
    [402, '', 'quota'],
    [403, '', 'permission'],
    [404, '', 'permission'],
    [404, '/v1/messages is not here', 'permission'],
    [404, 'model not found', 'model'],
    [404, '{"type":"error","error":{"type":"not_found_error","message":"model: claude-none-9"}}', 'model'],
    [404, 'Publisher Model `publishers/x/models/y` was not found or your project does not have access to it', 'model'],
    [403, 'Project `p` does not have access to model `gpt-5`', 'model'],
    [403, 'You do not have access to the model with the specified model ID.', 'model'],
    [400, 'The requested model is not supported.', 'model'],
    [400, "The 'gpt-5.9' model is not supported when using Codex with a ChatGPT account.", 'model'],
    [400, 'x/y is not a valid model ID', 'model'],
    [400, 'Model Not Exist', 'model'],
    [400, 'The provided model identifier is invalid.', 'model'],
    [undefined, 'Error: Model "x" from --model flag is not available.', 'model'],
    [
      undefined,
      "There's an issue with the selected model (x). It may not exist or you may not have access to it.",
      'model',
    ],
    [undefined, 'Warning: Model "x" not found for provider "anthropic". Using custom model id.\nKilled', 'crash'],
    [undefined, 'The model gpt-5 is not available right now, too many requests', 'rate-limit'],
    [400, "Unsupported parameter: 'temperature' is not supported with this model.", 'crash'],
    [400, "This model's maximum context length is 200000 tokens", 'crash'],
    [401, 'The model `x` does not exist', 'auth'],
    [429, 'The model `x` does not exist', 'rate-limit'],
    [503, 'The model is not available', 'overloaded'],
    [400, 'bad request', 'crash'],
    [429, 'You exceeded your current quota, please check your plan and billing details.', 'quota'],
    [400, 'Your credit balance is too low', 'quota'],
    [undefined, 'exceeded retry limit, last status: 429 Too Many Requests', 'rate-limit'],
    [undefined, 'unexpected status 529 <unknown status code>: Overloaded', 'overloaded'],
    [undefined, 'Rate limit reached for gpt-5 on tokens per min', 'rate-limit'],
    [undefined, 'stream disconnected before completion', 'network'],
    [undefined, 'connect ECONNREFUSED 127.0.0.1:443', 'network'],
    [undefined, 'getaddrinfo EAI_AGAIN example.invalid', 'network'],
    [undefined, 'Not logged in · Please run /login', 'auth'],
    [undefined, "You've hit your usage limit.", 'quota'],
    [undefined, '[API Error: terminated]', 'network'],
    [undefined, 'line 3: 4711 Terminated   tail -f /dev/null', 'crash'],
    [undefined, 'src/billing/network.ts: 1 error', 'crash'],
    [undefined, 'Segmentation fault', 'crash'],
    [undefined, '', 'crash'],
  ] as const)('%s %j is %s', (status, text, reason) => {
    expect(failureOf(status, text)).toBe(reason)
  })
})

describe('statusIn', () => {
  it.each([
    ['API Error: 529 Overloaded', 529],
    ['[API Error: 401 invalid x-api-key]', 401],
    ['{"error":{"code":429,"message":"no"}}', 429],
    ['500 {"type":"error"}', 500],
    ['Request rejected (429) · Too many', undefined],
    ['wrote 500 lines to src/status404.ts', undefined],
    ['it took 429 ms', undefined],
  ])('%j: %s', (text, status) => {
    expect(statusIn(text)).toBe(status)
  })
})

describe('waitIn', () => {
  it.each([
    ['Please try again in 1.2s.', 1_200],
    ['retry after 20 seconds', 20_000],
    ['Please retry in 350ms', 350],
    ['try again in 3 hours', 10_800_000],
    ['try again in 999999999 hours', undefined],
    ['try again in ... s', undefined],
    ['Try again in 2 days 3 hours', 172_800_000],
    ['try again later', undefined],
  ])('%j: %s', (text, wait) => {
    expect(waitIn(text)).toBe(wait)
  })
})
