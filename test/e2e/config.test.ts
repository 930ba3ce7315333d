import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agent, agentBySpec } from './agent.ts'
import { Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

/** What the project's configuration decides, tried on the built action. */

const [ONE, TWO, THREE] = [idOf(1), idOf(2), idOf(3)]

const config = (yaml: string): Readonly<Record<string, string>> => ({
  '.chant/config.md': `---\n${yaml}\n---\n# Ours\n`,
})

const TOLD = agent('echo "$CHANT_PROMPT $CHANT_MODEL" > told.txt; head -1 "$CHANT_PROMPT_FILE" >> told.txt; work')

test('config.md decides model, prompt and branches, a spec for itself, and the summary says who did', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText(),
      [TWO]: specText({ front: 'model: claude-opus-4-5\nprompt: own' }),
      [THREE]: specText({ type: 'documentation' }),
    },
    files: {
      ...config(`project: {name: the-app}
defaults:
  model: claude-sonnet-4-5
  prompt: tdd
  branch_prefix: bot/`),
      '.chant/prompts/tdd.md': 'Test {{project.name}} first.\n',
      '.chant/prompts/own.md': 'In my own way.\n',
      '.chant/prompts/documentation.md': 'Write it down.\n',
    },
  })
  const { main } = await scene.run({ command: TOLD }, { env: { CHANT_MODEL: '', ANTHROPIC_MODEL: '' } })
  expect(main).toMatchObject({ code: 0, outputs: { conclusion: 'success' } })
  expect(scene.branches()).toEqual([`bot/${ONE}`, `bot/${TWO}`, `bot/${THREE}`, 'main'])
  const told = (id: string) => scene.fileOn(`bot/${id}`, 'told.txt')
  expect(told(ONE)).toBe('tdd claude-sonnet-4-5\nTest the-app first.\n')
  expect(told(TWO)).toBe('own claude-opus-4-5\nIn my own way.\n')
  expect(told(THREE)).toBe('documentation claude-sonnet-4-5\nWrite it down.\n')
  expect(scene.specOn(`bot/${ONE}`, ONE)).toMatch(/\nmodel: sonnet\n/)
  expect(scene.specOn(`bot/${TWO}`, TWO)).toMatch(/\nmodel: claude-opus-4-5\n/)
  expect(scene.results().workers.map(({ model }) => model)).toEqual([
    'claude-sonnet-4-5',
    'claude-opus-4-5',
    'claude-sonnet-4-5',
  ])
  expect(main.lines.find((line) => line.includes('settings:'))).toBe(
    'note  settings: model claude-sonnet-4-5 (.chant/config.md:4), prompt tdd (.chant/config.md:5), branch prefix bot/ (.chant/config.md:6), project the-app (.chant/config.md:2)',
  )
  expect(main.summary).toContain('| branch prefix | `bot/` | .chant/config.md:6 |')
})

test('an action input goes before everything, and the environment between spec and files', async () => {
  await using scene = new Scene({
    specs: { [ONE]: specText(), [TWO]: specText({ front: 'model: opus' }) },
    files: config('defaults: {model: haiku, branch_prefix: bot/}'),
  })
  mkdirSync(join(scene.home, '.config', 'chant'), { recursive: true })
  writeFileSync(
    join(scene.home, '.config', 'chant', 'config.md'),
    '---\nproject: {name: everywhere}\ndefaults: {model: x, prompt: standard}\n---\n',
  )
  const models = async (inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>) => {
    const { main } = await scene.run(
      { mode: 'plan', ...inputs },
      { env: { CHANT_MODEL: '', ANTHROPIC_MODEL: '', ...env } },
    )
    return main.lines.filter((line) => line.startsWith('plan')).map((line) => line.replace(/.*→ /, ''))
  }
  expect(await models({}, {})).toEqual([
    `bot/${ONE}  prompt standard  model haiku`,
    `bot/${TWO}  prompt standard  model opus`,
  ])
  expect(await models({}, { CHANT_MODEL: 'gpt-5', ANTHROPIC_MODEL: 'y' })).toEqual([
    `bot/${ONE}  prompt standard  model gpt-5`,
    `bot/${TWO}  prompt standard  model opus`,
  ])
  expect(await models({ model: 'sonnet', 'branch-prefix': 'in/' }, { CHANT_MODEL: 'gpt-5' })).toEqual([
    `in/${ONE}  prompt standard  model sonnet`,
    `in/${TWO}  prompt standard  model sonnet`,
  ])
})

test('mode plan shows model and prompt of each spec and who chose them', async () => {
  await using scene = new Scene({
    specs: { [ONE]: specText(), [TWO]: specText({ front: 'model: opus\nprompt: own' }) },
    files: { ...config('defaults: {model: haiku, prompt: own}'), '.chant/prompts/own.md': 'x\n' },
  })
  const { main } = await scene.run({ mode: 'plan' }, { env: { CHANT_MODEL: '', ANTHROPIC_MODEL: '' } })
  expect(main.summary).toContain('| claude · `haiku` (.chant/config.md:2) · prompt `own` (.chant/config.md:2) |')
  expect(main.summary).toContain('| claude · `opus` (spec) · prompt `own` (spec) |')
})

test('a setting that nobody knows is a warning with its place, and the run goes on', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText() }, files: config('project: {name: x}\nmodle: opus') })
  const { main } = await scene.run({ command: agent('work') })
  expect(main.code).toBe(0)
  const remark = '.chant/config.md:3:1 "modle" is no setting that chant knows and is not read'
  expect(main.annotations.map(({ level, message }) => `${level}: ${message}`)).toContain(`warning: ${remark}`)
  expect(main.annotations).toContainEqual(
    expect.objectContaining({
      message: remark,
      properties: expect.objectContaining({ file: '.chant/config.md', line: '3', col: '1' }),
    }),
  )
  expect(main.summary).toContain('modle')
})

test('settings that cannot be used start nothing, and are shown beside the first line that is wrong', async () => {
  await using scene = new Scene({
    project: 'packages/web',
    specs: { [ONE]: specText() },
    files: { 'packages/web/.chant/config.md': '---\nmodle: x\nlint: x\ndefaults: 1\n---\n' },
  })
  const { main } = await scene.run({ command: TOLD, 'working-directory': 'packages/web', agents: '- x' })
  expect(main).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
  expect(main.annotations).toEqual([
    {
      level: 'error',
      message: expect.stringMatching(
        /^The configuration cannot be used: .*config\.md:3:7 .*config\.md:4:11 .*agents:1:3 /,
      ),
      properties: { file: 'packages/web/.chant/config.md', line: '3', col: '7' },
    },
  ])
})

test('accounts that nobody uses are a warning', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText() } })
  const { main } = await scene.run({ mode: 'plan', command: 'mine', agents: '- {name: a, comand: b}' })
  expect(main.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'warning: input agents:1:13 "agents[].comand" is no setting that chant knows and is not read; did you mean "agents[].command"?',
    'warning: Input `agents` is given, but `agent: command` uses no accounts: it runs what `command` says.',
  ])
})

test('a folder with its own .chant has its own configuration', async () => {
  await using scene = new Scene({
    project: 'packages/web',
    specs: { [ONE]: specText() },
    files: {
      ...config('project: {name: whole}\ndefaults: {branch_prefix: root/}'),
      'packages/web/.chant/config.md': '---\nproject: {name: web}\ndefaults: {branch_prefix: web/, prompt: p}\n---\n',
      'packages/web/.chant/prompts/p.md': '{{project.name}}\n',
    },
  })
  const { main } = await scene.run({ command: TOLD, 'working-directory': 'packages/web' })
  expect(main).toMatchObject({ code: 0, outputs: { conclusion: 'success' } })
  expect(scene.branches()).toEqual(['main', `web/${ONE}`])
  expect(scene.fileOn(`web/${ONE}`, 'packages/web/told.txt')).toMatch(/^p .*\nweb\n$/)
})

const GATED = 'approval: {require_approval_for_agent_work: true}'

test('what an agent has completed asks for approval where the configuration says so', async () => {
  const approved = 'approval: {required: true, status: approved, by: somebody}'
  await using scene = new Scene({
    specs: {
      [ONE]: specText(),
      [TWO]: specText({ front: `${approved} # kept` }),
      [THREE]: specText(),
    },
    files: config(GATED),
  })
  const itself = `sed -i 's/^status: pending/&\\napproval: {required: true, status: approved, by: me}/' "$CHANT_SPEC_FILE"; work`
  const { main } = await scene.run({ command: agentBySpec({ [THREE]: itself }) })
  expect(main).toMatchObject({ code: 0, outputs: { conclusion: 'success' } })
  const front = (id: string) => scene.specOn(`chant/${id}`, id).split('---\n')[1] ?? ''
  expect(front(ONE)).toMatch(
    /^type: code\nstatus: completed\n(?:.*\n)*approval:\n {2}required: true\n {2}status: pending\n$/,
  )
  expect(front(TWO)).toContain(`\n${approved} # kept\n`)
  // An agent that approves its own work has not been approved by anybody.
  expect(front(THREE)).toContain('\napproval: {required: true, status: pending}\n')
  expect(scene.git('show', `main:.chant/specs/${ONE}.md`)).not.toContain('approval')
})

test('nothing asks for approval where nobody wants it, where nothing was done, and where it failed', async () => {
  await using scene = new Scene({
    specs: { [ONE]: specText(), [TWO]: specText({ criteria: [] }), [THREE]: specText() },
  })
  await scene.run({ command: agent('work'), specs: ONE })
  expect(scene.specOn(`chant/${ONE}`, ONE)).not.toContain('approval')
  scene.write(config(GATED))
  scene.commit('Ask for approval')
  const { main } = await scene.run({
    command: agentBySpec({ [TWO]: 'true', [THREE]: 'edit; save; exit 1' }),
    specs: `${TWO} ${THREE}`,
    model: 'opus',
    'allow-no-commits': 'true',
  })
  expect(main.outputs).toMatchObject({ succeeded: '1', failed: '1' })
  for (const id of [TWO, THREE]) expect(scene.specOn(`chant/${id}`, id), id).not.toContain('approval')
  // A failed spec is not tied to the model that failed.
  expect([TWO, THREE].map((id) => scene.specOn(`chant/${id}`, id).includes('model: opus'))).toEqual([true, false])
})

test('skip-approval works what waits for approval', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText({ front: 'approval: {required: true}' }) } })
  const { main: without } = await scene.run({ command: agent('work') })
  expect(without.outputs).toMatchObject({ conclusion: 'neutral', total: '0' })
  const { main } = await scene.run({ command: agent('work'), 'skip-approval': 'true' })
  expect(main.outputs).toMatchObject({ conclusion: 'success', succeeded: '1' })
  expect(scene.specOn(`chant/${ONE}`, ONE)).toContain('approval: {required: true}\n')
})
