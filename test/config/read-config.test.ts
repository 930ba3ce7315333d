import { expect, test } from 'vitest'
import { CONFIG_KEYS, IGNORED_KEYS } from '../../src/config/known-keys.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { configText, FILE, layer, remarks } from './reading.ts'

const remarksOn = (yaml: string): string => remarks(readConfig(FILE, configText(yaml)))

const ALL_OF_OURS = `project:
  name: my-app
  prefix: auth
  silent: true
defaults:
  prompt: tdd
  branch_prefix: chant/frontend/
  model: claude-opus-4-5
  main_branch: trunk
  provider: ollama
  rotation_strategy: round_robin
  prompt_extensions: [concise, careful]
parallel:
  agents:
    - name: main
      command: claude
      max_concurrent: 3
      weight: 2
    - command: claude-alt1
      agent: claude
      pass_env: [ANTHROPIC_API_KEY=KEY_2]
  stagger_delay_ms: 500
  stagger_jitter_ms: 0
approval:
  require_approval_for_agent_work: true
validation:
  strict_output_validation: true
lint:
  thresholds:
    complexity_criteria: 20
    complexity_files: 21
    complexity_words: 22
    simple_criteria: 2
    simple_files: 3
    simple_words: 4
  disable: [coupling]
watch:
  failure:
    max_retries: 5
    retry_delay_ms: 30000
    backoff_multiplier: 1.5
    retryable_patterns: [rate_limit, "503"]`

test('reads every setting that this action uses, and where it stands', () => {
  const { places, ...sections } = layer(ALL_OF_OURS)
  expect(sections).toMatchInlineSnapshot(`
    {
      "approval": {
        "requireForAgentWork": true,
      },
      "defaults": {
        "branchPrefix": "chant/frontend/",
        "mainBranch": "trunk",
        "model": "claude-opus-4-5",
        "prompt": "tdd",
        "promptExtensions": [
          "concise",
          "careful",
        ],
        "provider": "ollama",
        "rotationStrategy": "round-robin",
      },
      "failure": {
        "backoffMultiplier": 1.5,
        "maxRetries": 5,
        "retryDelayMs": 30000,
        "retryablePatterns": [
          "rate_limit",
          "503",
        ],
      },
      "file": ".chant/config.md",
      "lint": {
        "disable": [
          "coupling",
        ],
        "thresholds": {
          "complexityCriteria": 20,
          "complexityFiles": 21,
          "complexityWords": 22,
          "simpleCriteria": 2,
          "simpleFiles": 3,
          "simpleWords": 4,
        },
      },
      "parallel": {
        "agents": [
          {
            "command": "claude",
            "maxConcurrent": 3,
            "name": "main",
            "passEnv": [],
            "weight": 2,
          },
          {
            "agent": "claude",
            "command": "claude-alt1",
            "maxConcurrent": 2,
            "name": "main-2",
            "passEnv": [
              "ANTHROPIC_API_KEY=KEY_2",
            ],
            "weight": 1,
          },
        ],
        "staggerDelayMs": 500,
        "staggerJitterMs": 0,
      },
      "project": {
        "name": "my-app",
        "prefix": "auth",
        "silent": true,
      },
      "validation": {
        "strictOutput": true,
      },
    }
  `)
  expect(places.get('defaults.model')).toEqual({ line: 9, column: 10 })
  expect(places.get('parallel.agents')).toEqual({ line: 16, column: 5 })
  expect(places.get('watch.failure.max_retries')).toEqual({ line: 40, column: 18 })
})

test('fills a section that is there with the defaults of chant', () => {
  const { places: _, ...sections } = layer('parallel: {}\napproval: {}\nvalidation: {}\nlint: {}\nwatch: {}')
  expect(sections).toMatchInlineSnapshot(`
    {
      "approval": {
        "requireForAgentWork": false,
      },
      "defaults": {},
      "failure": {
        "backoffMultiplier": 2,
        "retryDelayMs": 60000,
        "retryablePatterns": [],
      },
      "file": ".chant/config.md",
      "lint": {
        "disable": [
          "complexity_words",
        ],
        "thresholds": {
          "complexityCriteria": 10,
          "complexityFiles": 5,
          "complexityWords": 150,
          "simpleCriteria": 1,
          "simpleFiles": 1,
          "simpleWords": 3,
        },
      },
      "parallel": {
        "agents": [],
        "staggerDelayMs": 1000,
        "staggerJitterMs": 200,
      },
      "project": {},
      "validation": {
        "strictOutput": false,
      },
    }
  `)
})

test('sets nothing where nothing is set', () => {
  for (const yaml of ['', '# a comment', 'project:\ndefaults: ~\nparallel: null\nlint:\nwatch:'])
    expect(layer(yaml), yaml).toMatchObject({ project: {}, defaults: {} })
  expect(Object.keys(layer('defaults: {}'))).toEqual(['file', 'project', 'defaults', 'places'])
})

test('takes null and an empty text as absent, but an empty branch prefix as one', () => {
  const read = layer(
    'project: {name: "", prefix: ~}\ndefaults: {model: "", prompt: "", main_branch: "", branch_prefix: ""}',
  )
  expect([read.project, read.defaults]).toEqual([{}, { branchPrefix: '' }])
  expect([...read.places.keys()]).toEqual(['project', 'defaults', 'defaults.branch_prefix'])
})

test('takes any scalar as the text that is written', () => {
  expect(layer('project: {name: 1.0}\ndefaults: {prompt: 007, model: 4e5}')).toMatchObject({
    project: { name: '1.0' },
    defaults: { prompt: '007', model: '4e5' },
  })
})

test('knows both spellings of round-robin', () => {
  for (const [written, meant] of [
    ['none', 'none'],
    ['random', 'random'],
    ['round-robin', 'round-robin'],
    ['round_robin', 'round-robin'],
  ])
    expect(layer(`defaults: {rotation_strategy: ${written}}`).defaults.rotationStrategy).toBe(meant)
})

/** Everything that chant, its documentation or an older version of it puts into the file and that is nothing to this action. */
const NOT_OURS = String.raw`
defaults: {split_model: 1, create_branch: 2, branch: false, pr: false}
approval: {rejection_action: whatever}
parallel: {cleanup: {enabled: true}}
watch: {poll_interval_ms: 0, idle_timeout_minutes: x, failure: {on_permanent_failure: []}}
providers:
  ollama: {endpoint: http://127.0.0.1/v1, max_retries: 1, retry_delay_ms: 2}
  openai: {endpoint: http://127.0.0.1/v1, max_retries: 1, retry_delay_ms: 2}
repos: [{name: other, path: ../other}]
enterprise:
  required: [team]
  derived: {team: {from: path, pattern: "teams/(\\w+)/", validate: {type: enum, values: [a]}}}
site:
  output_dir: public
  base_url: /
  title: 1
  description: x
  include: {statuses: [completed], labels: []}
  exclude: {labels: [], fields: []}
  features: {changelog: 1, dependency_graph: 2, timeline: 3, status_indexes: 4, label_indexes: 5}
  graph: {detail: full}
  timeline: {group_by: day, include_pending: 1}
schema: {spec: {required: [status]}}
scale: {daemon: {enabled: true}}
version: 1`

test('is silent about what chant knows and this action does not use', () => {
  expect(remarksOn(NOT_OURS)).toBe('')
})

test('has every known key in one of these tests', () => {
  const missing = [...CONFIG_KEYS, ...IGNORED_KEYS].filter((key) => {
    const name = key.slice(key.lastIndexOf('.') + 1)
    return !new RegExp(`\\b${name}:`).test(ALL_OF_OURS + NOT_OURS)
  })
  expect(missing).toEqual([])
})

test('warns of a key that nobody knows, with the one that was meant', () => {
  expect(
    remarksOn(`modle: x
model: sonnet
agent: {command: x}
project: {nam: x}
defaults: {promt: x, silent: true, constructor: 1, __proto__: 2}
parallel:
  stagger_delay: 5s
  max_workers: 3
  agents: [{maxConcurrent: 1}]
watch: {poll_interval: 1, failure: {max_retrys: 1}}
lint: {thresholds: {complexity_word: 1}}
site: {titel: x}
enterprise: {derived: {team: {form: path}}}`),
  ).toMatchInlineSnapshot(`
    "warning unknown-key .chant/config.md:2:1 "modle" is no setting that chant knows and is not read
    warning unknown-key .chant/config.md:3:1 "model" is no setting that chant knows and is not read; it belongs below "defaults"
    warning unknown-key .chant/config.md:4:1 "agent" is no setting that chant knows and is not read
    warning unknown-key .chant/config.md:5:11 "project.nam" is no setting that chant knows and is not read; did you mean "project.name"?
    warning unknown-key .chant/config.md:6:12 "defaults.promt" is no setting that chant knows and is not read; did you mean "defaults.prompt"?
    warning unknown-key .chant/config.md:6:22 "defaults.silent" is no setting that chant knows and is not read; it belongs below "project"
    warning unknown-key .chant/config.md:6:36 "defaults.constructor" is no setting that chant knows and is not read
    warning unknown-key .chant/config.md:6:52 "defaults.__proto__" is no setting that chant knows and is not read
    warning unknown-key .chant/config.md:8:3 "parallel.stagger_delay" is no setting that chant knows and is not read; did you mean "parallel.stagger_delay_ms"?
    warning unknown-key .chant/config.md:9:3 "parallel.max_workers" is no setting that chant knows and is not read
    warning unknown-key .chant/config.md:10:13 "parallel.agents[].maxConcurrent" is no setting that chant knows and is not read; did you mean "parallel.agents[].max_concurrent"?
    warning unknown-key .chant/config.md:11:9 "watch.poll_interval" is no setting that chant knows and is not read; did you mean "watch.poll_interval_ms"?
    warning unknown-key .chant/config.md:11:37 "watch.failure.max_retrys" is no setting that chant knows and is not read; did you mean "watch.failure.max_retries"?
    warning unknown-key .chant/config.md:12:21 "lint.thresholds.complexity_word" is no setting that chant knows and is not read; did you mean "lint.thresholds.complexity_words"?
    warning unknown-key .chant/config.md:13:8 "site.titel" is no setting that chant knows and is not read; did you mean "site.title"?
    warning unknown-key .chant/config.md:14:31 "enterprise.derived.team.form" is no setting that chant knows and is not read"
  `)
})

test('warns of twenty keys at most', () => {
  const yaml = Array.from({ length: 50 }, (_, n) => `key${n}: x`).join('\n')
  expect(remarksOn(yaml).split('\n')).toHaveLength(20)
})

test('refuses what has the wrong type, with its place', () => {
  expect(
    remarksOn(`project: my-app
defaults:
  prompt: [a]
  branch_prefix: {}
  model: {name: opus}
  main_branch: []
  provider: []
  rotation_strategy: {}
  prompt_extensions: concise
parallel:
  agents:
    - claude
    -
    - {name: [], command: {}, max_concurrent: "2", weight: -1}
  stagger_delay_ms: 1.5
  stagger_jitter_ms: 1s
approval: {require_approval_for_agent_work: yes}
validation: {strict_output_validation: "true"}
lint:
  thresholds: {complexity_criteria: many}
  disable: [a, [b], ~]
watch: {failure: {max_retries: -1, retry_delay_ms: x, backoff_multiplier: x, retryable_patterns: x}}`),
  ).toMatchInlineSnapshot(`
    "error wrong-type .chant/config.md:2:10 "project" is "my-app", expected settings of its own
    error wrong-type .chant/config.md:4:11 "defaults.prompt" is a list, expected text
    error wrong-type .chant/config.md:5:18 "defaults.branch_prefix" is a mapping, expected text
    error wrong-type .chant/config.md:6:10 "defaults.model" is a mapping, expected text
    error wrong-type .chant/config.md:7:16 "defaults.main_branch" is a list, expected text
    error wrong-type .chant/config.md:8:13 "defaults.provider" is a list, expected text
    error wrong-type .chant/config.md:9:22 "defaults.rotation_strategy" is a mapping, expected text
    error wrong-type .chant/config.md:10:22 "defaults.prompt_extensions" is "concise", expected a list
    error wrong-type .chant/config.md:13:7 "parallel.agents[]" is "claude", expected settings of its own
    error wrong-type .chant/config.md:14:6 "parallel.agents[]" is empty, expected settings of its own
    error wrong-type .chant/config.md:15:14 "parallel.agents[].name" is a list, expected text
    error wrong-type .chant/config.md:15:27 "parallel.agents[].command" is a mapping, expected text
    error wrong-type .chant/config.md:15:47 "parallel.agents[].max_concurrent" is "2", expected a whole number from 0
    error wrong-type .chant/config.md:15:60 "parallel.agents[].weight" is "-1", expected a whole number from 0
    error wrong-type .chant/config.md:16:21 "parallel.stagger_delay_ms" is "1.5", expected a whole number from 0
    error wrong-type .chant/config.md:17:22 "parallel.stagger_jitter_ms" is "1s", expected a whole number from 0
    error wrong-type .chant/config.md:18:45 "approval.require_approval_for_agent_work" is "yes", expected true or false
    error wrong-type .chant/config.md:19:40 "validation.strict_output_validation" is "true", expected true or false
    error wrong-type .chant/config.md:21:37 "lint.thresholds.complexity_criteria" is "many", expected a whole number from 0
    error wrong-type .chant/config.md:22:16 "lint.disable[]" is a list, expected text
    error wrong-type .chant/config.md:22:21 "lint.disable[]" is empty, expected text
    error wrong-type .chant/config.md:23:32 "watch.failure.max_retries" is "-1", expected a whole number from 0
    error wrong-type .chant/config.md:23:52 "watch.failure.retry_delay_ms" is "x", expected a whole number from 0
    error wrong-type .chant/config.md:23:75 "watch.failure.backoff_multiplier" is "x", expected a number from 1
    error wrong-type .chant/config.md:23:98 "watch.failure.retryable_patterns" is "x", expected a list"
  `)
})

test('refuses values that cannot be, with their places', () => {
  expect(
    remarksOn(`defaults:
  branch_prefix: "a b/"
  model: --dangerous
  main_branch: -x
  provider: gemini
  rotation_strategy: sometimes
parallel: {agents: [{name: "", command: "a\\nb"}, {command: "  "}]}
watch: {failure: {backoff_multiplier: 0.5, retryable_patterns: [""]}}`),
  ).toMatchInlineSnapshot(`
    "error bad-value .chant/config.md:3:18 "defaults.branch_prefix" is "a b/", expected the start of a branch name: "a b/" makes the branch "a b/spec", and git refuses " " in a branch name
    error bad-value .chant/config.md:4:10 "defaults.model" is "--dangerous", expected the name of a model, such as \`sonnet\` or \`claude-opus-4-5\`
    error bad-value .chant/config.md:5:16 "defaults.main_branch" is "-x", expected the name of a branch
    error bad-value .chant/config.md:6:13 "defaults.provider" is "gemini", expected one of claude, ollama, openai, kirocli
    error bad-value .chant/config.md:7:22 "defaults.rotation_strategy" is "sometimes", expected one of none, random, round_robin, round-robin
    error bad-value .chant/config.md:8:28 "parallel.agents[].name" is empty, expected a name on one line
    error bad-value .chant/config.md:8:41 "parallel.agents[].command" is "a\\nb", expected a command on one line
    warning duplicate-agent .chant/config.md:8:50 several agents are named "main"; this one is shown as "main-2"
    error bad-value .chant/config.md:8:60 "parallel.agents[].command" is "  ", expected a command on one line
    error bad-value .chant/config.md:9:39 "watch.failure.backoff_multiplier" is "0.5", expected a number from 1
    error wrong-type .chant/config.md:9:65 "watch.failure.retryable_patterns[]" is empty, expected text"
  `)
})

test('refuses a section that is not one', () => {
  for (const section of ['parallel', 'approval', 'validation', 'lint', 'watch'])
    expect(remarksOn(`${section}: [x]`)).toBe(
      `error wrong-type .chant/config.md:2:${section.length + 3} "${section}" is a list, expected settings of its own`,
    )
})

test('reads byte order marks, CRLF, and "---" in a value', () => {
  expect(
    readConfig(FILE, '\uFEFF\r\n---\r\n# ---- who we are ----\r\nproject:\r\n  name: a---b\r\n---\r\nname: c\r\n'),
  ).toMatchObject({ ok: true, value: { layer: { project: { name: 'a---b' } }, warnings: [] } })
})

test('refuses a file without front matter, or with one that cannot be read', () => {
  for (const [text, remark] of [
    ['', 'no-front-matter .chant/config.md:1:1 no front matter: put the settings between two lines "---" at the start'],
    ['project:\n  name: x\n', 'no-front-matter .chant/config.md:1:1 '],
    ['---\nproject:\n', 'unclosed-front-matter .chant/config.md:1:1 '],
    ['---js\n({})\n---\n', 'front-matter-language .chant/config.md:1:1 '],
    ['---\n- a\n---\n', 'not-a-mapping .chant/config.md:2:1 '],
    ['---\nproject: {}\nproject: {}\n---\n', 'duplicate-key .chant/config.md:3:1 '],
    ['---\nproject: [\n---\n', 'invalid-yaml .chant/config.md:3:1 '],
    ['---\nproject: &a {name: *a}\n---\n', 'alias-limit .chant/config.md:2:20 '],
  ])
    expect(remarks(readConfig(FILE, text ?? ''))).toContain(`error ${remark}`)
})

test('follows an alias, and takes a merge key for a key', () => {
  const yaml = 'project: {name: &n app}\ndefaults: {prompt: *n, <<: {model: x}}'
  expect(layer(yaml).defaults).toEqual({ prompt: 'app' })
  expect(remarksOn(yaml)).toContain('warning unknown-key .chant/config.md:3:24 "defaults.<<"')
})
