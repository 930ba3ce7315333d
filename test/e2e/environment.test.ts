import { expect, test } from 'vitest'
import { agent } from './agent.ts'
import { Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

/** What agents, `setup` and `verify` are told, and what they are not. */

const ONE = idOf(1)

const JOB = {
  GITHUB_TOKEN: 'ghs_never_for_agents',
  NPM_TOKEN: 'npm-never-for-agents',
  AWS_SECRET_ACCESS_KEY: 'aws-never-for-agents',
  DATABASE_URL: 'postgres://never-for-agents',
  ACTIONS_RUNTIME_TOKEN: 'runtime-never-for-agents',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/never-for-agents',
  MODEL_KEY: 'model-key-for-agents',
  MODEL_NAME: 'model-name-for-agents',
  PLAIN: 'plain-for-agents',
}

test('agents get the allow-list, `CHANT_*`, what `pass-env` names, and nothing else', async () => {
  await using scene = new Scene({
    specs: { [ONE]: specText({ front: 'prompt: tidy' }) },
    files: { '.chant/prompts/tidy.md': 'Tidy {{spec.id}} up.\n' },
  })
  const print = (role: string) => `env -0 > '${scene.root}/${role}.env'`
  const { main } = await scene.run(
    {
      setup: print('setup'),
      verify: print('verify'),
      command: agent(
        `${print('agent')}; cat > '${scene.root}/stdin'; cp "$CHANT_PROMPT_FILE" '${scene.root}/prompt'; work`,
      ),
      'pass-env': 'MODEL_* PLAIN,ABSENT',
      'timeout-minutes': '2.5',
    },
    { env: JOB },
  )
  expect(main.outputs['conclusion']).toBe('success')
  expect([main.exportedEnv, main.addedPaths, main.problems]).toEqual([{}, [], []])
  const environment = (role: string) =>
    Object.fromEntries(
      scene
        .readRoot(`${role}.env`)
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry): [string, string] => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    )
  const ours = environment('agent')
  expect(Object.keys(ours).sort()).toEqual(
    [
      ...['CHANT_ATTEMPT', 'CHANT_BRANCH', 'CHANT_PROMPT', 'CHANT_PROMPT_FILE', 'CHANT_SPEC_FILE', 'CHANT_SPEC_ID'],
      ...['CHANT_TIMEOUT', 'CHANT_WORKER_TOKEN', 'CHANT_WORKTREE', 'CHANT_WORKTREE_PATH'],
      ...[
        'CI',
        'GIT_CONFIG_COUNT',
        'GIT_CONFIG_KEY_0',
        'GIT_CONFIG_VALUE_0',
        'HOME',
        'LANG',
        'MODEL_KEY',
        'MODEL_NAME',
        'PATH',
        'PLAIN',
        'PWD',
      ],
      ...['RUNNER_ARCH', 'RUNNER_OS', 'RUNNER_TRACKING_ID', 'SHLVL', '_'],
    ].sort(),
  )
  expect(JSON.stringify(ours)).not.toContain('never-for-agents')
  expect(ours).toMatchObject({
    CHANT_SPEC_ID: ONE,
    CHANT_SPEC_FILE: `${ours['CHANT_WORKTREE_PATH']}/.chant/specs/${ONE}.md`,
    CHANT_PROMPT: 'tidy',
    CHANT_WORKTREE: '1',
    CHANT_BRANCH: `chant/${ONE}`,
    CHANT_ATTEMPT: '1',
    CHANT_TIMEOUT: '150',
    MODEL_KEY: JOB.MODEL_KEY,
    PWD: ours['CHANT_WORKTREE_PATH'],
  })
  expect(ours['CHANT_WORKER_TOKEN']).toMatch(/^[\w-]{20,}$/)
  expect(scene.readRoot('stdin')).toMatch(new RegExp(`^Tidy ${ONE} up\\.`))
  expect(scene.readRoot('prompt')).toBe(scene.readRoot('stdin'))
  for (const role of ['setup', 'verify'])
    expect(Object.keys(environment(role))).toEqual(expect.arrayContaining(['CHANT_SPEC_ID', 'MODEL_KEY']))
  expect(JSON.stringify([environment('setup'), environment('verify')])).not.toContain('never-for-agents')

  const said = main.lines.filter((line) => line.includes('withheld from agents'))
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('AWS_SECRET_ACCESS_KEY, DATABASE_URL, NPM_TOKEN')
  expect(said[0]).not.toMatch(/MODEL|PLAIN|ACTIONS_|PATH/)
})
