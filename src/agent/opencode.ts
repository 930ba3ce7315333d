import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentEvent, Usage } from './event.ts'
import { failureOf } from './failure.ts'
import { at, countAt, dollarsAt, numberAt, textAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { keysOf } from './providers.ts'
import { addUsage, NO_USAGE } from './running-usage.ts'
import { toolSummary } from './tool-summary.ts'

/** opencode, an agent for models of many vendors: https://opencode.ai/docs/cli */
export const opencode: AgentAdapter = {
  name: 'opencode',
  title: 'opencode',
  npmPackage: 'opencode-ai',
  program: 'opencode',
  versionArgs: ['--version'],
  // It refuses a name without its provider.
  takesModel: (model) => model.includes('/'),
  needs: (model) => ({
    keys: keysOf(model),
    instead: [],
    logins: ['.local/share/opencode/auth.json'],
    settings: ['OPENCODE_CONFIG', 'OPENCODE_CONFIG_CONTENT', 'OPENCODE_CONFIG_DIR', 'OPENCODE_DISABLE_*'],
  }),
  limits: [],
  commandLine: ({ model, extraArgs, worktree }: AgentTask) => ({
    file: 'opencode',
    args: [
      ...['run', '--format', 'json', '--auto', '--dir', worktree],
      ...(model === undefined ? [] : ['--model', model]),
      ...extraArgs,
    ],
    env: {
      // It believes this one, not where it was started.
      PWD: worktree,
      OPENCODE_DISABLE_AUTOUPDATE: '1',
    },
  }),
  reader,
  usageFile: undefined,
  judge: judgeEnd,
}

function reader(): LineReader {
  let total = NO_USAGE
  let session: string | undefined
  let last = ''
  const events = (event: Readonly<Record<string, unknown>>): readonly AgentEvent[] => {
    switch (event['type']) {
      case 'text': {
        const text = textAt(event, 'part', 'text')
        last = text ?? last
        return text === undefined ? [] : [{ type: 'text', text }]
      }
      // Told of when it is over, so a long one looks silent.
      case 'tool_use':
        return [
          {
            type: 'tool',
            name: textAt(event, 'part', 'tool') ?? 'tool',
            summary: toolSummary(inputOf(event)),
          },
        ]
      case 'step_finish':
        total = addUsage(total, usageOf(event))
        return [{ type: 'usage', ...total }, ...ended(event, last)]
      case 'error':
        return [{ type: 'result', ...errorOf(event) }]
      default:
        return []
    }
  }
  return {
    stdout: jsonLines((event) => {
      const id = textAt(event, 'sessionID')
      if (id === undefined || session !== undefined) return events(event)
      session = id
      return [{ type: 'session', id, model: undefined }, ...events(event)]
    }),
    stderr: logLine,
  }
}

const inputOf = (event: unknown): unknown => at(event, 'part', 'state', 'input')

/** Here the input does not hold what went through the cache, nor the output what was thought. */
function usageOf(event: unknown): Usage {
  const count = (...path: string[]) => countAt(event, 'part', 'tokens', ...path)
  return {
    input: count('input') + count('cache', 'read') + count('cache', 'write'),
    cached: count('cache', 'read'),
    output: count('output') + count('reasoning'),
    costUsd: dollarsAt(event, 'part', 'cost'),
  }
}

/** There is no event for the end: it is the step that does not want tools. */
function ended(event: unknown, last: string): readonly AgentEvent[] {
  switch (textAt(event, 'part', 'reason')) {
    case 'stop':
      return [{ type: 'result', ok: true, message: last }]
    case 'length':
      return [{ type: 'result', ok: false, reason: 'crash', message: 'The answer was longer than the model may write' }]
    default:
      return []
  }
}

/** All that it says of a model which is in none of its lists, and of whatever else it did not expect. */
const UNTOLD = /^Unexpected server error/
const HINT = '(opencode says no more of a model that it does not know)'

function errorOf(event: unknown) {
  const said = textAt(event, 'error', 'data', 'message') ?? textAt(event, 'error', 'name') ?? 'It ended with an error'
  const body = textAt(event, 'error', 'data', 'responseBody') ?? ''
  const reason = failureOf(numberAt(event, 'error', 'data', 'statusCode'), `${said} ${body}`)
  return { ok: false, reason, message: UNTOLD.test(said) ? `${said} ${HINT}` : said } as const
}
