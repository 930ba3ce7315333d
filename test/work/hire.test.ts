import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentAccount } from '../../src/config/config.ts'
import { processTable } from '../../src/process/table.ts'
import { checkAccounts, hire } from '../../src/work/hire.ts'
import { type Position, positions, type Wanted } from '../../src/work/positions.ts'

const wanted = (over: Partial<Wanted> = {}): Wanted => ({
  agent: undefined,
  command: '',
  accounts: [],
  provider: undefined,
  ...over,
})
const account = (over: Partial<AgentAccount> = {}): AgentAccount => ({
  name: 'main',
  command: 'claude',
  maxConcurrent: 2,
  weight: 1,
  passEnv: [],
  ...over,
})
const shown = (over: Partial<Wanted>): string => {
  const made = positions(wanted(over))
  return made.ok
    ? made.value
        .map(({ name, adapter, program }) => `${name}: ${adapter.name}${program ? ` by ${program}` : ''}`)
        .join(', ')
    : made.error
}

describe('who works', () => {
  it('is the agent that is named, the command that is given, the accounts, or claude', () => {
    expect(shown({})).toBe('claude: claude')
    expect(shown({ agent: 'codex' })).toBe('codex: codex')
    expect(shown({ command: 'my-agent' })).toBe('main: command')
    expect(shown({ command: 'my-agent', accounts: [account()] })).toBe('main: command')
    expect(shown({ provider: { name: 'gemini', place: '.chant/config.md:4' } })).toBe('gemini: gemini')
    expect(shown({ accounts: [account({ name: 'a' }), account({ name: 'b', command: '/opt/bin/claude-alt1' })] })).toBe(
      'a: claude, b: claude by /opt/bin/claude-alt1',
    )
    expect(shown({ agent: 'codex', accounts: [account({ command: './mine' })] })).toBe('main: codex by ./mine')
    expect(shown({ accounts: [account({ command: 'mine', agent: 'pi' })] })).toBe('main: pi by mine')
  })

  it('says what to name where it cannot be told', () => {
    expect(shown({ agent: 'command' })).toMatchInlineSnapshot(
      `"Input \`command\` is empty: \`agent: command\` needs the command line of your agent, for example \`command: my-agent --yes\`. It gets the prompt on stdin."`,
    )
    expect(shown({ provider: { name: 'ollama', place: '.chant/config.md:4' } })).toMatchInlineSnapshot(
      `".chant/config.md:4 sets the provider "ollama", for which there is no agent here. Set the input \`agent\` to one of claude, codex, gemini, opencode, copilot, qwen, pi, or to command."`,
    )
    expect(shown({ accounts: [account({ command: 'mine' })] })).toMatchInlineSnapshot(
      `"The account main runs "mine", and nothing says which agent that is. Give the account \`agent: claude\` (or codex, gemini, opencode, copilot, qwen, pi)."`,
    )
    expect(shown({ accounts: [account({ command: 'claude --model x' })] })).toMatchInlineSnapshot(
      `"The account main has the command "claude --model x": expected one program, by name or path. Arguments for all accounts go into \`agent-args\`."`,
    )
  })
})

describe('a look before the start', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'chant-hire-'))
    mkdirSync(join(root, 'bin'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const program = (name: string, script: string): void => {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(root, 'bin', name), 0o755)
  }
  const look = async (list: readonly AgentAccount[], env: Record<string, string> = {}) => {
    const made = positions(wanted({ accounts: list }))
    if (!made.ok) return made.error
    const base = { PATH: join(root, 'bin'), HOME: root }
    const hired = hired_(made.value, base, { ...base, ...env })
    if (!hired.ok) return hired.error
    const table = processTable(process.platform)
    if (!table) throw new Error('this platform has no process table')
    const asking = { directory: join(root, 'asking'), table }
    const checked = await checkAccounts(hired.value.accounts, () => [undefined], asking)
    return checked.ok ? Object.fromEntries(checked.value) : checked.error
  }
  const hired_ = (list: readonly Position[], base: Record<string, string>, env: Record<string, string>) =>
    hire(list, { base, env, passEnv: [], modelsOf: () => [undefined], project: root, token: 'the-token-of-the-job' })

  it('finds the program, asks its version, and sees a key', async () => {
    program('claude', 'echo "2.1.330 (Claude Code)"')
    expect(await look([account()], { ANTHROPIC_API_KEY: 'a-key' })).toEqual({ main: '2.1.330' })
  })

  it('takes the version alone out of a sentence', async () => {
    program('copilot', "echo 'GitHub Copilot CLI 1.0.102.'; echo 'Run it to update to 2.0.'")
    program('pi', 'echo 1.6.0-beta.2+linux >&2')
    const both = [account({ name: 'a', command: 'copilot' }), account({ name: 'b', command: 'pi' })]
    expect(await look(both, { COPILOT_GITHUB_TOKEN: 'a-token' })).toEqual({ a: '1.0.102', b: '1.6.0-beta.2+linux' })
  })

  it('says how to install what is not there, and which secret is missing', async () => {
    expect(await look([account()])).toMatchInlineSnapshot(
      `"\`claude\` was not found on PATH. Add a step: \`run: npm install --global @anthropic-ai/claude-code\`; or name another \`agent\`, or a \`command\` of your own."`,
    )
    program('claude', 'echo 2.1.330')
    expect(await look([account()])).toMatchInlineSnapshot(
      `"Claude Code has no key: ANTHROPIC_API_KEY is not set, or to nothing but blanks. Set it in the step's \`env\`: \`ANTHROPIC_API_KEY: \${{ secrets.ANTHROPIC_API_KEY }}\`."`,
    )
    const second = account({ name: 'second', passEnv: ['ANTHROPIC_API_KEY=KEY_2'] })
    expect(await look([account(), second], { ANTHROPIC_API_KEY: 'a-key' })).toMatchInlineSnapshot(
      `"Account second: \`pass_env\` has ANTHROPIC_API_KEY=KEY_2, but KEY_2 is not set."`,
    )
  })

  it('says what is there in the place of a program', async () => {
    const key = { ANTHROPIC_API_KEY: 'a-key' }
    const words = async (command: string) => String(await look([account({ command })], key)).replaceAll(root, '')
    mkdirSync(join(root, 'bin', 'claude'))
    writeFileSync(join(root, 'bin', 'claude-2'), '#!/bin/sh\n')
    const said = [await words('claude'), await words('./bin/claude')]
    said.push(await words('claude-2'), await words('bin/claude-2'), await words('./claude'))
    expect(said).toMatchInlineSnapshot(`
      [
        "\`claude\` was not found on PATH. Add a step: \`run: npm install --global @anthropic-ai/claude-code\`; or name another \`agent\`, or a \`command\` of your own.",
        "\`/bin/claude\` is no file. The account main names it as its \`command\`.",
        "\`claude-2\` was found as /bin/claude-2, which is not executable (\`chmod +x\`). The account main names it as its \`command\`.",
        "\`/bin/claude-2\` is not executable (\`chmod +x\`). The account main names it as its \`command\`.",
        "\`/claude\` is not there. The account main names it as its \`command\`.",
      ]
    `)
  })

  it('takes a key of blanks for none, and a program without a version for one that runs', async () => {
    program('claude', 'echo')
    expect(await look([account()], { ANTHROPIC_API_KEY: ' \n' })).toMatch(/ANTHROPIC_API_KEY is not set/)
    expect(await look([account()], { ANTHROPIC_API_KEY: 'a-key' })).toEqual({ main: '' })
  })

  it('sees a login that somebody left on the machine', async () => {
    program('claude', 'echo 2.1.330')
    mkdirSync(join(root, '.claude'))
    writeFileSync(join(root, '.claude/.credentials.json'), '{}')
    expect(await look([account()])).toEqual({ main: '2.1.330' })
  })

  it('says that a program does not run', async () => {
    program('claude', 'echo "cannot find module x" >&2; exit 3')
    expect(await look([account()], { ANTHROPIC_API_KEY: 'a-key' })).toMatchInlineSnapshot(
      `"\`claude --version\` failed: it exited with code 3: cannot find module x. Is Claude Code installed completely?"`,
    )
  })

  it('never hands on the job’s own token under another name', async () => {
    program('claude', 'echo 2.1.330')
    const sly = account({ passEnv: ['GH=GITHUB_TOKEN'] })
    expect(await look([sly], { GITHUB_TOKEN: 'the-token-of-the-job' })).toMatchInlineSnapshot(
      `"Account main would get the job's own token. Give it one of its own, or none."`,
    )
  })
})
