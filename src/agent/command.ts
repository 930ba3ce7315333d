import type { AgentAdapter, LineReader } from './adapter.ts'
import type { AgentEvent, AgentResult, FailureReason } from './event.ts'
import { failureOf } from './failure.ts'
import { asTime, at, countAt, dollarsAt, numberAt, secondsAsTime, textAt, waitAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'

/**
 * `agent: command`: any program. It may say what it does by lines of JSON with a field `chant` (docs/agents.md); every
 * other line is plain text. Without a result of its own, exit code 0 is success.
 */
export const commandAgent = (script: string): AgentAdapter => ({
  name: 'command',
  title: 'command',
  npmPackage: undefined,
  program: 'bash',
  versionArgs: ['--version'],
  takesModel: () => true,
  needs: () => ({ keys: [], instead: [], logins: [], settings: [] }),
  limits: [],
  commandLine: () => ({
    file: 'bash',
    args: ['-eo', 'pipefail', '-c', script],
    env: {},
  }),
  reader,
  usageFile: undefined,
  judge: (seen, exit) => {
    // It may have told of a retry, and of what came of it in plain text.
    if (seen.result === undefined && exit.type === 'code' && exit.code === 0)
      return { type: 'success', message: seen.lastText ?? '' }
    // What a program of somebody's prints on stderr is no reason to try it again: only what it says of itself is.
    if (seen.result !== undefined || seen.retry !== undefined) return judgeEnd(seen, exit, '')
    return { type: 'failure', reason: 'crash', message: '', retryAfterMs: undefined, resetsAt: undefined }
  },
})

function reader(): LineReader {
  return { stdout: jsonLines((event, line) => told(event) ?? logLine(line)), stderr: logLine }
}

/** undefined: not one of ours. */
function told(event: unknown): readonly AgentEvent[] | undefined {
  switch (textAt(event, 'chant')) {
    case 'session':
      return [{ type: 'session', id: textAt(event, 'id') ?? '', model: textAt(event, 'model') }]
    case 'text':
      return [{ type: 'text', text: textAt(event, 'text') ?? '' }]
    case 'tool':
      return [{ type: 'tool', name: textAt(event, 'name') ?? 'tool', summary: textAt(event, 'summary') ?? '' }]
    case 'retry':
      return [
        {
          type: 'retry',
          reason: reasonOf(event) ?? failureOf(numberAt(event, 'status'), ''),
          status: numberAt(event, 'status'),
          delayMs: waitAt(event, 'delay_ms'),
        },
      ]
    case 'rate-limit': {
      const resetsAt = time(at(event, 'resets_at'))
      return resetsAt === undefined ? [] : [{ type: 'rate-limit', resetsAt }]
    }
    case 'usage':
      return [
        {
          type: 'usage',
          input: countAt(event, 'input'),
          cached: countAt(event, 'cached'),
          output: countAt(event, 'output'),
          costUsd: dollarsAt(event, 'cost_usd'),
        },
      ]
    case 'result':
      return [{ type: 'result', ...resultOf(event) }]
    default:
      return undefined
  }
}

/** ISO 8601, or seconds since 1970, which a shell script writes as a text. */
function time(value: unknown): number | undefined {
  if (typeof value === 'number') return secondsAsTime(value)
  if (typeof value !== 'string') return undefined
  return /^\d+$/.test(value) ? secondsAsTime(Number(value)) : asTime(Date.parse(value))
}

const REASONS: readonly FailureReason[] = [
  'rate-limit',
  'overloaded',
  'quota',
  'auth',
  'budget',
  'max-turns',
  'permission',
  'model',
  'network',
  'crash',
]

const reasonOf = (event: unknown): FailureReason | undefined => REASONS.find((one) => one === textAt(event, 'reason'))

function resultOf(event: unknown): AgentResult {
  const message = textAt(event, 'message') ?? ''
  if (at(event, 'ok') === true) return { ok: true, message }
  return { ok: false, reason: reasonOf(event) ?? 'crash', message: message === '' ? 'It said that it failed' : message }
}
