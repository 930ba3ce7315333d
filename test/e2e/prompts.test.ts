import { expect, test } from 'vitest'
import { agent, agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

const [ONE, TWO, THREE, OLD, OLDER] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]

/** Keeps the prompt beside the workspace, by the spec's id, and does the work. */
const keepPrompt = (scene: Scene): string => agent(`cat > '${scene.root}'/"prompt-$CHANT_SPEC_ID"\nwork`)

test('an agent gets the prompt of its spec, with what that extends and the files the spec names', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({
        title: 'Read {{project.name}}',
        front: 'prompt: team/api\ncontext: [docs/style.md, docs/none.md]',
        body: 'Not a variable: {{spec.id}}.',
      }),
    },
    files: {
      '.chant/prompts/base.md':
        '---\nname: base\n---\n\nYou work on {{spec.title}} ({{spec.path}}).\n\n{{spec.description}}\n',
      '.chant/prompts/team/api.md': '---\nname: api\nextends: base\n---\n\n{{> parent}}\n\nMind the API.\n',
      'docs/style.md': 'Two blanks.\n',
    },
  })
  const { main, killed } = await scene.run({ command: keepPrompt(scene) })
  expect([main.code, killed]).toEqual([0, []])
  const prompt = scene.readRoot(`prompt-${ONE}`)
  expect(prompt.split('\n\n## Where you work')[0]).toBe(
    `You work on Read {{project.name}} (.chant/specs/${ONE}.md).

# Read {{project.name}}

Not a variable: {{spec.id}}.

## Acceptance Criteria

- [ ] It works

Mind the API.

## Context

### File: docs/style.md

\`\`\`
Two blanks.
\`\`\`

(The file docs/none.md is named as context and is not here: it does not exist.)`,
  )
  expect(prompt).toContain(`git commit -m "chant(${ONE}): <what changed>"`)
  expect(main.lines.join('\n')).toContain(
    '`context` names files that are not in the prompt: "docs/none.md" (it does not exist)',
  )
})

test('a bootstrap prompt that tells the agent to run chant prep works without chant', async () => {
  await using scene = new Scene({
    specs: { [ONE]: specText({ title: 'The task itself' }) },
    files: {
      '.chant/prompts/bootstrap.md':
        '---\nname: bootstrap\n---\n\nRun this to get your instructions:\n\n```\nchant prep {{spec.id}}\n```\n',
    },
  })
  const { main } = await scene.run({ command: keepPrompt(scene) })
  expect(main.code).toBe(0)
  const prompt = scene.readRoot(`prompt-${ONE}`)
  expect(prompt).toMatch(new RegExp(`^Run this to get your instructions:\n\n\`\`\`\nchant prep ${ONE}\n\`\`\`\n\n## `))
  expect(prompt).toContain('There is no need to run `chant prep`')
  expect(prompt).toContain('```markdown\n# The task itself\n')
})

test('a spec whose prompt cannot be used stops only itself, and is named with its place', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ front: 'prompt: round' }),
      [TWO]: specText({ front: 'prompt: none' }),
      [THREE]: specText(),
    },
    files: { '.chant/prompts/round.md': '---\nextends: round\n---\n\n{{> parent}}\n' },
  })
  const { main } = await scene.run({ command: agent('work') })
  expect(main.code).toBe(0)
  const results = resultsOf(main)
  expect(outcomesIn(results)).toEqual({ [THREE]: 'completed' })
  expect(results.not_planned).toEqual([
    expect.objectContaining({ spec_id: ONE, reason: 'invalid-spec', file: '.chant/prompts/round.md', line: 2 }),
    expect.objectContaining({ spec_id: TWO, reason: 'invalid-spec', file: `.chant/specs/${TWO}.md`, line: 4 }),
  ])
  expect(main.lines.join('\n')).toContain('prompts extend each other in a circle: round → round')
})

test('a prompt for all specs that cannot be used starts nothing', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText() } })
  for (const prompt of ['none', '../../../etc/passwd']) {
    const { main } = await scene.run({ command: agent('work'), prompt })
    expect(main.code).toBe(1)
    expect(main.lines.join('\n')).toContain(`Input \`prompt\`: `)
  }
  expect(scene.branches()).toEqual(['main'])
})

test('mode plan shows the prompt of each spec, and nothing in it is markup', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ title: 'The first', body: '```\n</details>\n<img src=x>\n::error::no\n```' }),
      [TWO]: specText({ title: 'The second', type: 'research' }),
    },
  })
  const { main } = await scene.run({ mode: 'plan' }, { env: { MY_TOKEN: 'a-secret-of-ours' } })
  expect(main.summary).toContain(
    `<details><summary>${ONE} The first (prompt standard)</summary>\n\n\`\`\`\`\n# The first`,
  )
  expect(main.summary).toContain(`<details><summary>${TWO} The second (prompt research)</summary>`)
  expect(main.summary).toContain(`\`(its worktree)\`, on the branch \`chant/${ONE}\``)
  expect(main.lines.join('\n')).not.toMatch(/^::error::no/m)
  expect(scene.left()).toEqual([])
})

test('a result is asked for by the schema that the spec names, and what does not fit it is a warning', async () => {
  const schema = { type: 'object', required: ['findings'], properties: { findings: { type: 'array' } } }
  const front = 'output_schema: .chant/schemas/report.json'
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ front }),
      [TWO]: specText({ front }),
      [THREE]: specText({ front: 'output_schema: none.json' }),
      [OLD]: specText({ front: 'output_schema: 2019.json' }),
      [OLDER]: specText({ front: 'output_schema: draft-07.json' }),
    },
    files: {
      '.chant/schemas/report.json': JSON.stringify(schema),
      '2019.json': '{"$schema": "https://json-schema.org/draft/2019-09/schema", "items": [{"type": "integer"}]}',
      'draft-07.json': '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "array"}',
    },
  })
  const { main } = await scene.run({
    command: agentBySpec({
      [ONE]: `cat > '${scene.root}'/"prompt-$CHANT_SPEC_ID"; work; printf '{"findings": ["%s"]}\\n' "$(head -c 20000 /dev/zero | tr '\\0' x)"`,
      [TWO]: "work; echo '```json'; echo '{\"findings\": 1}'; echo '```'",
      [OLD]: 'work; echo "[1]"',
      [OLDER]: 'work; echo "[1]"',
    }),
  })
  expect(Object.values(outcomesIn(resultsOf(main)))).toEqual(new Array(5).fill('completed'))
  expect(scene.readRoot(`prompt-${ONE}`)).toContain(
    'against this JSON Schema (`.chant/schemas/report.json`):\n\n```json\n{"type":"object"',
  )
  const log = main.lines.join('\n')
  expect(log).toContain('Its result does not fit `.chant/schemas/report.json`: /findings: must be array')
  expect(log.match(/does not fit|is no valid JSON Schema/g)).toHaveLength(1)
  expect(log).toContain(`.chant/specs/${THREE}.md:4:1 "output_schema": "none.json" does not exist`)
})
