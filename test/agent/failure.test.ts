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
    [404, 'model not found', 'permission'],
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
