import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agent } from './agent.ts'
import { type Finished, Scene, type SceneSetup, type Start } from './scene.ts'
import { idOf, plainSpecs } from './spec-text.ts'
import { namesIn } from './traces.ts'

/** Whatever is wrong with how the action is called is one clear error, before anything is started or written. */

interface Refusal {
  readonly inputs?: Readonly<Record<string, string>>
  readonly setup?: SceneSetup
  readonly more?: Start
  readonly prepare?: (scene: Scene) => void
  /** What the one error must say. */
  readonly says: readonly (string | RegExp)[]
}

const WRONG: Readonly<Record<string, Refusal>> = {
  'an unknown mode': { inputs: { mode: 'walk' }, says: ['`mode`', '"walk"', 'run, plan'] },
  'a number that is none': { inputs: { 'max-parallel': 'many' }, says: ['`max-parallel`', '"many"', '1 to 256'] },
  'a number out of range': { inputs: { 'max-parallel': '0' }, says: ['`max-parallel`', '"0"', '1 to 256'] },
  'a negative time': { inputs: { 'timeout-minutes': '-1' }, says: ['`timeout-minutes`', '"-1"', 'minutes'] },
  'a flag that is none': { inputs: { 'fail-fast': 'yes' }, says: ['`fail-fast`', '"yes"', 'true or false'] },
  'days out of range': { inputs: { 'retention-days': '91' }, says: ['`retention-days`', '"91"', '1 to 90'] },
  'an agent that nobody knows': { inputs: { agent: 'gpt' }, says: ['`agent`', '"gpt"', 'claude', 'command'] },
  'an agent that is not installed': { inputs: { command: '' }, says: ['`claude`', 'npm install --global'] },
  'a log stream that is none': { inputs: { 'log-stream': 'all' }, says: ['`log-stream`', 'off, events, full'] },
  'no command': { inputs: { agent: 'command', command: '  ' }, says: ['`command`', 'empty'] },
  'a spec that does not exist': {
    inputs: { specs: '2026-11-02-009-xyz' },
    says: ['specs', 'No spec matches "2026-11-02-009-xyz"'],
  },
  'a part of an id that several have': {
    inputs: { specs: 'abc' },
    says: ['specs', 'Did you mean', idOf(1), idOf(2), 'Give more of the id'],
  },
  'a prompt that does not exist': { inputs: { prompt: 'sonnet' }, says: ['prompt', '"sonnet"', 'standard'] },
  'a configuration with a wrong type': {
    setup: { specs: plainSpecs(1), files: { '.chant/config.md': '---\ndefaults:\n  model: [opus]\n---\n' } },
    says: ['.chant/config.md:3:10 "defaults.model" is a list, expected text'],
  },
  'a configuration without front matter': {
    setup: { specs: plainSpecs(1), files: { '.chant/config.md': 'project:\n  name: x\n' } },
    says: ['.chant/config.md:1:1 no front matter'],
  },
  'a configuration behind a link that leaves the repository': {
    prepare: (scene) => symlinkSync('../../../../etc/hostname', join(scene.workspace, '.chant', 'config.md')),
    says: ['.chant/config.md:1:1 a link that leaves the repository'],
  },
  'a prompt of the configuration that does not exist': {
    setup: { specs: plainSpecs(1), files: { '.chant/config.md': '---\ndefaults:\n  prompt: nowhere\n---\n' } },
    says: ['`defaults.prompt` (.chant/config.md:3): No prompt is named "nowhere"'],
  },
  'a prefix of the configuration that is too long for an id': {
    setup: {
      specs: plainSpecs(1),
      files: { '.chant/config.md': `---\ndefaults:\n  branch_prefix: ${'x'.repeat(190)}\n---\n` },
    },
    says: [/^\.chant\/config\.md:3: "xx/, 'longer than 200 characters'],
  },
  'agents that are no list': { inputs: { agents: 'claude' }, says: ['input agents:1:1 expected a list of agents'] },
  'a model that is an option': { inputs: { model: '--yes' }, says: ['`model`', '"--yes"', 'the name of a model'] },
  'a variable that names no model': {
    more: { env: { CHANT_MODEL: '--yes' } },
    says: ['CHANT_MODEL', '"--yes"', 'the name of a model'],
  },
  'an artifact name with a slash': { inputs: { 'artifact-name': 'logs/1' }, says: ['`artifact-name`', '/'] },
  'a prefix that makes no branch': { inputs: { 'branch-prefix': 'a..b/' }, says: ['`branch-prefix`'] },
  'a base that does not exist': { inputs: { base: 'nowhere', token: '' }, says: ['`base`', '"nowhere"'] },
  'a base that is an option': { inputs: { base: '--upload-pack=x' }, says: ['`base`'] },
  'a protected variable': {
    inputs: { 'pass-env': 'ACTIONS_RUNTIME_TOKEN' },
    says: ['`pass-env`', 'ACTIONS_RUNTIME_TOKEN'],
  },
  "the job's token by another name": {
    inputs: { 'pass-env': 'GH_TOKEN' },
    more: { token: 'ghs_of_this_job', env: { GH_TOKEN: 'ghs_of_this_job' } },
    says: ['`pass-env`', 'token'],
  },
  'a working directory that is not there': {
    inputs: { 'working-directory': 'sub' },
    says: ['`working-directory`', '"sub"'],
  },
  'a working directory outside': { inputs: { 'working-directory': '../..' }, says: ['`working-directory`', 'inside'] },
  'a working directory that leads outside': {
    inputs: { 'working-directory': 'out' },
    prepare: (scene) => symlinkSync(scene.home, join(scene.workspace, 'out')),
    says: ['`working-directory`', '"out"'],
  },
  'no specs folder': { setup: { specs: {} }, says: ['No specs folder', '`working-directory`', '.chant'] },
  'a workspace without a checkout': { setup: { specs: {}, git: 'none' }, says: ['actions/checkout'] },
  'a workspace whose path holds a line break': {
    setup: { specs: plainSpecs(1), name: 'two\nlines' },
    says: ['line break'],
  },
  'no repository': {
    setup: { specs: plainSpecs(1), git: 'none' },
    says: ['not in a git repository', 'actions/checkout'],
  },
  'a repository without a commit': { setup: { specs: plainSpecs(1), git: 'empty' }, says: ['no commit yet'] },
  'a PATH without git': {
    prepare: (scene) => {
      mkdirSync(join(scene.root, 'bin'))
      symlinkSync('/bin/bash', join(scene.root, 'bin', 'bash'))
    },
    says: ['`git`', 'not found'],
  },
  'a PATH without bash': { more: { env: { PATH: '/nowhere' } }, says: ['`bash`', 'not found'] },
  'process files behind a link': {
    prepare: (scene) => symlinkSync(scene.home, join(scene.workspace, '.chant', 'pids')),
    says: ['.chant/pids', 'symbolic link'],
  },
}

async function refused(name: string, act: (scene: Scene, run: Finished) => void): Promise<void> {
  const { inputs, setup = { specs: plainSpecs(2) }, more, prepare } = WRONG[name] ?? { says: [] }
  await using scene = new Scene(setup)
  prepare?.(scene)
  const path = name === 'a PATH without git' ? { PATH: join(scene.root, 'bin') } : {}
  const run = await scene.run(
    { command: agent(`: > '${scene.root}/started'`), ...inputs },
    { ...more, env: { ...path, ...more?.env } },
  )
  act(scene, run)
}

describe.concurrent('is refused, with nothing started and nothing left:', () => {
  test.each(Object.keys(WRONG))('%s', async (name) => {
    await refused(name, (scene, { main, post, killed }) => {
      expect(main).toMatchObject({ code: 1, conclusion: 'failure', outputs: { conclusion: 'failure' }, problems: [] })
      expect(main.annotations.map(({ level }) => level)).toEqual(['error'])
      for (const words of WRONG[name]?.says ?? []) expect(main.annotations[0]?.message).toMatch(words)
      expect(main.annotations[0]?.message).not.toMatch(/\n|undefined|Error: /)
      expect(main.summary).toBe('')
      expect([post.conclusion, post.lines]).toEqual(['success', []])
      expect(existsSync(join(scene.root, 'started'))).toBe(false)
      expect([killed, scene.left(), scene.stateDirs()]).toEqual([[], [], []])
      expect(
        namesIn(join(scene.workspace, '.chant')).filter((entry) => !['specs', 'pids', 'config.md'].includes(entry)),
      ).toEqual([])
      if (name !== 'process files behind a link')
        expect(existsSync(join(scene.workspace, '.chant', 'pids'))).toBe(false)
    })
  })
})

test.skipIf(process.getuid?.() === 0)('a state home that cannot be written is refused', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  chmodSync(scene.state, 0o500)
  const { main } = await scene.run({ command: agent('work') })
  expect(main.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining('XDG_STATE_HOME') }])
})

test('a state home that is a file is refused', async () => {
  await using scene = new Scene({ specs: plainSpecs(1) })
  const { main } = await scene.run(
    { command: agent('work') },
    { env: { XDG_STATE_HOME: join(scene.workspace, 'README.md') } },
  )
  expect(main.annotations).toMatchObject([{ level: 'error', message: expect.stringContaining('XDG_STATE_HOME') }])
  expect(existsSync(join(scene.workspace, '.chant', 'pids'))).toBe(false)
})
