import { describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/agent/json.ts'
import { cut, FOR_EVER, fail, type Scenario, say, shell, write } from './scenario.ts'
import { type ModelServer, type ModelServerOptions, startModelServer } from './server.ts'

const start = (scenario: ModelServerOptions['scenario'] | Scenario) =>
  startModelServer({ scenario: typeof scenario === 'function' ? scenario : () => scenario })

const SPEC = '2026-01-01-001-abc'
const promptFor = (spec: string) =>
  `Spec ID: ${spec}\nYou are in a git worktree made for this task alone: \`/wt/${spec}\`, on the branch \`x\`.`

interface Asking {
  readonly spec?: string
  readonly key?: string
  /** How many tool results the conversation holds. */
  readonly results?: number
  /** false: a request for a title. */
  readonly tools?: boolean
}

/** A request of Chat Completions, as a CLI makes it. */
function ask(server: ModelServer, { spec = SPEC, key = 'k', results = 0, tools = true }: Asking = {}) {
  return fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: 'm',
      stream: false,
      messages: [
        { role: 'user', content: promptFor(spec) },
        ...Array.from({ length: results }, () => ({ role: 'tool', content: 'done' })),
      ],
      tools: tools ? ['bash', 'write'].map((name) => ({ type: 'function', function: { name } })) : [],
    }),
  })
}

const message = async (response: Response) => at(listAt(await response.json(), 'choices')[0], 'message')
const text = async (response: Response) => textAt(await message(response), 'content')

describe('the scripted model', () => {
  it('takes as many turns as the conversation has tool results, then stays at the last', async () => {
    await using server = await start([write('a.txt', 'x'), shell('ls'), say('Done')])
    const call = async (results: number) =>
      at(listAt(await message(await ask(server, { results })), 'tool_calls')[0], 'function')
    expect(await call(0)).toEqual({
      name: 'write',
      arguments: JSON.stringify({ filePath: `/wt/${SPEC}/a.txt`, path: `/wt/${SPEC}/a.txt`, content: 'x' }),
    })
    expect(textAt(await call(1), 'arguments')).toBe('{"command":"ls","description":"Scripted command"}')
    expect(await text(await ask(server, { results: 2 }))).toBe('Done')
    expect(await text(await ask(server, { results: 3 }))).toBe('Done')
  })

  it('tells conversations apart by the spec id in the prompt, and accounts by the key', async () => {
    await using server = await start(({ specId, key }) =>
      key === 'poor' ? [fail(429, { times: FOR_EVER })] : [say(`for ${specId}`)],
    )
    const [one, two, poor] = await Promise.all([
      ask(server, { spec: '2026-01-01-001-aaa' }),
      ask(server, { spec: '2026-01-01-002-bbb' }),
      ask(server, { key: 'poor' }),
    ])
    expect(await text(one)).toBe('for 2026-01-01-001-aaa')
    expect(await text(two)).toBe('for 2026-01-01-002-bbb')
    expect(poor.status).toBe(429)
  })

  it('counts a fault over all attempts, in its place', async () => {
    await using server = await start([fail(429, { times: 2, retryAfter: 7 }), shell('ls'), fail(529), say('Done')])
    const first = await ask(server)
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await ask(server)).status).toBe(429)
    expect((await ask(server)).status).toBe(200)
    expect((await ask(server, { results: 1 })).status).toBe(529)
    // A new attempt begins at the first turn again, and its faults are over.
    expect((await ask(server)).status).toBe(200)
    expect(await text(await ask(server, { results: 1 }))).toBe('Done')
  })

  it('answers a request for a title without using up a turn', async () => {
    await using server = await start([fail(500), say('Done')])
    expect(await text(await ask(server, { tools: false }))).toBe('Scripted title')
    expect((await ask(server)).status).toBe(500)
    expect(server.requests.map(({ turn }) => turn?.type)).toEqual(['aside', 'status'])
  })

  it('remembers who asked for what with which key', async () => {
    await using server = await start([say('Done')])
    await ask(server, { key: 'mine' })
    await fetch(`${server.url}/v1/models`, { headers: { 'x-api-key': 'other' } })
    expect(server.requests.map(({ at: _, ...request }) => request)).toEqual([
      {
        method: 'POST',
        path: '/v1/chat/completions',
        dialect: 'chat',
        specId: SPEC,
        key: 'mine',
        model: 'm',
        turn: say('Done'),
      },
      {
        method: 'GET',
        path: '/v1/models',
        dialect: undefined,
        specId: undefined,
        key: 'other',
        model: undefined,
        turn: undefined,
      },
    ])
  })

  it('breaks off in the middle of an answer', async () => {
    await using server = await start([cut()])
    const response = await ask(server)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    expect((await ask(server)).status).toBe(200)
  })
})

describe('each dialect', () => {
  const TOOL = { type: 'object', properties: { command: { type: 'string' } } }
  const requests = [
    {
      path: '/v1/messages',
      body: {
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: promptFor(SPEC) }],
        tools: [{ name: 'Bash', input_schema: TOOL }],
      },
    },
    {
      path: '/v1/responses',
      body: {
        model: 'm',
        stream: true,
        input: [{ role: 'user', content: promptFor(SPEC) }],
        tools: [{ type: 'function', name: 'exec_command', parameters: { properties: { cmd: {} } } }],
      },
    },
    {
      path: '/v1/chat/completions',
      body: {
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: promptFor(SPEC) }],
        tools: [{ type: 'function', function: { name: 'bash', parameters: TOOL } }],
      },
    },
    {
      path: '/v1beta/models/m:streamGenerateContent?alt=sse',
      body: {
        contents: [{ role: 'user', parts: [{ text: promptFor(SPEC) }] }],
        tools: [{ functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: TOOL }] }],
      },
    },
  ]

  it.each(requests)('streams $path as events, with only arguments that the tool knows', async ({ path, body }) => {
    await using server = await start([shell('echo "hi"'), say('Done')])
    const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const sent = await response.text()
    expect(sent).toMatch(/^(event: .+\n)?data: /)
    expect(sent).toContain('echo')
    expect(sent).not.toContain('description')
    expect(server.requests[0]).toMatchObject({ specId: SPEC, model: 'm', turn: shell('echo "hi"') })
  })
})
