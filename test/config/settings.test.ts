import { expect, test } from 'vitest'
import { mergeConfig } from '../../src/config/merge.ts'
import {
  environmentModel,
  runSettings,
  type SettingSources,
  type Sourced,
  sourceWords,
  specSettings,
} from '../../src/config/settings.ts'
import { shownSettings } from '../../src/config/shown-settings.ts'
import { aSpec } from '../builders.ts'
import { layer } from './reading.ts'

interface Setup {
  readonly inputs?: SettingSources['inputs']
  readonly env?: Readonly<Record<string, string>>
  readonly project?: string
  readonly global?: string
  /** Names of prompts that the project has. */
  readonly prompts?: readonly string[]
}

function sources({ inputs = {}, env = {}, project, global, prompts = [] }: Setup): SettingSources {
  const model = environmentModel(env)
  if (!model.ok) throw new Error(model.error)
  return {
    inputs,
    environmentModel: model.value,
    merged: mergeConfig({
      ...(project !== undefined && { project: layer(project) }),
      ...(global !== undefined && { global: layer(global, '~/.config/chant/config.md') }),
    }),
    folderName: 'folder',
    ownPrompt: (name) => prompts.includes(name),
  }
}

const words = (setting: Sourced<unknown> | undefined): string =>
  setting === undefined ? 'none' : `${JSON.stringify(setting.value)} by ${sourceWords(setting.from)}`

const everything: Setup = {
  inputs: { model: 'by-input', prompt: 'by-input' },
  env: { CHANT_MODEL: 'by-chant', ANTHROPIC_MODEL: 'by-anthropic' },
  project: 'defaults: {model: by-project, prompt: by-project}',
  global: 'defaults: {model: by-global, prompt: by-global}',
}
const OWN = aSpec({ model: 'by-spec', prompt: 'by-spec' })
const PLAIN = aSpec()

/** The rows of the table of precedence: each takes away what won before. */
const without = (setup: Setup, ...keys: readonly (keyof Setup)[]): Setup =>
  Object.fromEntries(Object.entries(setup).filter(([key]) => !keys.some((gone) => gone === key)))

test('the model goes by input, spec, CHANT_MODEL, ANTHROPIC_MODEL, project, global file, and else the agent decides', () => {
  const model = (setup: Setup, spec = PLAIN): string => words(specSettings(sources(setup), spec).model)
  const noInput = without(everything, 'inputs')
  const noEnv = without(noInput, 'env')
  expect([
    model(everything, OWN),
    model(noInput, OWN),
    model(noInput),
    model({ ...noInput, env: { CHANT_MODEL: '', ANTHROPIC_MODEL: 'by-anthropic' } }),
    model(noEnv),
    model(without(noEnv, 'project')),
    model({}),
  ]).toEqual([
    '"by-input" by input model',
    '"by-spec" by spec',
    '"by-chant" by CHANT_MODEL',
    '"by-anthropic" by ANTHROPIC_MODEL',
    '"by-project" by .chant/config.md:2',
    '"by-global" by ~/.config/chant/config.md:2',
    'none',
  ])
})

test('a model stays as it is written, whoever names it', () => {
  const model = 'claude-opus-4-5-20251101'
  expect(specSettings(sources({ project: `defaults: {model: ${model}}` }), PLAIN).model?.value).toBe(model)
})

test('the prompt goes by input, spec, project, global file, and else is bootstrap or standard', () => {
  const prompt = (setup: Setup, spec = PLAIN): string => words(specSettings(sources(setup), spec).prompt)
  const noInput = without(everything, 'inputs')
  expect([
    prompt(everything, OWN),
    prompt(noInput, OWN),
    prompt(noInput),
    prompt(without(noInput, 'project')),
    prompt({}),
    prompt({ prompts: ['bootstrap', 'standard'] }),
  ]).toEqual([
    '"by-input" by input prompt',
    '"by-spec" by spec',
    '"by-project" by .chant/config.md:2',
    '"by-global" by ~/.config/chant/config.md:2',
    '"standard" by default',
    '"bootstrap" by default',
  ])
})

test('a prompt that the project has for the type of a spec goes before its default, one that is built in does not', () => {
  const prompt = (setup: Setup, spec = {}): string => words(specSettings(sources(setup), aSpec(spec)).prompt)
  const project = 'defaults: {prompt: tdd}'
  const own = ['documentation', 'research']
  expect([
    prompt({ project, prompts: own }, { type: 'documentation' }),
    prompt({ project }, { type: 'documentation' }),
    prompt({}, { type: 'documentation' }),
    prompt({ project, prompts: own }, { type: 'research' }),
    prompt({}, { type: 'research' }),
    prompt({ project, prompts: own }, { type: 'code' }),
  ]).toEqual([
    '"documentation" by type documentation',
    '"tdd" by .chant/config.md:2',
    '"documentation" by type documentation',
    '"tdd" by .chant/config.md:2',
    '"research" by type research',
    '"tdd" by .chant/config.md:2',
  ])
})

test('what holds for the whole run goes by input, project, global file, default', () => {
  const shown = (setup: Setup) =>
    Object.fromEntries(Object.entries(runSettings(sources(setup))).map(([name, setting]) => [name, words(setting)]))
  expect(shown({})).toMatchInlineSnapshot(`
    {
      "accounts": "[] by default",
      "approvalOfAgentWork": "false by default",
      "branchPrefix": ""chant/" by default",
      "maxAttempts": "3 by default",
      "projectName": ""folder" by default",
      "promptExtensions": "[] by default",
      "strictOutput": "false by default",
    }
  `)
  expect(
    shown({
      inputs: { branchPrefix: 'by-input/', maxAttempts: 1 },
      project: 'defaults: {branch_prefix: by-project/}\nwatch: {failure: {max_retries: 9}}',
    }),
  ).toMatchObject({
    branchPrefix: '"by-input/" by input branch-prefix',
    maxAttempts: '1 by input max-attempts',
  })
  expect(
    shown({
      global: `defaults: {branch_prefix: by-global/, prompt_extensions: [concise]}
approval: {require_approval_for_agent_work: true}`,
      project: `project: {name: app}
parallel: {agents: [{name: a}]}
validation: {strict_output_validation: true}
watch: {failure: {max_retries: 0}}
defaults: {branch_prefix: ""}`,
    }),
  ).toMatchInlineSnapshot(`
    {
      "accounts": "[{"name":"a","command":"claude","maxConcurrent":2,"weight":1,"passEnv":[]}] by .chant/config.md:3",
      "approvalOfAgentWork": "true by ~/.config/chant/config.md:3",
      "branchPrefix": """ by .chant/config.md:6",
      "maxAttempts": "1 by .chant/config.md:5",
      "projectName": ""app" by .chant/config.md:2",
      "promptExtensions": "["concise"] by ~/.config/chant/config.md:2",
      "strictOutput": "true by .chant/config.md:4",
    }
  `)
})

test('a variable that names no model is an error that names the variable', () => {
  expect(environmentModel({ CHANT_MODEL: '--x' })).toEqual({
    ok: false,
    error:
      'Environment variable CHANT_MODEL is "--x": expected the name of a model, such as `sonnet` or `claude-opus-4-5`.',
  })
  expect(environmentModel({ CHANT_MODEL: 'opus', ANTHROPIC_MODEL: '--x' }).ok).toBe(true)
})

test('shows what is in force for a spec that says nothing itself, and who decided it', () => {
  const shown = (setup: Setup): readonly string[] =>
    shownSettings(runSettings(sources(setup)), sources(setup)).map(
      ({ name, value, from }) => `${name}: ${value} (${from})`,
    )
  expect(shown({})).toEqual([
    'prompt: standard (default)',
    'branch prefix: chant/ (default)',
    'project: folder (default)',
  ])
  expect(
    shown({
      inputs: { model: 'opus' },
      project: 'project: {name: app}\ndefaults: {branch_prefix: x/}\napproval: {require_approval_for_agent_work: true}',
    }),
  ).toEqual([
    'model: opus (input model)',
    'prompt: standard (default)',
    'branch prefix: x/ (.chant/config.md:3)',
    'project: app (.chant/config.md:2)',
    'approval of agent work: true (.chant/config.md:4)',
  ])
})
