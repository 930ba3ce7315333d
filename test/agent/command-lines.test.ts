import { describe, expect, it } from 'vitest'
import type { AgentTask } from '../../src/agent/adapter.ts'
import { agents, isAgentName } from '../../src/agent/agents.ts'
import { commandAgent } from '../../src/agent/command.ts'

const task = (over: Partial<AgentTask> = {}): AgentTask => ({
  model: undefined,
  maxTurns: undefined,
  maxBudget: undefined,
  extraArgs: [],
  worktree: '/wt',
  usageFile: '/state/usage.json',
  isRoot: false,
  ...over,
})

const full = task({ model: 'm', maxTurns: 7, maxBudget: 1.5, extraArgs: ['--extra', 'x y'], isRoot: true })

describe('command lines', () => {
  it('say what the task asks for', () => {
    const lines = [...Object.values(agents), commandAgent('my-agent --yes')].map((adapter) => {
      const { file, args, env } = adapter.commandLine(full)
      const set = Object.entries(env).map(([name, value]) => `${name}=${value} `)
      const limits = adapter.limits.length > 0 ? `  # limits: ${adapter.limits.join(', ')}` : ''
      return `${set.join('')}${file} ${args.map((arg) => (/[ *]/.test(arg) ? `'${arg}'` : arg)).join(' ')}${limits}`
    })
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "DISABLE_AUTOUPDATER=1 IS_SANDBOX=1 claude -p --output-format stream-json --verbose --dangerously-skip-permissions --model m --max-turns 7 --max-budget-usd 1.5 --extra 'x y'  # limits: max-turns, max-budget
      codex exec --json --cd /wt --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox --model m --extra 'x y' -
      gemini --output-format stream-json --approval-mode yolo --skip-trust --model m --extra 'x y'
      PWD=/wt OPENCODE_DISABLE_AUTOUPDATE=1 opencode run --format json --auto --dir /wt --model m --extra 'x y'
      copilot --output-format json --allow-all --no-ask-user --no-auto-update -C /wt --usage-output-file /state/usage.json --model m --extra 'x y'
      QWEN_CODE_SUPPRESS_YOLO_WARNING=1 qwen --output-format stream-json --approval-mode yolo --auth-type openai --model m --max-session-turns 7 --extra 'x y'  # limits: max-turns
      PI_TELEMETRY=0 pi -p --mode json --offline --model m --extra 'x y'
      bash -eo pipefail -c 'my-agent --yes'"
    `)
  })

  it('leave out what the task leaves open', () => {
    expect(agents.claude.commandLine(task())).toMatchInlineSnapshot(`
      {
        "args": [
          "-p",
          "--output-format",
          "stream-json",
          "--verbose",
          "--dangerously-skip-permissions",
        ],
        "env": {
          "DISABLE_AUTOUPDATER": "1",
        },
        "file": "claude",
      }
    `)
  })

  it('give qwen one way to log in, its user his own', () => {
    expect(agents.qwen.commandLine(task({ extraArgs: ['--auth-type=anthropic'] })).args).not.toContain('openai')
  })
})

describe('what an agent needs', () => {
  it('is a key of its own; where a model names its vendor, that vendor’s', () => {
    const keys = Object.values(agents).map(
      (agent) => `${agent.name}: ${agent.needs('anthropic/claude').keys.join(' ')}`,
    )
    expect(keys.join('\n')).toMatchInlineSnapshot(`
      "claude: ANTHROPIC_API_KEY CLAUDE_CODE_OAUTH_TOKEN ANTHROPIC_AUTH_TOKEN
      codex: CODEX_API_KEY CODEX_ACCESS_TOKEN
      gemini: GEMINI_API_KEY GOOGLE_API_KEY
      opencode: ANTHROPIC_API_KEY
      copilot: COPILOT_GITHUB_TOKEN COPILOT_PROVIDER_API_KEY
      qwen: OPENAI_API_KEY
      pi: ANTHROPIC_API_KEY"
    `)
    expect(agents.pi.needs('some-model').keys).toEqual([])
    expect(agents.opencode.needs('constructor/x').keys).toEqual([])
  })

  it('is never a token of the job', () => {
    for (const agent of Object.values(agents)) {
      const { keys, instead, settings } = agent.needs('openai/gpt')
      for (const name of [...keys, ...instead, ...settings]) expect(name).not.toMatch(/^(GITHUB|GH|ACTIONS|INPUT)_|^\*/)
    }
  })
})

it('has a name for every agent, and takes no other', () => {
  for (const [name, agent] of Object.entries(agents)) expect(agent.name).toBe(name)
  expect(['claude', 'pi'].every(isAgentName)).toBe(true)
  expect(['constructor', '', 'command'].some(isAgentName)).toBe(false)
})
