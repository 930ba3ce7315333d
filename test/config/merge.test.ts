import { expect, test } from 'vitest'
import { DEFAULT_CONFIG } from '../../src/config/config.ts'
import { mergeConfig } from '../../src/config/merge.ts'
import { FILE, layer } from './reading.ts'

const GLOBAL = '~/.config/chant/config.md'

/** What both files make together, and `file:line` of where a setting comes from. */
function merged(global: string, project: string) {
  const { config, origins } = mergeConfig({ global: layer(global, GLOBAL), project: layer(project) })
  return { config, from: (key: string) => `${origins.get(key)?.file}:${origins.get(key)?.line}` }
}

const account = (name: string) => ({ name, command: name, maxConcurrent: 2, weight: 1, passEnv: [] })
const accounts = (file: string, ...names: readonly string[]) => ({
  file,
  accounts: names.map(account),
  place: { line: 4, column: 2 },
  warnings: [],
})

test('is the defaults of chant where there is no file', () => {
  expect(mergeConfig({})).toEqual({ config: DEFAULT_CONFIG, origins: new Map() })
})

test('merges project and defaults setting by setting, the project first', () => {
  const { config, from } = merged(
    'project: {prefix: p, silent: true}\ndefaults: {prompt: tdd, model: opus, main_branch: trunk, prompt_extensions: [a, b]}',
    'project: {name: app, silent: false}\ndefaults: {model: sonnet, branch_prefix: x/, prompt_extensions: []}',
  )
  expect(config.project).toEqual({ name: 'app', prefix: 'p', silent: false })
  expect(config.defaults).toEqual({
    ...{ prompt: 'tdd', model: 'sonnet', mainBranch: 'trunk', branchPrefix: 'x/' },
    ...{ promptExtensions: [], rotationStrategy: 'none' },
  })
  expect(['defaults.prompt', 'defaults.model', 'project.prefix', 'project.silent'].map(from)).toEqual([
    `${GLOBAL}:3`,
    `${FILE}:3`,
    `${GLOBAL}:2`,
    `${FILE}:2`,
  ])
})

test('takes the name of a project from its own file alone', () => {
  const { config, from } = merged('project: {name: everywhere}', 'project: {silent: true}')
  expect(config.project).toEqual({ silent: true })
  expect(from('project.name')).toBe('undefined:undefined')
})

test('replaces every other section as a whole, as chant does', () => {
  const global = `parallel: {agents: [{name: a}], stagger_delay_ms: 1}
approval: {require_approval_for_agent_work: true}
validation: {strict_output_validation: true}
lint: {thresholds: {complexity_files: 9}, disable: [x]}
watch: {failure: {max_retries: 7, retry_delay_ms: 1}}`
  const own =
    'parallel: {stagger_jitter_ms: 5}\napproval: {rejection_action: group}\nvalidation: {}\nlint: {disable: []}\nwatch: {}'
  const alone = merged(global, '')
  expect(alone.config).toMatchObject({
    parallel: { agents: [{ name: 'a' }], staggerDelayMs: 1, staggerJitterMs: 200 },
    approval: { requireForAgentWork: true },
    validation: { strictOutput: true },
    lint: { thresholds: { complexityFiles: 9, complexityWords: 150 }, disable: ['x'] },
    failure: { maxRetries: 7, retryDelayMs: 1 },
  })
  expect(alone.from('watch.failure.max_retries')).toBe(`${GLOBAL}:6`)
  const both = merged(global, own)
  expect(both.config).toEqual({
    ...DEFAULT_CONFIG,
    parallel: { agents: [], staggerDelayMs: 1000, staggerJitterMs: 5 },
    lint: { ...DEFAULT_CONFIG.lint, disable: [] },
  })
  for (const key of ['parallel.agents', 'approval.require_approval_for_agent_work', 'watch.failure.max_retries'])
    expect(both.from(key), key).toBe('undefined:undefined')
})

test('an empty branch prefix of the project takes back that of the global file', () => {
  expect(merged('defaults: {branch_prefix: me/}', 'defaults: {branch_prefix: ""}').config.defaults.branchPrefix).toBe(
    '',
  )
  expect(merged('defaults: {model: opus}', 'defaults: {model: ""}').config.defaults.model).toBe('opus')
})

test('the accounts of the input go before those of agents.md, and these before those of the files', () => {
  const project = layer('parallel: {agents: [{name: file}], stagger_delay_ms: 7}')
  const names = (...lists: ReturnType<typeof accounts>[]) => {
    const { config, origins } = mergeConfig({ project, accounts: lists })
    expect(config.parallel.staggerDelayMs).toBe(7)
    return [config.parallel.agents.map(({ name }) => name).join(), origins.get('parallel.agents')?.file]
  }
  const input = accounts('input agents', 'a', 'b')
  const file = accounts('.chant/agents.md', 'c')
  expect(names(input, file)).toEqual(['a,b', 'input agents'])
  expect(names(accounts('input agents'), file)).toEqual(['c', '.chant/agents.md'])
  expect(names(accounts('input agents'), accounts('.chant/agents.md'))).toEqual(['file', FILE])
  expect(names()).toEqual(['file', FILE])
})
