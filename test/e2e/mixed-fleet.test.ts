import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { agent } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { Scene, type SceneSetup } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

/** Accounts with different agents. Programs named as the CLIs are say the little that their adapters have to hear. */

const [ONE, TWO] = [idOf(1), idOf(2)]

const SAYS = {
  claude: `echo '{"type":"result","subtype":"success","is_error":false,"result":"Done."}'`,
  codex: `echo '{"type":"turn.completed","usage":{"input_tokens":10,"output_tokens":2}}'`,
}
const KEYS = { ANTHROPIC_API_KEY: 'a-key-of-anthropic', CODEX_API_KEY: 'a-key-of-openai' }
/** One spec for each, in this order: the second waits for the first one's second. */
const ACCOUNTS =
  '- {name: first, command: claude, max_concurrent: 1}\n- {name: second, command: codex, max_concurrent: 1}\n'

interface Fleet extends AsyncDisposable {
  readonly scene: Scene
  /** What each program was started with, by its name. */
  readonly started: () => Readonly<Record<string, string>>
  readonly run: (inputs: Readonly<Record<string, string>>) => ReturnType<Scene['run']>
}

function aFleet(setup: SceneSetup, says: Readonly<Record<keyof typeof SAYS, string>> = SAYS): Fleet {
  const scene = new Scene(setup)
  const bin = join(scene.root, 'bin')
  mkdirSync(bin)
  for (const [name, done] of Object.entries(says)) {
    const script = [
      '#!/usr/bin/env bash',
      'if [ "$1" = --version ]; then echo 1.2.3; exit; fi',
      `echo "$* CHANT_MODEL=$CHANT_MODEL" > '${scene.root}/started-${name}'`,
      agent(`cat > /dev/null; work; ${done}`),
    ]
    writeFileSync(join(bin, name), script.join('\n'))
    chmodSync(join(bin, name), 0o755)
  }
  const PATH = [bin, dirname(process.execPath), process.env['PATH']].join(delimiter)
  return {
    scene,
    started: () =>
      Object.fromEntries(
        Object.keys(SAYS).map((name) => {
          const said = readFileSync(join(scene.root, `started-${name}`), 'utf8')
          return [name, /--model \S+/.exec(said)?.[0] + said.replace(/^.*(?= CHANT_MODEL)/s, '').trimEnd()]
        }),
      ),
    run: (inputs) => scene.run({ 'max-parallel': '2', ...inputs }, { env: { ...KEYS, PATH } }),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

test.concurrent('a model of one vendor is not handed to the agent of another, and that is said once', async () => {
  await using fleet = aFleet({ specs: plainSpecs(2) })
  const { main } = await fleet.run({ agents: ACCOUNTS, model: 'claude-opus-4-5' })
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
  expect(fleet.started()).toEqual({
    claude: '--model claude-opus-4-5 CHANT_MODEL=claude-opus-4-5',
    codex: 'undefined CHANT_MODEL=',
  })
  expect(main.annotations.map(({ message }) => message)).toEqual([
    'The model claude-opus-4-5 is not handed to codex, which has no such models: what it works, it works with a model of its own choice. Give its accounts a `model`.',
  ])
  expect(workerIn(results, ONE)).toMatchObject({ agent: 'claude', model: 'claude-opus-4-5' })
  expect(workerIn(results, TWO)).toMatchObject({ agent: 'codex', model: null })
  expect(fleet.scene.specOn(`chant/${TWO}`, TWO)).not.toMatch(/^model:/m)
})

test.concurrent('an account with a model of its own works everything with it', async () => {
  await using fleet = aFleet({ specs: { [ONE]: specText(), [TWO]: specText({ front: 'model: grok-4' }) } })
  const { main } = await fleet.run({
    agents: ACCOUNTS.replace('command: codex', 'command: codex, model: gpt-5.1-codex').replace(
      'claude,',
      'claude, model: opus,',
    ),
    model: '',
  })
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
  expect(fleet.started()).toEqual({
    claude: '--model opus CHANT_MODEL=opus',
    codex: '--model gpt-5.1-codex CHANT_MODEL=gpt-5.1-codex',
  })
  expect(main.annotations).toEqual([])
  expect(workerIn(results, TWO)).toMatchObject({ agent: 'codex', account: 'second', model: 'gpt-5.1-codex' })
  expect(main.summary).toContain('codex · gpt-5.1-codex · second')
  expect(fleet.scene.specOn(`chant/${TWO}`, TWO)).toMatch(/^model: gpt-5.1-codex$/m)
})

test.concurrent('where every key is refused, the accounts, the words and the secrets are named', async () => {
  await using fleet = aFleet(
    { specs: plainSpecs(4) },
    {
      claude: `echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":401,"result":"Invalid API key"}'; exit 1`,
      codex: `echo '{"type":"turn.failed","error":{"message":"unexpected status 401 Unauthorized: no such key"}}'; exit 1`,
    },
  )
  const { main } = await fleet.run({ agents: ACCOUNTS, model: '' })
  const results = resultsOf(main)
  const last = workerIn(results, idOf(4))
  expect(last).toMatchObject({ attempts: 0, outcome: { type: 'auth-failed' } })
  const words =
    'Not started: every account was refused: first (key from ANTHROPIC_API_KEY): Invalid API key; second (key from CODEX_API_KEY): unexpected status 401 Unauthorized: no such key'
  expect(last.outcome?.message).toBe(words)
  expect(main.annotations.map(({ message }) => message)).toContain(
    `${idOf(4)}: ${words}. Check what this agent is logged in with, the secret that holds its key or its login on this runner: that it is there for this workflow, is not expired, and is allowed what the agent asks for.`,
  )
  expect(main.summary).toContain('second (key from CODEX_API_KEY): unexpected status 401')
})

test.concurrent('where all agents are the same, a name is handed on as it is: a gateway may know it', async () => {
  await using fleet = aFleet({ specs: plainSpecs(2) })
  const { main } = await fleet.run({ agents: ACCOUNTS.replace('codex', 'claude'), model: 'gpt-5.1-codex' })
  expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
  expect(readFileSync(join(fleet.scene.root, 'started-claude'), 'utf8')).toContain('--model gpt-5.1-codex')
  expect(main.annotations).toEqual([])
})

test.concurrent('inputs that the chosen agent has no use for are said', async () => {
  await using fleet = aFleet({ specs: plainSpecs(1) })
  const byCommand = await fleet.run({ command: agent('work'), 'agent-args': '--verbose' })
  expect(byCommand.main.annotations.map(({ message }) => message)).toEqual([
    'Input `agent-args` has no effect on command: write them into `command`.',
  ])
  const byClaude = await fleet.run({ agent: 'claude', command: 'echo never', specs: ONE })
  expect(byClaude.main.annotations.map(({ message }) => message)).toEqual([
    'Input `command` has no effect, because input `agent` is claude.',
  ])
})

test.concurrent('a spec that names its model is worked by the agent that has such models, whoever is first', async () => {
  await using fleet = aFleet({
    specs: { [ONE]: specText({ front: 'model: gpt-5.1-codex' }), [TWO]: specText({ front: 'model: opus' }) },
  })
  const { main } = await fleet.run({ agents: ACCOUNTS, model: '' })
  const results = resultsOf(main)
  expect(workerIn(results, ONE)).toMatchObject({ agent: 'codex', model: 'gpt-5.1-codex' })
  expect(workerIn(results, TWO)).toMatchObject({ agent: 'claude', model: 'opus' })
  expect(main.annotations).toEqual([])
})

test.concurrent('where no account is left for a model, another agent works the spec, and that is said', async () => {
  await using fleet = aFleet(
    { specs: { [ONE]: specText({ front: 'model: opus' }) } },
    {
      ...SAYS,
      claude: `echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":400,"result":"Credit balance is too low"}'; exit 1`,
    },
  )
  const { main } = await fleet.run({ agents: ACCOUNTS, model: '' })
  expect(workerIn(resultsOf(main), ONE)).toMatchObject({ agent: 'codex', outcome: { type: 'completed' } })
  const line = specText({ front: 'model: opus' }).split('\n').indexOf('model: opus') + 1
  expect(main.annotations.map(({ message }) => message)).toEqual([
    expect.stringContaining(
      `: No account is left for the model opus (.chant/specs/${ONE}.md:${line}): second works it with a model of its own choice`,
    ),
  ])
})

test.concurrent('setup and verify get the keys of the agent they belong to, and no others', async () => {
  await using fleet = aFleet({
    specs: { [ONE]: specText({ front: 'model: gpt-5.1-codex' }), [TWO]: specText({ front: 'model: opus' }) },
  })
  const tell = (role: string) =>
    `echo "\${ANTHROPIC_API_KEY:-none} \${CODEX_API_KEY:-none}" > '${fleet.scene.root}/${role}'-$CHANT_SPEC_ID`
  const { main } = await fleet.run({ agents: ACCOUNTS, model: '', setup: tell('setup'), verify: tell('verify') })
  expect(outcomesIn(resultsOf(main))).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
  for (const role of ['setup', 'verify']) {
    expect(fleet.scene.readRoot(`${role}-${ONE}`)).toBe('none a-key-of-openai\n')
    expect(fleet.scene.readRoot(`${role}-${TWO}`)).toBe('a-key-of-anthropic none\n')
  }
})

test.concurrent('a spec that waits for the reset of its account goes elsewhere once another one’s attempt closes that', async () => {
  const says = (status: number, words: string) =>
    `echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":${status},"result":"${words}"}'; exit 1`
  const there = (file: string) =>
    `until [ -e "$CHANT_WORKTREE_PATH/../../${file}" ]; do read -r -t 0.1 _ <> <(:) || true; done`
  const left = (file: string) => `touch "$CHANT_WORKTREE_PATH/../../${file}"`
  await using fleet = aFleet(
    { specs: { [ONE]: specText({ front: 'model: opus' }), [TWO]: specText({ front: 'model: opus' }) } },
    {
      ...SAYS,
      claude: `
if [ "$CHANT_SPEC_ID" = ${ONE} ]; then
  ${there('two')}
  echo '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":'"$(( $(date +%s) + 3000 ))"'}}'
  ${left('one')}
  ${says(429, 'Too many requests')}
fi
${left('two')}
${there('one')}
${says(400, 'Credit balance is too low')}`,
    },
  )
  const { main } = await fleet.run({
    agents: ACCOUNTS.replace('claude, max_concurrent: 1', 'claude, max_concurrent: 2'),
  })
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [ONE]: 'completed', [TWO]: 'completed' })
  for (const id of [ONE, TWO]) expect(workerIn(results, id)).toMatchObject({ agent: 'codex', attempts: 2 })
})
