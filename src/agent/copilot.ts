import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentResult, Usage } from './event.ts'
import { failureOf } from './failure.ts'
import { at, countAt, fields, numberAt, parseJson, textAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { addUsage, NO_USAGE } from './running-usage.ts'
import { toolSummary } from './tool-summary.ts'

/** GitHub Copilot CLI: https://docs.github.com/copilot/how-tos/copilot-cli */
export const copilot: AgentAdapter = {
  name: 'copilot',
  title: 'GitHub Copilot CLI',
  npmPackage: '@github/copilot',
  program: 'copilot',
  versionArgs: ['--version'],
  takesModel: () => true,
  needs: () => ({
    // It would take GH_TOKEN and GITHUB_TOKEN too; the job's own token is never handed to an agent.
    keys: ['COPILOT_GITHUB_TOKEN', 'COPILOT_PROVIDER_API_KEY'],
    instead: ['COPILOT_PROVIDER_BASE_URL'],
    logins: ['.copilot/config.json'],
    settings: ['COPILOT_HOME', 'COPILOT_MODEL', 'COPILOT_OFFLINE', 'COPILOT_PROVIDER_*', 'COPILOT_GH_HOST'],
  }),
  limits: [],
  commandLine: ({ model, extraArgs, worktree, usageFile }: AgentTask) => ({
    file: 'copilot',
    args: [
      ...['--output-format', 'json', '--allow-all', '--no-ask-user', '--no-auto-update', '-C', worktree],
      ...['--usage-output-file', usageFile],
      ...(model === undefined ? [] : ['--model', model]),
      ...extraArgs,
    ],
    env: {},
  }),
  reader,
  usageFile: (text) => totalOf(parseJson(text)),
  judge: judgeEnd,
}

function reader(): LineReader {
  let last = ''
  let error: { readonly status: number | undefined; readonly message: string } | undefined
  return {
    stdout: jsonLines((event) => {
      switch (event['type']) {
        case 'assistant.message': {
          const text = textAt(event, 'data', 'content') ?? ''
          error = undefined
          if (text === '') return []
          last = text
          return [{ type: 'text', text }]
        }
        case 'tool.execution_start':
          return [
            {
              type: 'tool',
              name: textAt(event, 'data', 'toolName') ?? 'tool',
              summary: toolSummary(argumentsOf(event)),
            },
          ]
        case 'model.call_failure': {
          const message = textAt(event, 'data', 'errorMessage') ?? ''
          error = { status: numberAt(event, 'data', 'statusCode'), message }
          return []
        }
        case 'assistant.turn_retry': {
          const reason = failureOf(error?.status, error?.message ?? '')
          return [{ type: 'retry', reason, status: error?.status, delayMs: undefined }]
        }
        case 'session.error': {
          const message = textAt(event, 'data', 'message') ?? ''
          error = { status: numberAt(event, 'data', 'statusCode') ?? error?.status, message }
          return logLine(message)
        }
        case 'result': {
          const id = textAt(event, 'sessionId')
          return [
            ...(id === undefined ? [] : [{ type: 'session', id, model: undefined } as const]),
            { type: 'result', ...resultOf(event, last, error) },
          ]
        }
        default:
          return []
      }
    }),
    stderr: logLine,
  }
}

const argumentsOf = (event: unknown): unknown => at(event, 'data', 'arguments')

function resultOf(
  event: unknown,
  last: string,
  error: { readonly status: number | undefined; readonly message: string } | undefined,
): AgentResult {
  if (numberAt(event, 'exitCode') === 0 && error === undefined) return { ok: true, message: last }
  const message = error?.message ?? ''
  return {
    ok: false,
    reason: failureOf(error?.status, message),
    message: message === '' ? 'It ended with an error' : message,
  }
}

/** Summed over models; its input holds what came from the cache. */
function totalOf(statistics: unknown): Usage | undefined {
  const used = Object.values(fields(at(statistics, 'modelMetrics'))).map((metrics): Usage => {
    const count = (name: string) => countAt(metrics, 'usage', name)
    return {
      input: count('inputTokens'),
      cached: count('cacheReadTokens'),
      output: count('outputTokens'),
      costUsd: undefined,
    }
  })
  return used.length === 0 ? undefined : used.reduce(addUsage, NO_USAGE)
}
