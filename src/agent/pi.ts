import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentEvent, AgentResult, Usage } from './event.ts'
import { failureOf, statusIn } from './failure.ts'
import { countAt, dollarsAt, listAt, textAt, waitAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { keysOf } from './providers.ts'
import { addUsage, NO_USAGE } from './running-usage.ts'
import { toolSummary } from './tool-summary.ts'

/** pi, an agent for models of many vendors: https://github.com/earendil-works/pi */
export const pi: AgentAdapter = {
  name: 'pi',
  title: 'pi',
  npmPackage: '@earendil-works/pi-coding-agent',
  program: 'pi',
  // On stderr before 1.0.
  versionArgs: ['--version'],
  takesModel: () => true,
  needs: (model) => ({
    keys: keysOf(model),
    instead: [],
    logins: ['.pi/agent/auth.json'],
    settings: ['PI_CODING_AGENT_DIR'],
  }),
  limits: [],
  commandLine: ({ model, extraArgs }: AgentTask) => ({
    file: 'pi',
    args: [...['-p', '--mode', 'json', '--offline'], ...(model === undefined ? [] : ['--model', model]), ...extraArgs],
    env: { PI_TELEMETRY: '0' },
  }),
  reader,
  usageFile: undefined,
  judge: judgeEnd,
}

function reader(): LineReader {
  let total = NO_USAGE
  let model: string | undefined
  let session: string | undefined
  return {
    stdout: jsonLines((event) => {
      switch (event['type']) {
        case 'session':
          session = textAt(event, 'id')
          return session === undefined ? [] : [{ type: 'session', id: session, model }]
        case 'message_end': {
          if (textAt(event, 'message', 'role') !== 'assistant') return []
          total = addUsage(total, usageOf(event))
          const first = model === undefined
          model ??= textAt(event, 'message', 'model')
          return [
            // The first line names the conversation, the first answer the model.
            ...(first && session !== undefined ? [{ type: 'session', id: session, model } as const] : []),
            ...texts(event),
            { type: 'usage', ...total },
          ]
        }
        case 'tool_execution_start':
          return [{ type: 'tool', name: textAt(event, 'toolName') ?? 'tool', summary: toolSummary(event['args']) }]
        case 'auto_retry_start':
          return [retry(event)]
        // The end of the whole run repeats every message: too long a line to rely on.
        case 'turn_end':
          return resultOf(event)
        default:
          return []
      }
    }),
    stderr: logLine,
  }
}

function retry(event: unknown): AgentEvent {
  const said = textAt(event, 'errorMessage') ?? ''
  const status = statusIn(said)
  return { type: 'retry', reason: failureOf(status, said), status, delayMs: waitAt(event, 'delayMs') }
}

const texts = (event: unknown): readonly AgentEvent[] =>
  listAt(event, 'message', 'content').flatMap((part): readonly AgentEvent[] => {
    const text = textAt(part, 'type') === 'text' ? textAt(part, 'text') : undefined
    return text === undefined || text === '' ? [] : [{ type: 'text', text }]
  })

/** Here the input does not hold what went through the cache. */
function usageOf(event: unknown): Usage {
  const count = (name: string) => countAt(event, 'message', 'usage', name)
  return {
    input: count('input') + count('cacheRead') + count('cacheWrite'),
    cached: count('cacheRead'),
    output: count('output'),
    costUsd: dollarsAt(event, 'message', 'usage', 'cost', 'total'),
  }
}

/** A turn that wants tools is followed by another. An error may be tried again: then the next turn has the last word. */
function resultOf(event: unknown): readonly AgentEvent[] {
  const result = ended(event)
  return result ? [{ type: 'result', ...result }] : []
}

function ended(event: unknown): AgentResult | undefined {
  const said = textAt(event, 'message', 'errorMessage') ?? ''
  const text = texts(event).flatMap((one) => (one.type === 'text' ? [one.text] : []))
  switch (textAt(event, 'message', 'stopReason')) {
    case 'stop':
      return { ok: true, message: text.join('\n') }
    case 'error':
      return { ok: false, reason: failureOf(undefined, said), message: said }
    case 'length':
      return { ok: false, reason: 'crash', message: 'The answer was longer than the model may write' }
    case 'aborted':
      return { ok: false, reason: 'crash', message: said === '' ? 'It was aborted' : said }
    default:
      return undefined
  }
}
