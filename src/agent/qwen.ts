import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentEvent, AgentResult, FailureReason, Usage } from './event.ts'
import { failureOf, statusIn } from './failure.ts'
import { at, countAt, listAt, textAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { RunningUsage } from './running-usage.ts'
import { toolSummary } from './tool-summary.ts'

/** Qwen Code: https://qwenlm.github.io/qwen-code-docs */
export const qwen: AgentAdapter = {
  name: 'qwen',
  title: 'Qwen Code',
  npmPackage: '@qwen-code/qwen-code',
  program: 'qwen',
  versionArgs: ['--version'],
  takesModel: () => true,
  needs: () => ({
    keys: ['OPENAI_API_KEY'],
    instead: [],
    logins: ['.qwen/settings.json', '.qwen/oauth_creds.json'],
    settings: ['OPENAI_BASE_URL', 'OPENAI_MODEL', 'QWEN_HOME'],
  }),
  limits: ['max-turns'],
  commandLine: ({ model, maxTurns, extraArgs }: AgentTask) => ({
    file: 'qwen',
    args: [
      ...['--output-format', 'stream-json', '--approval-mode', 'yolo'],
      // A key in the environment does not choose one, and given twice it is an error.
      ...(extraArgs.some((arg) => arg.startsWith('--auth-type')) ? [] : ['--auth-type', 'openai']),
      ...(model === undefined ? [] : ['--model', model]),
      ...(maxTurns === undefined ? [] : ['--max-session-turns', String(maxTurns)]),
      ...extraArgs,
    ],
    env: { QWEN_CODE_SUPPRESS_YOLO_WARNING: '1' },
  }),
  reader,
  usageFile: undefined,
  judge: (seen, exit, stderrTail) => judgeEnd(seen, exit, stderrTail, CODES),
}

/** Of turns and of tool calls; of these ends its stream says nothing. */
const CODES: Readonly<Record<number, FailureReason>> = { 53: 'max-turns', 55: 'max-turns' }

function reader(): LineReader {
  const running = new RunningUsage()
  return {
    stdout: jsonLines((event) => {
      switch (event['type']) {
        case 'system':
          return system(event)
        case 'assistant':
          return assistant(event, running)
        case 'result':
          return [
            { type: 'usage', ...usageOf(at(event, 'usage')) },
            { type: 'result', ...resultOf(event) },
          ]
        default:
          return []
      }
    }),
    stderr: (line) => retry(line) ?? logLine(line),
  }
}

function system(event: unknown): readonly AgentEvent[] {
  const id = textAt(event, 'session_id')
  if (textAt(event, 'subtype') !== 'init' || id === undefined) return []
  return [{ type: 'session', id, model: textAt(event, 'model') }]
}

/** Its stream tells that it tries again, but not why: that stands on stderr only. */
function retry(line: string): readonly AgentEvent[] | undefined {
  const [, seconds, why = ''] = /^Retrying in ([\d.]+)s \(attempt [^)]*\): (.*)$/.exec(line) ?? []
  if (seconds === undefined) return undefined
  const status = statusIn(why)
  const delay = Number(seconds) * 1_000
  return [
    { type: 'retry', reason: failureOf(status, why), status, delayMs: Number.isFinite(delay) ? delay : undefined },
  ]
}

function assistant(event: unknown, running: RunningUsage): readonly AgentEvent[] {
  const said = listAt(event, 'message', 'content').flatMap((part): readonly AgentEvent[] => {
    const text = textAt(part, 'type') === 'text' ? textAt(part, 'text') : undefined
    const name = textAt(part, 'type') === 'tool_use' ? textAt(part, 'name') : undefined
    if (text !== undefined) return text.startsWith('[API Error') ? [] : [{ type: 'text', text }]
    return name === undefined ? [] : [{ type: 'tool', name, summary: toolSummary(at(part, 'input')) }]
  })
  const usage = running.add(textAt(event, 'message', 'id') ?? '', usageOf(at(event, 'message', 'usage')))
  return [...said, { type: 'usage', ...usage }]
}

/** Unlike claude's, its input holds what came from the cache. */
const usageOf = (usage: unknown): Usage => ({
  input: countAt(usage, 'input_tokens'),
  cached: countAt(usage, 'cache_read_input_tokens'),
  output: countAt(usage, 'output_tokens'),
  costUsd: undefined,
})

function resultOf(event: unknown): AgentResult {
  const said = textAt(event, 'error', 'message') ?? textAt(event, 'result') ?? ''
  // Older ones call an API that failed a success, and say so in the text.
  const failed = at(event, 'is_error') === true || said.startsWith('[API Error')
  if (textAt(event, 'subtype') === 'success' && !failed) return { ok: true, message: said }
  if (textAt(event, 'subtype') === 'error_max_turns') return { ok: false, reason: 'max-turns', message: said }
  return { ok: false, reason: failureOf(undefined, said), message: said === '' ? 'It ended with an error' : said }
}
