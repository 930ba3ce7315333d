import { expect, test } from 'vitest'
import { agent } from './agent.ts'
import { resultsOf } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

const [ONE, TWO, THREE, FOUR] = [idOf(1), idOf(2), idOf(3), idOf(4)]
const untitled = specText({ title: 'x' }).replace('# x\n', 'Just text.\n')

test('what chant would refuse is not worked, and the others are', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText(),
      [TWO]: untitled,
      [THREE]: specText({ front: 'prompt: standrad' }),
      [FOUR]: specText({ front: `depends_on: [${TWO}]` }),
    },
  })
  const { main } = await scene.run({ command: agent('work') })
  expect(main).toMatchObject({ code: 0, outputs: { succeeded: '1', total: '1' } })
  expect(resultsOf(main).workers.map(({ spec_id }) => spec_id)).toEqual([ONE])
  const log = main.lines.join('\n')
  expect(log).toMatch(/skip {2}002-abc: The spec has no title\. Begin its text .*002-abc\.md:6:1\)/)
  expect(log).toMatch(/skip {2}003-abc: `prompt` names "standrad".*Did you mean standard\?.*003-abc\.md:4:9\)/)
  expect(log).toMatch(/skip {2}004-abc: Needs 2026-11-02-002-abc/)
  expect(main.annotations.map(({ level, properties }) => [level, properties['file'], properties['line']])).toEqual([
    ['warning', `.chant/specs/${TWO}.md`, '6'],
    ['warning', `.chant/specs/${THREE}.md`, '4'],
  ])
})

test('a prompt that the workflow names goes before the one that a spec names in vain', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText({ front: 'prompt: standrad' }) } })
  const { main } = await scene.run({ mode: 'plan', prompt: 'standard' })
  expect(main.outputs['total']).toBe('1')
})

test('advice is counted in the log and listed in the summary, once, and annotates nothing', async () => {
  await using scene = new Scene({
    specs: {
      ...plainSpecs(12),
      ...Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [idOf(i + 1), specText({ criteria: [], title: `Task ${i}` })]),
      ),
      [idOf(13)]: specText({ criteria: [] }).replace('pending', 'completed'),
    },
  })
  for (const inputs of [{ mode: 'plan' }, { command: agent('work') }]) {
    const { main } = await scene.run(inputs)
    expect(main).toMatchObject({ code: 0, annotations: [] })
    expect(main.lines.filter((line) => line.includes('lint  '))).toEqual([
      expect.stringContaining('lint  12 remarks on 12 planned specs'),
    ])
    expect(main.summary.match(/<summary>Lint: 12 remarks on 12 planned specs<\/summary>/g)).toHaveLength(1)
    expect(
      main.summary.match(/warning `missing-criteria` × 12 .*/g)?.map((row) => row.match(/\.md:\d+:1/g)?.length),
    ).toEqual([10])
    expect(main.summary).toContain('+2 more |')
  }
})

test('what was odd about reading a planned spec is a warning, that of others is left to mode lint', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ type: 'docs' }),
      [TWO]: specText({ type: 'docs' }).replace('pending', 'completed'),
    },
  })
  const { main } = await scene.run({ mode: 'plan' })
  expect(main.annotations.map(({ level, message }) => `${level} ${message.slice(0, 50)}`)).toEqual([
    `warning .chant/specs/${ONE}.md:2:1 front matter: "type"`.slice(0, 58),
  ])
})

test('mode plan draws what is blocked beside what runs', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ title: 'First' }),
      [TWO]: specText({ title: '"]; click n1 x', front: `depends_on: [${ONE}]` }),
      [THREE]: specText({ front: 'approval: {required: true}' }),
      [FOUR]: specText({ title: 'Behind it', front: `depends_on: [${THREE}, ${TWO}]` }),
    },
  })
  const { main } = await scene.run({ mode: 'plan' })
  const graph = /```mermaid\n(.*?)\n```/s.exec(main.summary)?.[1]
  expect(graph?.split('\n').filter((line) => !line.startsWith('classDef'))).toEqual([
    'flowchart LR',
    'n1["001-abc First"]:::ready',
    'n2["002-abc #34;#93;#59; click n1 x"]:::later',
    'n3["003-abc A task - needs approval"]:::approval',
    'n4["004-abc Behind it - blocked"]:::blocked',
    'n1 ==> n2',
    'n3 --> n4',
    'n2 --> n4',
  ])
  expect(main.lines.join('\n')).toContain('plan  longest chain: 001-abc → 002-abc')
})
