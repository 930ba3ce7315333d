import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { type CliName, programOf } from './clis.ts'

/** What points a CLI at the scripted server instead of its vendor. Everything else is as in earnest. */
export interface Pointed {
  readonly env: Readonly<Record<string, string>>
  /** As a user would give them in `agent-args`. */
  readonly args: readonly string[]
  readonly model: string
}

export const DUMMY_KEY = 'dummy-key-of-a-test'

/** With what the action starts a CLI that is installed here: inputs, and variables of the job. */
export function startedByAction(cli: CliName, { model, args, env }: Pointed) {
  return {
    inputs: { agent: cli, model, 'agent-args': args.map((arg) => `'${arg}'`).join(' ') },
    env: {
      // The installed CLI comes first, and the Node of this process is the one that CLIs written in JavaScript run on.
      PATH: [dirname(programOf(cli)), dirname(process.execPath), process.env['PATH']].join(delimiter),
      ...NOWHERE,
      ...env,
    },
  }
}

/** Nothing listens there: whatever a CLI sends to other hosts goes nowhere. */
const PROXY = 'http://127.0.0.1:9'
const LOOPBACK = '127.0.0.1,localhost'
export const NOWHERE = {
  HTTP_PROXY: PROXY,
  HTTPS_PROXY: PROXY,
  NO_PROXY: LOOPBACK,
  http_proxy: PROXY,
  https_proxy: PROXY,
  no_proxy: LOOPBACK,
} as const

/** `usual` = the CLI's own. */
export type Patience = 'usual' | 'short'

export interface PointOptions {
  readonly key?: string
  /** How long the CLI itself tries again, where there is a setting for it. */
  readonly patience?: Patience | undefined
}

/** Writes the settings a CLI needs below `home`. `url` is the server's. */
export function pointAt(cli: CliName, url: string, home: string, options: PointOptions = {}): Pointed {
  const { key = DUMMY_KEY, patience = 'usual' } = options
  const short = patience === 'short'
  switch (cli) {
    case 'claude':
      return {
        env: {
          ANTHROPIC_BASE_URL: url,
          ANTHROPIC_API_KEY: key,
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
          ...(short ? { CLAUDE_CODE_MAX_RETRIES: '1' } : {}),
        },
        args: [],
        model: 'claude-sonnet-4-5',
      }
    case 'codex':
      return { env: { CODEX_API_KEY: key }, args: ['-c', `openai_base_url="${url}/v1"`], model: 'gpt-5.1-codex' }
    case 'pi':
      putJson(join(home, '.pi/agent'), 'models.json', { providers: { anthropic: { baseUrl: url } } })
      if (short) putJson(join(home, '.pi/agent'), 'settings.json', { retry: { maxRetries: 1, baseDelayMs: 200 } })
      return { env: { ANTHROPIC_API_KEY: key }, args: [], model: 'anthropic/claude-sonnet-4-5' }
    case 'gemini':
      putJson(join(home, '.gemini'), 'settings.json', {
        // A key is enough for Google's own service; with another address it has to be told to use the key.
        security: { auth: { selectedType: 'gemini-api-key' } },
        ...(short ? { general: { maxAttempts: 1 } } : {}),
      })
      return { env: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key }, args: [], model: 'gemini-2.5-flash' }
    case 'opencode':
      putJson(join(home, '.config/opencode'), 'opencode.json', {
        provider: { anthropic: { options: { baseURL: `${url}/v1` } } },
      })
      return {
        env: { ANTHROPIC_API_KEY: key, OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' },
        args: [],
        model: 'anthropic/claude-sonnet-4-5',
      }
    case 'qwen':
      if (short) putJson(join(home, '.qwen'), 'settings.json', { model: { generationConfig: { maxRetries: 0 } } })
      return { env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key }, args: [], model: 'qwen3-coder-plus' }
    case 'copilot':
      return {
        env: { COPILOT_PROVIDER_BASE_URL: `${url}/v1`, COPILOT_PROVIDER_API_KEY: key, COPILOT_OFFLINE: 'true' },
        args: [],
        model: 'gpt-5',
      }
  }
}

function putJson(folder: string, name: string, value: unknown): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), JSON.stringify(value, null, 2))
}
