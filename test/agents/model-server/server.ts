import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { unreachable } from '../../../src/result.ts'
import { anthropic } from './anthropic.ts'
import { chat } from './chat.ts'
import type { Dialect, Said, StreamEvent } from './dialect.ts'
import { TOKENS } from './dialect.ts'
import { gemini } from './gemini.ts'
import { responses } from './responses.ts'
import { type Answer, Conversation, type Fault, type Scenario, type Turn } from './scenario.ts'
import { toolCall } from './tools.ts'

/**
 * A scripted model on loopback that speaks the dialects of the real ones, so that the real CLIs work against it with
 * dummy keys. Conversations are told apart by the spec id in the prompt, so several agents can work at the same time.
 */

const DIALECTS: readonly Dialect[] = [anthropic, responses, chat, gemini]

/** One request as it came. */
export interface Received {
  readonly method: string
  readonly path: string
  /** undefined: no request for an answer (a look at the models, a count of tokens). */
  readonly dialect: Dialect['name'] | undefined
  /** From the prompt; undefined where it names none. */
  readonly specId: string | undefined
  /** What authorised it, without `Bearer `. */
  readonly key: string | undefined
  readonly model: string | undefined
  /** What was given for it; `aside` = a request without tools (a title, a topic), which is not part of the work. */
  readonly turn: Turn | { readonly type: 'aside' } | undefined
  /** By `performance.now()`. */
  readonly at: number
}

/** Who asks. */
export interface Asked {
  readonly specId: string | undefined
  readonly key: string | undefined
  /** Which attempt at the spec this is, as its prompt says; 1-based. */
  readonly attempt: number
}

export interface ModelServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`; CLIs of OpenAI's dialects want `/v1` behind it. */
  readonly url: string
  readonly requests: readonly Received[]
  /** Resolves as soon as it is so, looked at after each request. */
  until(isSo: () => boolean): Promise<void>
}

export interface ModelServerOptions {
  /** What the model does for whom. A conversation is an attempt at a spec with a key, so that accounts can differ. */
  readonly scenario: (asked: Asked) => Scenario
  /** 0, the default, takes a free port. */
  readonly port?: number
}

/** How `assemblePrompt` names the spec and the worktree. Escapes of JSON end both. */
const SPEC = /Spec ID: ([\w.-]+)/
const WORKTREE = /git worktree made for this task alone: `([^`"\\]+)`/

/** How it tells an attempt that is not the first. */
const ATTEMPT = /This is the (\w+) attempt at this task/
const LATER = ['second', 'third', 'fourth', 'fifth']

/** Starts it. It never keeps the process alive by itself; `await using` closes it. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: Received[] = []
  const conversations = new Map<string, Conversation>()
  const waiting = new Set<() => void>()
  let ids = 0
  const id = (prefix: string) => `${prefix}_${String(++ids).padStart(6, '0')}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now()
    const method = request.method ?? ''
    const target = new URL(request.url ?? '/', 'http://127.0.0.1')
    const path = target.pathname
    const sent = await text(request)
    const dialect = DIALECTS.find((one) => method === 'POST' && one.answers(path))
    const body = dialect ? parsed(sent) : undefined
    const specId = found(SPEC, sent)
    const key = keyOf(request, target)
    const record = { method, path, dialect: dialect?.name, specId, key, at }
    if (!dialect || body === undefined) {
      requests.push({ ...record, model: undefined, turn: undefined })
      // codex asks for a WebSocket first; told to, it goes on by HTTP.
      if (request.headers.upgrade !== undefined) return json(response, 426, { error: { message: 'HTTP only' } })
      return besides(path, response)
    }
    const model = dialect.model(path, body)
    const offered = dialect.offered(body)
    if (offered.length === 0) {
      requests.push({ ...record, model, turn: { type: 'aside' } })
      return answer(response, dialect, path, body, { type: 'text', text: 'Scripted title' }, model)
    }
    const attempt = 2 + LATER.indexOf(found(ATTEMPT, sent) ?? '')
    const turn = conversation({ specId, key, attempt }).next(dialect.answered(body))
    requests.push({ ...record, model, turn })
    switch (turn.type) {
      case 'text':
      case 'shell':
      case 'write':
        return answer(response, dialect, path, body, said(turn, offered, found(WORKTREE, sent) ?? ''), model)
      case 'status':
        return refuse(response, dialect, turn)
      case 'cut':
        return breakOff(response, dialect.stream({ type: 'text', text: 'cut' }, model, id), 'cut')
      case 'hang':
        return breakOff(response, dialect.stream({ type: 'text', text: 'hang' }, model, id), 'hang')
      default:
        return unreachable(turn)
    }
  }

  function conversation(asked: Asked): Conversation {
    const name = JSON.stringify([asked.specId, asked.key, asked.attempt])
    const known = conversations.get(name) ?? new Conversation(options.scenario(asked))
    conversations.set(name, known)
    return known
  }

  function answer(
    response: ServerResponse,
    dialect: Dialect,
    path: string,
    body: unknown,
    what: Said,
    model: string,
  ): void {
    if (!dialect.streams(path, body)) return json(response, 200, dialect.whole(what, model, id))
    begin(response)
    for (const event of dialect.stream(what, model, id)) response.write(line(event))
    response.end()
  }

  const server = createServer((request, response) => {
    handle(request, response)
      .catch((error: unknown) => json(response, 500, { error: String(error) }))
      .finally(() => {
        for (const look of waiting) look()
      })
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    until: async (isSo) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => void (isSo() && resolve())
      waiting.add(look)
      look()
      await promise.finally(() => waiting.delete(look))
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** A copy: a piece of a string keeps the whole of it in memory, and here that is a conversation. */
function found(pattern: RegExp, text: string): string | undefined {
  const piece = pattern.exec(text)?.[1]
  return piece === undefined ? undefined : Buffer.from(piece).toString()
}

/** Requests that are no part of a conversation. */
function besides(path: string, response: ServerResponse): void {
  if (path.endsWith('/count_tokens')) return json(response, 200, { input_tokens: TOKENS.input })
  if (path.endsWith(':countTokens')) return json(response, 200, { totalTokens: TOKENS.input })
  if (path.endsWith('/models'))
    return json(response, 200, { object: 'list', data: [{ id: 'scripted', object: 'model' }], models: [] })
  json(response, 404, { error: { type: 'not_found_error', message: `${path} is not scripted` } })
}

function said(answer: Answer, offered: Parameters<typeof toolCall>[1], worktree: string): Said {
  if (answer.type === 'text') return answer
  const call = toolCall(answer, offered, worktree)
  const names = offered.map(({ name }) => name).join(', ')
  return call
    ? { type: 'call', call }
    : { type: 'text', text: `The script asks for a ${answer.type} tool, and none is known among: ${names}` }
}

function refuse(response: ServerResponse, dialect: Dialect, fault: Extract<Fault, { type: 'status' }>): void {
  json(response, fault.status, fault.body ?? dialect.error(fault.status, fault.message ?? `Scripted ${fault.status}`), {
    ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
    ...fault.headers,
  })
}

/** The beginning of an answer, then nothing or a broken connection. */
function breakOff(response: ServerResponse, events: readonly StreamEvent[], how: 'cut' | 'hang'): void {
  begin(response)
  const first = events
    .slice(0, -1)
    .slice(0, 2)
    .map((event) => line(event))
    .join('')
  if (how === 'hang') response.write(first)
  else response.write(first, () => response.destroy())
}

const begin = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })

const line = ({ name, data }: StreamEvent): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function parsed(sent: string): unknown {
  try {
    return JSON.parse(sent)
  } catch {
    return undefined
  }
}

function keyOf({ headers }: IncomingMessage, target: URL): string | undefined {
  const given =
    headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization ?? target.searchParams.get('key')
  return typeof given === 'string' ? given.replace(/^Bearer /i, '') : undefined
}
