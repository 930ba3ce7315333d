import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CliName } from './clis.ts'

/** What points a CLI at the scripted server instead of its vendor. Everything else is as in earnest. */
export interface Pointed {
  readonly env: Readonly<Record<string, string>>
  /** As a user would give them in `agent-args`. */
  readonly args: readonly string[]
  readonly model: string
}

export const DUMMY_KEY = 'dummy-key-of-a-test'

/** Writes the settings a CLI needs below `home`. `url` is the server's. */
export function pointAt(cli: CliName, url: string, home: string, key: string = DUMMY_KEY): Pointed {
  switch (cli) {
    case 'claude':
      return {
        env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
        args: [],
        model: 'claude-sonnet-4-5',
      }
    case 'codex':
      return { env: { CODEX_API_KEY: key }, args: ['-c', `openai_base_url="${url}/v1"`], model: 'gpt-5.1-codex' }
    case 'pi':
      putJson(join(home, '.pi/agent'), 'models.json', { providers: { anthropic: { baseUrl: url } } })
      return { env: { ANTHROPIC_API_KEY: key }, args: [], model: 'anthropic/claude-sonnet-4-5' }
    case 'gemini':
      // A key is enough for Google's own service; with another address it has to be told to use the key.
      putJson(join(home, '.gemini'), 'settings.json', { security: { auth: { selectedType: 'gemini-api-key' } } })
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
