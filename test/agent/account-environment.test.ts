import { describe, expect, it } from 'vitest'
import { accountEnvironment, keyInUse, missingKey } from '../../src/agent/account-environment.ts'
import { agents } from '../../src/agent/agents.ts'

const base = { PATH: '/bin', HOME: '/home/x' }
const job = {
  ...base,
  ANTHROPIC_API_KEY: 'key-1',
  CLAUDE_CODE_OAUTH_TOKEN: 'oauth-1',
  CLAUDE_KEY_2: 'key-2',
  CODEX_API_KEY: 'codex',
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
  GITHUB_TOKEN: 'job',
  ACTIONS_RUNTIME_TOKEN: 'job',
}

const environment = (
  account: readonly string[] = [],
  run: readonly string[] = [],
  from: Record<string, string> = base,
) => {
  const made = accountEnvironment(agents.claude, [undefined], from, job, { run, account })
  const { env, handed } = made.ok ? made.value : { env: {}, handed: [] }
  return { names: Object.keys(env).sort().join(' '), env, handed, error: made.ok ? undefined : made.error }
}

describe('the environment of an account', () => {
  it('has the agent’s own keys and settings, and nobody else’s', () => {
    const { names, handed } = environment()
    expect(names).toBe('ANTHROPIC_API_KEY ANTHROPIC_BASE_URL CLAUDE_CODE_OAUTH_TOKEN HOME PATH')
    expect(handed).toEqual(['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_BASE_URL'])
  })

  it('takes a key that the job has under another name, and then no other key of this agent', () => {
    const { env, handed } = environment(['ANTHROPIC_API_KEY=CLAUDE_KEY_2'])
    expect(env).toMatchObject({ ANTHROPIC_API_KEY: 'key-2' })
    expect(env).not.toHaveProperty('CLAUDE_CODE_OAUTH_TOKEN')
    expect(handed).toContain('CLAUDE_KEY_2')
  })

  it('leaves other agents’ keys behind that a glob of the run would hand on, and keeps those that are named', () => {
    const all = { ...base, CODEX_API_KEY: 'codex', OTHER: 'x' }
    expect(environment([], ['*'], all).names).not.toContain('CODEX_API_KEY')
    expect(environment([], ['CODEX_API_KEY'], all).names).toContain('CODEX_API_KEY')
    expect(environment(['*'], [], base).names).not.toContain('CODEX_API_KEY')
  })

  it('never has the job’s own tokens', () => {
    expect(environment(['ACTIONS_RUNTIME_TOKEN']).error).toMatch(/never handed to an agent/)
    expect(environment(['X=ACTIONS_RUNTIME_TOKEN']).error).toMatch(/never handed to an agent/)
    expect(environment(['A*']).names).not.toContain('ACTIONS')
  })

  it('says which variable is not set', () => {
    expect(environment(['ANTHROPIC_API_KEY=NOBODY']).error).toMatchInlineSnapshot(
      `"\`pass_env\` has ANTHROPIC_API_KEY=NOBODY, but NOBODY is not set"`,
    )
  })
})

describe('the key in use', () => {
  it('is told by the name that the job has for it, for a refusal has to say which secret to look at', () => {
    const of = (account: readonly string[], model?: string, agent: keyof typeof agents = 'claude') => {
      const made = accountEnvironment(agents[agent], [model], base, job, { run: [], account })
      return made.ok ? keyInUse(agents[agent], model, made.value) : made.error
    }
    expect(of([])).toBe('ANTHROPIC_API_KEY')
    expect(of(['ANTHROPIC_API_KEY=CLAUDE_KEY_2'])).toBe('CLAUDE_KEY_2')
    expect(of(['CLAUDE_CODE_OAUTH_TOKEN'])).toBe('CLAUDE_CODE_OAUTH_TOKEN')
    expect(of([], 'anthropic/claude-sonnet-4-5', 'pi')).toBe('ANTHROPIC_API_KEY')
    expect(of(['COPILOT_PROVIDER_API_KEY=CLAUDE_KEY_2'], undefined, 'copilot')).toBe('CLAUDE_KEY_2')
    expect(of([], undefined, 'gemini')).toBeUndefined()
  })
})

describe('a missing key', () => {
  it('is named, unless another way in is there', () => {
    const none = () => false
    expect(missingKey(agents.claude, undefined, base, none)).toBe('ANTHROPIC_API_KEY')
    expect(missingKey(agents.claude, undefined, { CLAUDE_CODE_OAUTH_TOKEN: 'x' }, none)).toBeUndefined()
    expect(missingKey(agents.claude, undefined, { CLAUDE_CODE_USE_BEDROCK: '1' }, none)).toBeUndefined()
    expect(missingKey(agents.claude, undefined, base, (file) => file.endsWith('.credentials.json'))).toBeUndefined()
    expect(missingKey(agents.codex, undefined, { OPENAI_API_KEY: 'x' }, none)).toBe('CODEX_API_KEY')
  })
})
