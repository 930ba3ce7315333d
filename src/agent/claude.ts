import type { AgentAdapter, AgentTask, LineReader } from './adapter.ts'
import type { AgentEvent, AgentResult, FailureReason, Usage } from './event.ts'
import { failureOf } from './failure.ts'
import { countAt, dollarsAt, fields, listAt, numberAt, secondsAsTime, textAt, waitAt } from './json.ts'
import { judgeEnd } from './judge.ts'
import { jsonLines, logLine } from './log-line.ts'
import { mayBeOf } from './model-vendor.ts'
import { addUsage, NO_USAGE, RunningUsage } from './running-usage.ts'
import { toolSummary } from './tool-summary.ts'

/** Claude Code: https://code.claude.com/docs/en/headless */
export const claude: AgentAdapter = {
  name: 'claude',
  title: 'Claude Code',
  npmPackage: '@anthropic-ai/claude-code',
  program: 'claude',
  versionArgs: ['--version'],
  takesModel: (model) => mayBeOf('anthropic', model),
  needs: () => ({
    keys: ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_AUTH_TOKEN'],
    instead: ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'],
    logins: ['.claude/.credentials.json'],
    settings: [
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_BETAS',
      'ANTHROPIC_CUSTOM_HEADERS',
      'ANTHROPIC_DEFAULT_*_MODEL',
      'ANTHROPIC_SMALL_FAST_MODEL',
      'API_TIMEOUT_MS',
      'BASH_DEFAULT_TIMEOUT_MS',
      'BASH_MAX_TIMEOUT_MS',
      'CLAUDE_CODE_DISABLE_*',
      'CLAUDE_CODE_MAX_OUTPUT_TOKENS',
      'CLAUDE_CODE_MAX_RETRIES',
      'CLAUDE_CODE_SUBAGENT_MODEL',
      'CLAUDE_CONFIG_DIR',
      'DISABLE_TELEMETRY',
      'MAX_THINKING_TOKENS',
    ],
  }),
  limits: ['max-turns', 'max-budget'],
  commandLine: ({ model, maxTurns, maxBudget, extraArgs, isRoot }: AgentTask) => ({
    file: 'claude',
    args: [
      // Without --verbose it refuses to stream.
      ...['-p', '--output-format', 'stream-json', '--verbose', '--dangerously-skip-permissions'],
      ...(model === undefined ? [] : ['--model', model]),
      ...(maxTurns === undefined ? [] : ['--max-turns', String(maxTurns)]),
      ...(maxBudget === undefined ? [] : ['--max-budget-usd', String(maxBudget)]),
      ...extraArgs,
    ],
    env: {
      DISABLE_AUTOUPDATER: '1',
      // As root it skips permissions only where it is told that this is a sandbox.
      ...(isRoot ? { IS_SANDBOX: '1' } : {}),
    },
  }),
  reader,
  usageFile: undefined,
  judge: judgeEnd,
}

function reader(): LineReader {
  const running = new RunningUsage()
  return {
    stdout: jsonLines((event) => {
      switch (event['type']) {
        case 'system':
          return system(event)
        case 'assistant':
          return assistant(event, running)
        case 'rate_limit_event':
          return rateLimit(event)
        case 'result':
          return [
            { type: 'usage', ...totalUsage(event) },
            { type: 'result', ...resultOf(event) },
          ]
        default:
          return []
      }
    }),
    stderr: logLine,
  }
}

function system(event: unknown): readonly AgentEvent[] {
  const id = textAt(event, 'session_id')
  switch (textAt(event, 'subtype')) {
    case 'init':
      return id === undefined ? [] : [{ type: 'session', id, model: textAt(event, 'model') }]
    case 'api_retry':
      return [retry(event)]
    default:
      return []
  }
}

function retry(event: unknown): AgentEvent {
  const status = numberAt(event, 'error_status')
  // Where no answer came it only says that it does not know why.
  const reason = status === undefined ? 'network' : failureOf(status, '')
  return { type: 'retry', reason, status, delayMs: waitAt(event, 'retry_delay_ms') }
}

function assistant(event: unknown, running: RunningUsage): readonly AgentEvent[] {
  const model = textAt(event, 'message', 'model')
  // Its own words about an error, which the result says again.
  if (model === '<synthetic>') return []
  const said = listAt(event, 'message', 'content').flatMap((part): readonly AgentEvent[] => {
    const name = textAt(part, 'name')
    const text = textAt(part, 'text')
    if (textAt(part, 'type') === 'text' && text !== undefined) return [{ type: 'text', text }]
    if (textAt(part, 'type') === 'tool_use' && name !== undefined)
      return [{ type: 'tool', name, summary: toolSummary(fields(part)['input']) }]
    return []
  })
  const usage = running.add(textAt(event, 'message', 'id') ?? '', answerUsage(event))
  return [...said, { type: 'usage', ...usage }]
}

/** Here the input does not hold what went through the cache. */
function answerUsage(event: unknown): Usage {
  const count = (name: string) => countAt(event, 'message', 'usage', name)
  const cached = count('cache_read_input_tokens')
  return {
    input: count('input_tokens') + count('cache_creation_input_tokens') + cached,
    cached,
    output: count('output_tokens'),
    costUsd: undefined,
  }
}

/** `modelUsage` counts subagents too, `usage` does not. */
function totalUsage(event: unknown): Usage {
  const tokens = Object.values(fields(fields(event)['modelUsage'])).map((used): Usage => {
    const cached = countAt(used, 'cacheReadInputTokens')
    return {
      input: countAt(used, 'inputTokens') + countAt(used, 'cacheCreationInputTokens') + cached,
      cached,
      output: countAt(used, 'outputTokens'),
      costUsd: undefined,
    }
  })
  return { ...tokens.reduce(addUsage, NO_USAGE), costUsd: dollarsAt(event, 'total_cost_usd') }
}

/** Told of each account at its first answer; only a refusal is a limit. */
function rateLimit(event: unknown): readonly AgentEvent[] {
  const resetsAt = secondsAsTime(numberAt(event, 'rate_limit_info', 'resetsAt') ?? Number.NaN)
  const refused = textAt(event, 'rate_limit_info', 'status') === 'rejected'
  return refused && resetsAt !== undefined ? [{ type: 'rate-limit', resetsAt }] : []
}

const REASONS: ReadonlyMap<string, FailureReason> = new Map([
  ['error_max_turns', 'max-turns'],
  ['error_max_budget_usd', 'budget'],
])

/** An API that failed is `subtype: success` too, with `is_error`. */
function resultOf(event: unknown): AgentResult {
  const subtype = textAt(event, 'subtype') ?? ''
  const said =
    textAt(event, 'result') ??
    listAt(event, 'errors')
      .filter((error) => typeof error === 'string')
      .join('; ')
  if (subtype === 'success' && fields(event)['is_error'] !== true) return { ok: true, message: said }
  const reason = REASONS.get(subtype) ?? failureOf(numberAt(event, 'api_error_status'), said)
  return { ok: false, reason, message: said === '' ? subtype : said }
}
