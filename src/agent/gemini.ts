import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentEvent, AgentResult, FailureReason } from './event.ts'
import { failureOf, statusIn } from './failure.ts'
import { countAt, textAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { mayBeOf } from './model-vendor.ts'
import { toolSummary } from './tool-summary.ts'

/** Gemini CLI: https://geminicli.com/docs/cli/headless */
export const gemini: AgentAdapter = {
  name: 'gemini',
  title: 'Gemini CLI',
  npmPackage: '@google/gemini-cli',
  program: 'gemini',
  versionArgs: ['--version'],
  takesModel: (model) => mayBeOf('google', model),
  needs: () => ({
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    instead: ['GOOGLE_GENAI_USE_GCA', 'GOOGLE_APPLICATION_CREDENTIALS'],
    logins: ['.gemini/oauth_creds.json'],
    settings: [
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_GENAI_USE_VERTEXAI',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_CLOUD_LOCATION',
      'GEMINI_CLI_SYSTEM_SETTINGS_PATH',
    ],
  }),
  limits: [],
  commandLine: ({ model, extraArgs }: AgentTask) => ({
    file: 'gemini',
    args: [
      // A folder nobody has trusted ends it with 55.
      ...['--output-format', 'stream-json', '--approval-mode', 'yolo', '--skip-trust'],
      ...(model === undefined ? [] : ['--model', model]),
      ...extraArgs,
    ],
    env: {},
  }),
  reader,
  usageFile: undefined,
  judge: (seen, exit, stderrTail) => judgeEnd(seen, exit, stderrTail, CODES),
}

/** Its own codes; an HTTP status is what it exits with too, of which eight bits are left. */
const CODES: Readonly<Record<number, FailureReason>> = {
  41: 'auth',
  53: 'max-turns',
  55: 'permission',
  [401 % 256]: 'auth',
  [403 % 256]: 'permission',
  [429 % 256]: 'rate-limit',
  [500 % 256]: 'overloaded',
  [503 % 256]: 'overloaded',
  [529 % 256]: 'overloaded',
}

/** Pieces of a message are put together up to here. Characters. */
const LONGEST_TEXT = 1024 * 1024

function reader(): LineReader {
  let pieces = ''
  let last = ''
  /** What was said until something else happens. */
  const said = (): readonly AgentEvent[] => {
    if (pieces === '') return []
    last = pieces
    pieces = ''
    return [{ type: 'text', text: last }]
  }
  return {
    stdout: jsonLines((event) => {
      switch (event['type']) {
        case 'init': {
          const id = textAt(event, 'session_id')
          return id === undefined ? [] : [{ type: 'session', id, model: textAt(event, 'model') }]
        }
        case 'message':
          if (textAt(event, 'role') !== 'assistant') return []
          pieces += textAt(event, 'content') ?? ''
          return pieces.length > LONGEST_TEXT ? said() : []
        case 'tool_use':
          return [
            ...said(),
            { type: 'tool', name: textAt(event, 'tool_name') ?? 'tool', summary: toolSummary(event['parameters']) },
          ]
        case 'error':
          return [...said(), ...logLine(textAt(event, 'message') ?? '')]
        case 'result':
          return [...said(), usageOf(event), { type: 'result', ...resultOf(event, last) }]
        default:
          return []
      }
    }),
    stderr: (line) => {
      // On stdout it is silent while it tries again.
      const failed = /^Attempt \d+ failed(?: with status (\d{3}))?\. Retrying/.exec(line)
      // With each one it prints where in its bundle that was.
      if (!failed) return /^ +at /.test(line) ? [] : logLine(line)
      const status = failed[1] === undefined ? undefined : Number(failed[1])
      const reason = status === undefined ? 'network' : failureOf(status, '')
      return [{ type: 'retry', reason, status, delayMs: undefined }]
    },
  }
}

function usageOf(event: unknown): AgentEvent {
  const count = (name: string) => countAt(event, 'stats', name)
  return {
    type: 'usage',
    input: count('input_tokens'),
    cached: count('cached'),
    output: count('output_tokens'),
    costUsd: undefined,
  }
}

function resultOf(event: unknown, last: string): AgentResult {
  if (textAt(event, 'status') === 'success') return { ok: true, message: last }
  const message = textAt(event, 'error', 'message') ?? 'It ended with an error'
  const reason = failureOf(statusIn(message), message)
  // Google says "quota" of requests in a minute as well; only a day's is worth changing the account for.
  return { ok: false, reason: reason === 'quota' && !/per.?day|daily/i.test(message) ? 'rate-limit' : reason, message }
}
