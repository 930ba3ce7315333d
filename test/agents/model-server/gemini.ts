import { at, listAt, textAt } from '../../../src/agent/json.ts'
import { type Dialect, type Said, TOKENS } from './dialect.ts'
import { offer } from './tools.ts'

/** generateContent and streamGenerateContent: https://ai.google.dev/api/generate-content */
export const gemini: Dialect = {
  name: 'gemini',
  answers: (path) => /:(?:g|streamG)enerateContent$/.test(path),
  model: (path) => /\/models\/([^/:]+):/.exec(path)?.[1] ?? 'unknown',
  answered: (body) =>
    listAt(body, 'contents')
      .flatMap((content) => listAt(content, 'parts'))
      .filter((part) => at(part, 'functionResponse') !== undefined).length,
  offered: (body) =>
    listAt(body, 'tools')
      .flatMap((tool) => listAt(tool, 'functionDeclarations'))
      .map((tool) => offer(textAt(tool, 'name') ?? '', at(tool, 'parametersJsonSchema') ?? at(tool, 'parameters'))),
  streams: (path) => path.endsWith(':streamGenerateContent'),
  stream: (said, model) => {
    const end = answer(part(said), model)
    // A call comes in one piece; text in two, so that there is a middle to break off in.
    return said.type === 'text'
      ? [{ data: { ...end, candidates: [candidate({ text: '' }, false)] } }, { data: end }]
      : [{ data: end }]
  },
  whole: (said, model) => answer(part(said), model),
  error: (status, message) => ({ error: { code: status, message, status: ERRORS[status] ?? 'UNAVAILABLE' } }),
}

const ERRORS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
}

const part = (said: Said) =>
  said.type === 'text' ? { text: said.text } : { functionCall: { name: said.call.name, args: said.call.args } }

const candidate = (only: unknown, ends: boolean) => ({
  index: 0,
  content: { role: 'model', parts: [only] },
  ...(ends ? { finishReason: 'STOP' } : {}),
})

const answer = (only: unknown, model: string) => ({
  candidates: [candidate(only, true)],
  usageMetadata: {
    promptTokenCount: TOKENS.input,
    cachedContentTokenCount: TOKENS.cached,
    candidatesTokenCount: TOKENS.output,
    totalTokenCount: TOKENS.input + TOKENS.output,
  },
  modelVersion: model,
})
