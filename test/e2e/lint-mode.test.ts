import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { StepResult } from '../runner/step.ts'
import { Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

const [ONE, TWO, THREE, BROKEN] = [idOf(1), idOf(2), idOf(3), idOf(4)]
const fileOf = (id: string) => `.chant/specs/${id}.md`

/** No inputs but the mode, and nothing of GitHub: no command, no token, no repository. */
const lint = async (scene: Scene, inputs: Readonly<Record<string, string>> = {}, more = {}) => {
  const { main, post, killed } = await scene.run({ mode: 'lint', ...inputs }, more)
  expect([post.lines, post.summary, killed, scene.left(), scene.stateDirs()]).toEqual([[], '', [], [], []])
  return main
}
const placesIn = ({ outputs }: StepResult): readonly string[] =>
  JSON.parse(outputs['results'] ?? '').map(
    (found: { file: string; line: number; column: number; code: string }) =>
      `${found.file.replace('.chant/specs/', '')}:${found.line}:${found.column} ${found.code}`,
  )

test('mode lint says that nothing is wrong, without command, token or repository', async () => {
  await using scene = new Scene({ specs: plainSpecs(2), git: 'none' })
  const main = await lint(scene)
  expect(main).toMatchObject({
    code: 0,
    annotations: [],
    summary: '# chant lint: nothing wrong in 2 specs\n',
    outputs: { conclusion: 'success', results: '[]' },
  })
  expect(main.lines.join('\n')).toContain('chant lint · nothing wrong in 2 specs')
})

test('mode lint fails on errors, and prints, annotates, sums up and outputs what it found', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ front: `depends_on:\n  - ${TWO}\n  - 2026-11-02-00x-xyz` }),
      [TWO]: specText({ criteria: [], body: `After ${THREE}.` }),
      [THREE]: specText({ title: '' }).replace('# \n', ''),
      [BROKEN]: specText({ front: 'status: ready' }),
    },
  })
  const main = await lint(scene)
  expect(main).toMatchObject({ code: 1, conclusion: 'failure', problems: [], outputs: { conclusion: 'failure' } })
  const log = main.lines.join('\n')
  expect(log).toContain('chant lint · 3 errors and 2 warnings in 4 of 4 specs')
  expect(log).toContain(`${fileOf(ONE)}:6:5  error    unknown-dependency  \`depends_on\` names "2026-11-02-00x-xyz"`)
  expect(log).toContain(`${fileOf(BROKEN)}:4:1  error    duplicate-key  front matter: duplicate key "status"`)
  expect(log).toContain(`${fileOf(THREE)}:7:1  error    missing-title  The spec has no title.\n    → Begin its text`)
  expect(placesIn(main)).toEqual([
    `${BROKEN}.md:4:1 duplicate-key`,
    `${ONE}.md:6:5 unknown-dependency`,
    `${TWO}.md:6:1 missing-criteria`,
    `${TWO}.md:8:7 coupling`,
    `${THREE}.md:7:1 missing-title`,
  ])
  expect(main.annotations.map(({ level, properties }) => [level, properties['file'], properties['line']])).toEqual([
    ['error', fileOf(BROKEN), '4'],
    ['error', fileOf(ONE), '6'],
    ['error', fileOf(THREE), '7'],
    ['warning', fileOf(TWO), '6'],
    ['warning', fileOf(TWO), '8'],
    ['error', undefined, undefined],
  ])
  expect(main.summary).toContain('# chant lint: 3 errors and 2 warnings in 4 of 4 specs')
  expect(main.summary).toContain('**error** `unknown-dependency`')
  const all = JSON.parse(readFileSync(main.outputs['results-file'] ?? '', 'utf8'))
  expect(all).toMatchObject({ version: 1, mode: 'lint', counts: { specs: 4, errors: 3, warnings: 2 } })
  expect(all.diagnostics).toEqual(JSON.parse(main.outputs['results'] ?? ''))
})

test('of many findings GitHub is shown the most important, and how many more there are', async () => {
  const many = (from: number, to: number, text: string) =>
    Object.fromEntries(Array.from({ length: to - from }, (_, i) => [idOf(from + i), text]))
  await using scene = new Scene({
    specs: { ...many(1, 31, specText({ criteria: [] })), ...many(31, 51, specText({ front: 'depends_on: gone' })) },
  })
  const main = await lint(scene)
  const of = (wanted: string) => main.annotations.filter(({ level }) => level === wanted)
  expect([of('error').length, of('warning').length, of('notice').length]).toEqual([10, 10, 1])
  expect(of('error').at(-1)?.message).toContain('20 errors and 30 warnings in 50 of 50 specs')
  expect(of('notice')[0]?.message).toMatch(/^31 more findings are in the summary/)
  expect(placesIn(main)).toHaveLength(50)
})

test('a pull request sees first what it changes, and all the rest behind it', async () => {
  await using scene = new Scene({ specs: { ...plainSpecs(14) } })
  for (let i = 1; i <= 13; i++) scene.writeSpec(idOf(i), specText({ criteria: [] }))
  const baseSha = scene.commit('Nothing of this pull request')
  scene.writeSpec(idOf(14), specText({ criteria: [], title: 'Changed' }))
  const headSha = scene.commit('The pull request')
  scene.write({ '../event.json': JSON.stringify(pullRequest(headSha, baseSha)) })
  const env = { GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: `${scene.root}/event.json` }
  const main = await lint(scene, {}, { env })
  expect(main.code).toBe(0)
  expect(main.annotations.map(({ properties }) => properties['file']).slice(0, 2)).toEqual([
    fileOf(idOf(14)),
    fileOf(idOf(1)),
  ])
  expect(main.summary).toContain('What this pull request changes comes first.')
  expect(placesIn(main)).toHaveLength(14)
  // The checkout of a single commit does not hold the base: nobody knows what changed, and nothing is missing.
  const shallow = await lint(scene, {}, { env: { ...env, GITHUB_EVENT_PATH: '' } })
  expect(placesIn(shallow)).toEqual(placesIn(main))
})

test('specs and labels restrict what is linted, finished specs included', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ criteria: [], front: 'labels: [nightly]' }),
      [TWO]: specText({ front: 'depends_on: gone' }).replace('pending', 'completed'),
      [THREE]: specText({ criteria: [] }),
    },
  })
  const files = async (inputs: Readonly<Record<string, string>>) => placesIn(await lint(scene, inputs))
  expect(await files({ labels: 'nightly' })).toEqual([`${ONE}.md:7:1 missing-criteria`])
  expect(await files({ specs: '*-002-* 003' })).toEqual([
    `${TWO}.md:4:13 unknown-dependency`,
    `${THREE}.md:6:1 missing-criteria`,
  ])
  const wrong = await lint(scene, { specs: 'nobody' })
  expect(wrong).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
  expect(wrong.annotations[0]?.message).toMatch(/^Input `specs`: No spec matches "nobody"/)
})

test('a project in a folder is annotated from the root of the repository, and its prompts and files are looked for there', async () => {
  await using scene = new Scene({
    project: 'apps/web',
    specs: {
      [ONE]: specText({ front: 'prompt: ours\ncontext: [docs/here.md, docs/gone.md]' }),
      [TWO]: specText({ front: 'prompt: theirs\ncontext: [../../README.md, ../../../outside.md]' }),
    },
    files: { 'apps/web/.chant/prompts/ours.md': 'Do it.', 'apps/web/docs/here.md': 'x' },
  })
  const main = await lint(scene, { 'working-directory': 'apps/web' })
  expect(main.annotations.map(({ message, properties }) => `${properties['file']} ${message.slice(0, 60)}`)).toEqual([
    `apps/web/${fileOf(TWO)} \`prompt\` names "theirs", and no prompt has this name. Add .c`,
    `apps/web/${fileOf(ONE)} \`context\` names "docs/gone.md", which does not exist: the pr`,
    `apps/web/${fileOf(TWO)} \`context\` names "../../../outside.md", which leads out of th`,
    expect.stringContaining('undefined chant lint: 1 error and 2 warnings in 2 of 2 specs.'),
  ])
})

test('settings that cannot be used are errors at their place, and the specs are looked at all the same', async () => {
  await using scene = new Scene({
    project: 'apps/web',
    specs: { [ONE]: specText({ criteria: [] }) },
    files: { 'apps/web/.chant/config.md': '---\nlint:\n  disable: [missing_criteria]\n  thresholds: 3\n---\n' },
  })
  const main = await lint(scene, { 'working-directory': 'apps/web' })
  expect(main).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
  expect(main.annotations.slice(0, 2)).toEqual([
    {
      level: 'error',
      message: '"lint.thresholds" is "3", expected settings of its own',
      properties: { file: 'apps/web/.chant/config.md', line: '4', col: '15', title: 'wrong-type' },
    },
    expect.objectContaining({ level: 'warning', properties: expect.objectContaining({ title: 'missing-criteria' }) }),
  ])
  expect(main.annotations.at(-1)?.message).toMatch(/1 error and 1 warning in 1 of 1 spec and in the configuration/)
})

test('prompts and schemas over which a run would stumble are errors here already', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ front: 'prompt: torn\noutput_schema: bad.json' }),
      [TWO]: specText({ front: 'output_schema: bad.json' }),
      [THREE]: specText({ front: 'prompt: gone\noutput_schema: gone.json' }),
      [BROKEN]: specText({ front: 'prompt: torn' }).replace('pending', 'completed'),
    },
    files: {
      '.chant/config.md':
        '---\ndefaults:\n  prompt: round\n  prompt_extensions:\n  - none\nvalidation: {strict_output_validation: true}\n---\n',
      '.chant/prompts/round.md': '---\nextends: back\n---\n{{> parent}}\n',
      '.chant/prompts/back.md': '---\nextends: round\n---\n{{ spec.id }} {{> parent}}\n',
      '.chant/prompts/torn.md': '---\nname: [a\n---\nDo it.\n',
      'bad.json': '{"type": "nonsense"}',
    },
  })
  const main = await lint(scene)
  expect(placesIn(main)).toEqual([
    '.chant/config.md:5:3 wrong-prompt',
    '.chant/prompts/torn.md:3:1 invalid-yaml',
    `${ONE}.md:5:1 output-schema`,
    '.chant/prompts/back.md:2:1 prompt-cycle',
    `${TWO}.md:4:1 output-schema`,
    `${THREE}.md:4:9 unknown-prompt`,
    `${THREE}.md:5:16 missing-output-schema`,
  ])
  expect(main.annotations.at(-1)?.message).toContain('6 errors and 1 warning in 3 of 4 specs and in the configuration')
  await using slip = new Scene({
    specs: plainSpecs(1),
    files: {
      '.chant/config.md': '---\nlint: {disable: [complexity_words, many-criteria, copling, missing-title]}\n---\n',
    },
  })
  const idle = (await lint(slip)).annotations.map(({ message, properties }) => [
    properties['line'],
    /^"lint.disable" names "(.*)", which is no rule/.exec(message)?.[1],
  ])
  expect(idle).toEqual([
    ['2', 'copling'],
    ['2', 'missing-title'],
  ])
  await using named = new Scene({
    specs: plainSpecs(1),
    files: { '.chant/config.md': '---\ndefaults: {prompt: no}\n---\n' },
  })
  expect((await lint(named)).annotations[0]).toMatchObject({
    message: expect.stringContaining('"defaults.prompt": No prompt is named "no"'),
    properties: { file: '.chant/config.md', line: '2', col: '20' },
  })
  expect((await lint(named, { prompt: 'nor this' })).annotations[0]?.message).toMatch(
    /^Input `prompt`: "nor this" cannot/,
  )
})

test('an id in two folders is an error of both files', async () => {
  await using scene = new Scene({ files: { '.chant/specs/a/x.md': specText(), '.chant/specs/b/X.md': specText() } })
  const main = await lint(scene)
  expect(main.summary).toContain('# chant lint: 2 errors in 2 of 2 specs')
  expect(placesIn(main)).toEqual(['b/X.md:1:1 duplicate-id', 'a/x.md:1:1 duplicate-id'])
  await using same = new Scene({ files: { '.chant/specs/a/x.md': specText(), '.chant/specs/b/x.md': specText() } })
  expect((await lint(same)).summary).toContain('# chant lint: 2 errors in 2 of 2 specs')
})

test('no specs are nothing to complain about, and no folder is', async () => {
  await using scene = new Scene({ files: { '.chant/specs/README.md': 'Specs go here' } })
  expect(await lint(scene)).toMatchObject({ code: 0, outputs: { conclusion: 'neutral', results: '[]' } })
  await using empty = new Scene()
  const main = await lint(empty)
  expect(main).toMatchObject({ code: 1, outputs: { conclusion: 'failure' } })
  expect(main.annotations[0]?.message).toContain('No specs folder')
})

test('whatever specs say is text: in log, annotations, summary and outputs', async () => {
  const evil = '::error::acted ##[group]acted </details> | `x` <img src=x> %0A::warning::acted'
  const yaml = JSON.stringify(`\n${evil}\n\u202e`)
  await using scene = new Scene({
    specs: {
      [ONE]: specText({
        title: evil,
        front: `depends_on: [${yaml}]\nprompt: ${yaml}\ncontext: [${yaml}]`,
      }),
      [TWO]: specText({ front: `${JSON.stringify(`status${evil}`)}: 1\ntype: ${yaml}\nlabel: 1` }),
      [THREE]: `---\nstatus: ${yaml}\n---\n${evil}\n`,
    },
  })
  const main = await lint(scene)
  expect(main.problems).toEqual([])
  expect([main.exportedEnv, main.addedPaths, main.state]).toEqual([{}, [], {}])
  expect(main.lines.filter((line) => /^##\[(group|endgroup)\]/.test(line))).toEqual([])
  expect(main.annotations.filter(({ message }) => message.startsWith('acted'))).toEqual([])
  expect(main.lines.filter((line) => /[\u0000-\u0008\u000b-\u001f\u007f\u202e]/.test(line))).toEqual([])
  expect(main.summary).not.toContain('<img')
  expect(main.summary).not.toContain('</details>')
  expect(JSON.parse(main.outputs['results'] ?? '').length).toBeGreaterThan(3)
})

test('a secret in a spec is shown nowhere', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText({ front: 'depends_on: s3cr3t-value-of-mine' }) } })
  const main = await lint(scene, {}, { env: { MY_TOKEN: 's3cr3t-value-of-mine' } })
  const file = readFileSync(main.outputs['results-file'] ?? '', 'utf8')
  expect(main.code).toBe(1)
  expect(JSON.stringify([main, file])).not.toContain('s3cr3t-value-of-mine')
  expect(existsSync(main.outputs['results-file'] ?? '')).toBe(true)
})

/** The part of GitHub's event that is read. */
const pullRequest = (headSha: string, baseSha: string) => ({
  pull_request: {
    number: 7,
    head: { sha: headSha, ref: 'feature', repo: { full_name: 'somebody/fork' } },
    base: { sha: baseSha },
  },
})
