import { expect, test } from 'vitest'
import { readAgentsFile, readAgentsInput } from '../../src/config/accounts.ts'
import type { AgentAccount } from '../../src/config/config.ts'
import { remarks } from './reading.ts'

const INPUT = 'input agents'

function accounts(text: string): readonly AgentAccount[] {
  const read = readAgentsInput(INPUT, text)
  if (!read.ok) throw new Error(remarks(read))
  return read.value.accounts
}
const remarksOn = (text: string): string => remarks(readAgentsInput(INPUT, text))
const short = (list: readonly AgentAccount[]): readonly string[] =>
  list.map(({ name, command, maxConcurrent, weight }) => `${name} ${command} ${maxConcurrent} ${weight}`)

test('takes the list of the input alone, below `agents`, and below `parallel.agents`', () => {
  const list = '- name: main\n  command: claude\n- {name: alt, command: claude-alt, max_concurrent: 3, weight: 2}\n'
  const nested = (by: string): string => list.replace(/^/gm, by)
  const expected = ['main claude 2 1', 'alt claude-alt 3 2']
  for (const text of [
    list,
    `agents:\n${list}`,
    `parallel:\n  agents:\n${nested('    ')}`,
    `---\n${list}`,
    list.replaceAll('\n', '\r\n'),
    `# mine\n\n${list}`,
  ])
    expect(short(accounts(text)), text).toEqual(expected)
  expect(readAgentsInput(INPUT, `\n${list}`)).toMatchObject({ value: { place: { line: 2, column: 1 } } })
  expect(readAgentsInput(INPUT, `agents:\n${list}`)).toMatchObject({ value: { place: { line: 2, column: 1 } } })
})

test('takes an input that says nothing for no accounts', () => {
  for (const text of ['', '  ', '# none\n', '[]', 'agents:', 'agents: []', 'parallel: {agents: []}', '~', '{}'])
    expect(accounts(text), text).toEqual([])
})

test('gives an account the defaults of chant', () => {
  expect(short(accounts('- {}\n- {name: b, weight: 0}\n'))).toEqual(['main claude 2 1', 'b claude 2 1'])
})

test('leaves out an account that may run nothing, and says so', () => {
  expect(short(accounts('- {name: a, max_concurrent: 0}\n- {name: b}\n'))).toEqual(['b claude 2 1'])
  expect(remarksOn('- {name: a, max_concurrent: 0}\n')).toBe(
    'warning agent-without-capacity input agents:1:29 the agent "a" has "max_concurrent" 0 and is left out',
  )
})

test('tells accounts of one name apart, and says so', () => {
  const text = '- command: a\n- command: b\n- {name: main-2}\n'
  expect(accounts(text).map(({ name }) => name)).toEqual(['main', 'main-2', 'main-2-2'])
  expect(
    remarksOn(text),
  ).toBe(`warning duplicate-agent input agents:2:3 several agents are named "main"; this one is shown as "main-2"
warning duplicate-agent input agents:3:10 several agents are named "main-2"; this one is shown as "main-2-2"`)
})

test('takes a model of its own for an account, if it can be one', () => {
  expect(accounts('- {name: a, model: gpt-5.1-codex}\n- {}\n').map(({ model }) => model)).toEqual([
    'gpt-5.1-codex',
    undefined,
  ])
  expect(remarksOn('- {name: a, model: --help}\n')).toMatchInlineSnapshot(
    `"error bad-value input agents:1:20 "agents[].model" is "--help", expected the name of a model, such as \`sonnet\` or \`claude-opus-4-5\`"`,
  )
})

test('refuses an input that is no list of agents, with its place', () => {
  const texts = [
    'claude',
    '3',
    '- claude',
    '- [a]',
    'agents: claude',
    'parallel: [a]',
    '- {name: [a]}',
    '- {command: ""}',
    '- {command: "a\\0b"}',
    '- {max_concurrent: two}',
    '- {max_concurrent: 1.5}',
    '- a: b: c',
    '[',
    '- name: a\n---\n- name: b\n',
    '- &a [*a]',
    '- *nobody',
    `${'['.repeat(20_000)}`,
    `- {x: ${'['.repeat(130)}${']'.repeat(130)}}`,
    `- ${'x'.repeat(70_000)}`,
  ]
  expect(texts.map(remarksOn).join('\n')).toMatchInlineSnapshot(`
    "error wrong-type input agents:1:1 expected a list of agents, each with \`name\` and \`command\`
    error wrong-type input agents:1:1 expected a list of agents, each with \`name\` and \`command\`
    error wrong-type input agents:1:3 "agents[]" is "claude", expected settings of its own
    error wrong-type input agents:1:3 "agents[]" is a list, expected settings of its own
    error wrong-type input agents:1:9 "agents" is "claude", expected a list
    error wrong-type input agents:1:11 "parallel" is a list, expected settings of its own
    error wrong-type input agents:1:10 "agents[].name" is a list, expected text
    error bad-value input agents:1:13 "agents[].command" is empty, expected a command on one line
    error bad-value input agents:1:13 "agents[].command" is "a\\u0000b", expected a command on one line
    error wrong-type input agents:1:20 "agents[].max_concurrent" is "two", expected a whole number from 0
    error wrong-type input agents:1:20 "agents[].max_concurrent" is "1.5", expected a whole number from 0
    error invalid-yaml input agents:1:6 Nested mappings are not allowed in compact mappings
    error invalid-yaml input agents:1:2 Flow sequence must end with a ]
    error invalid-yaml input agents:2:1 a second document starts here; one is read
    error invalid-yaml input agents:1:1 nested too deeply, or with aliases that unfold without end
    error invalid-yaml input agents:1:1 nested too deeply, or with aliases that unfold without end
    error invalid-yaml input agents:1:1 nested too deeply, or with aliases that unfold without end
    error invalid-yaml input agents:1:1 nested too deeply, or with aliases that unfold without end
    error too-large input agents:1:1 longer than 64 KiB"
  `)
})

test('warns of keys of an account that nobody knows', () => {
  expect(remarksOn('- {name: a, comand: b}\n')).toBe(
    'warning unknown-key input agents:1:13 "agents[].comand" is no setting that chant knows and is not read; did you mean "agents[].command"?',
  )
  expect(remarksOn('agents: []\nstagger_delay_ms: 3\n')).toContain('input agents:2:1 "stagger_delay_ms" is no setting')
})

test('reads parallel.agents from agents.md, and says that nothing else in it counts', () => {
  const text = `---
defaults: {model: opus}
parallel:
  stagger_delay_ms: 3
  agents:
    - {name: own, command: claude-project}
---
# Mine
`
  const read = readAgentsFile('.chant/agents.md', text)
  expect(read.ok && [short(read.value.accounts), read.value.place]).toEqual([
    ['own claude-project 2 1'],
    { line: 6, column: 5 },
  ])
  expect(remarks(read)).toMatchInlineSnapshot(`
    "warning unknown-key .chant/agents.md:2:1 "defaults" is not read: this file counts for "parallel.agents" alone
    warning unknown-key .chant/agents.md:4:3 "parallel.stagger_delay_ms" is not read: this file counts for "parallel.agents" alone"
  `)
})

test('refuses an agents.md without front matter, and a bare list in it', () => {
  expect(remarks(readAgentsFile('.chant/agents.md', '- name: a\n'))).toContain('no-front-matter .chant/agents.md:1:1')
  expect(remarks(readAgentsFile('.chant/agents.md', '---\n- name: a\n---\n'))).toContain(
    'not-a-mapping .chant/agents.md:2:1',
  )
})
