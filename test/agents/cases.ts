import type { CliName } from './clis.ts'
import { cut, FOR_EVER, fail, type Scenario, say, shell, type Turn, write } from './model-server/scenario.ts'

/** One thing that can happen to an agent, scripted. */
export interface Case {
  readonly name: string
  readonly scenario: Scenario
  readonly maxTurns?: number
  /** US dollars. */
  readonly maxBudget?: number
  /** Sent to the process group once the agent has made the file `started` in its worktree. */
  readonly signal?: NodeJS.Signals
  /** Only for these. */
  readonly only?: readonly CliName[]
  /** In the place of the model that the CLI is used with elsewhere. */
  readonly model?: string
  /** Besides those of every case. */
  readonly env?: Readonly<Record<string, string>>
}

export const SPEC_ID = '2026-01-01-001-abc'

export const WORK: Scenario = [
  write('notes.txt', 'written by the agent\n'),
  shell("git add --all && git commit --quiet --message 'Add notes' && git log --oneline | wc -l"),
  say('Added notes.txt and committed it.'),
]
/** A command that nobody ends; `sleep` is refused by some. */
export const STUCK = 'touch started && tail -f /dev/null'

/** Limits that only some have a flag for. */
const WITH_TURNS: readonly CliName[] = ['claude', 'qwen']

const OPENAI_NO_MONEY = {
  message: 'You exceeded your current quota, please check your plan and billing details.',
  type: 'insufficient_quota',
  code: 'insufficient_quota',
  param: null,
}
const GOOGLE_DAY_USED_UP = {
  code: 429,
  message: 'You exceeded your current quota, please check your plan and billing details.',
  status: 'RESOURCE_EXHAUSTED',
  details: [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
          quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
        },
      ],
    },
  ],
}
const OPENAI_NO_MODEL = {
  message: 'The model `gpt-none-9` does not exist or you do not have access to it.',
  type: 'invalid_request_error',
  param: null,
  code: 'model_not_found',
}
const noModelOfAnthropic = (model: string): Turn => fail(404, { times: FOR_EVER, message: `model: ${model}` })
const noModelOfOpenai = fail(404, { times: FOR_EVER, body: { error: OPENAI_NO_MODEL } })
const noModelOfGoogle = fail(404, {
  times: FOR_EVER,
  message: 'models/gemini-none-9 is not found for API version v1beta, or is not supported for generateContent.',
})
/** A model that is not there, or not for this key: three vendors, three ways to say it. */
export const NO_MODEL: Readonly<Record<CliName, Turn>> = {
  claude: noModelOfAnthropic('claude-none-9'),
  pi: noModelOfAnthropic('claude-sonnet-4-5'),
  opencode: noModelOfAnthropic('claude-sonnet-4-5'),
  codex: noModelOfOpenai,
  qwen: noModelOfOpenai,
  copilot: noModelOfOpenai,
  gemini: noModelOfGoogle,
}
/** An account by subscription whose hours are used up until then, seconds since 1970. */
export const usedUp = (reset: number): Turn =>
  fail(429, {
    times: FOR_EVER,
    message: 'This would exceed your rate limit.',
    headers: {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(reset),
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      'anthropic-ratelimit-unified-overage-status': 'rejected',
      'anthropic-ratelimit-unified-5h-status': 'rejected',
      'anthropic-ratelimit-unified-5h-reset': String(reset),
      'anthropic-ratelimit-unified-5h-utilization': '1.0',
    },
  })
export const BY_SUBSCRIPTION = { ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'dummy-token-of-a-test' }
/** 2030-01-01, so that what is said of it is the same at every recording. */
const FAR_AWAY = 1_893_456_000

export const CASES: readonly Case[] = [
  { name: 'success', scenario: WORK },
  { name: 'failing-command', scenario: [shell('echo not here >&2; exit 3'), say('The command failed.')] },
  { name: 'unauthorized', scenario: [fail(401, { times: FOR_EVER, message: 'invalid x-api-key' })] },
  { name: 'rate-limited-then-success', scenario: [fail(429, { times: 2, retryAfter: 1 }), ...WORK] },
  { name: 'rate-limited', scenario: [fail(429, { times: FOR_EVER, message: 'Too many requests' })] },
  { name: 'overloaded', scenario: [fail(529, { times: FOR_EVER, message: 'Overloaded' })] },
  { name: 'server-error', scenario: [fail(500, { times: FOR_EVER, message: 'Internal server error' })] },
  { name: 'cut', scenario: [cut(FOR_EVER)] },
  { name: 'max-turns', scenario: [shell('echo once more')], maxTurns: 2, only: WITH_TURNS },
  { name: 'max-budget', scenario: [shell('echo once more')], maxBudget: 0.01, only: ['claude'] },
  // Three vendors, three ways to say that there is no money left.
  {
    name: 'no-money',
    scenario: [fail(400, { times: FOR_EVER, message: 'Your credit balance is too low to access the Anthropic API.' })],
    only: ['claude', 'pi', 'opencode'],
  },
  {
    name: 'no-money',
    scenario: [fail(429, { times: FOR_EVER, body: { error: OPENAI_NO_MONEY } })],
    only: ['codex', 'qwen', 'copilot'],
  },
  {
    name: 'no-money',
    scenario: [fail(429, { times: FOR_EVER, body: { error: GOOGLE_DAY_USED_UP } })],
    only: ['gemini'],
  },
  {
    // An account by subscription is told how far it is in its hours with each answer.
    name: 'usage-limit',
    scenario: [usedUp(FAR_AWAY)],
    env: BY_SUBSCRIPTION,
    only: ['claude'],
  },
  { name: 'unknown-model', model: 'claude-none-9', scenario: [NO_MODEL.claude], only: ['claude'] },
  // These two look into a list of their own first.
  { name: 'unknown-model', scenario: [NO_MODEL.pi], only: ['pi', 'opencode'] },
  { name: 'unlisted-model', model: 'anthropic/claude-none-9', scenario: WORK, only: ['pi', 'opencode'] },
  { name: 'unknown-model', model: 'gpt-none-9', scenario: [NO_MODEL.codex], only: ['codex', 'qwen', 'copilot'] },
  { name: 'unknown-model', model: 'gemini-none-9', scenario: [NO_MODEL.gemini], only: ['gemini'] },
  // The key is good, and may not do this.
  { name: 'forbidden', scenario: [fail(403, { times: FOR_EVER, message: 'Your key may not be used for this.' })] },
  { name: 'terminated', scenario: [shell(STUCK)], signal: 'SIGTERM' },
]
