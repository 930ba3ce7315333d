import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Scene } from './scene.ts'
import { idOf, plainSpecs, specText } from './spec-text.ts'

const [ONE, TWO, THREE, LOOP, BROKEN] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]

test('mode plan prints waves and outputs, starts nothing and leaves nothing', async () => {
  await using scene = new Scene({
    specs: {
      [ONE]: specText({ title: 'The base of it' }),
      [TWO]: specText({ title: 'On top', front: `depends_on: [${ONE}]` }),
      [THREE]: specText({ title: 'Aside' }),
      [LOOP]: specText({ title: 'Round', front: `depends_on: [${LOOP}]` }),
      [BROKEN]: specText({ front: 'status: ready' }),
    },
  })
  const before = scene.git('for-each-ref')
  // No command is needed to look at a plan.
  const { main, post, killed } = await scene.run({ mode: 'plan' })
  expect(main).toMatchObject({
    code: 0,
    conclusion: 'success',
    outputs: { conclusion: 'success', 'has-work': 'true', total: '3' },
  })
  expect(JSON.parse(main.outputs['matrix'] ?? '')).toEqual({
    include: [
      { spec: ONE, title: 'The base of it' },
      { spec: TWO, title: 'On top' },
      { spec: THREE, title: 'Aside' },
    ],
  })
  const log = main.lines.join('\n')
  expect(log).toMatch(/plan {2}wave 1 {2}001-abc {2}The base of it.*→ chant\/2026-11-02-001-abc/)
  expect(log).toMatch(/plan {2}wave 2 {2}002-abc {2}On top {2}after 001-abc/)
  expect(log).toMatch(/004-abc: Waits for itself/)
  expect(log).toContain(`.chant/specs/${BROKEN}.md:4`)
  expect(main.summary).toContain('On top')
  expect([post.lines, post.summary, killed, scene.left(), scene.stateDirs()]).toEqual([[], '', [], [], []])
  expect(scene.git('for-each-ref')).toBe(before)
  expect(scene.git('status', '--porcelain', '--ignored')).toBe('')
  expect(existsSync(join(scene.workspace, '.chant', 'pids'))).toBe(false)
})

test('mode plan without work says so', async () => {
  await using scene = new Scene({ specs: { [ONE]: specText().replace('pending', 'completed') } })
  const { main } = await scene.run({ mode: 'plan' })
  expect(main).toMatchObject({ code: 0, outputs: { conclusion: 'neutral', 'has-work': 'false', total: '0' } })
  expect(JSON.parse(main.outputs['matrix'] ?? '')).toEqual({ include: [] })
})

test('specs, labels and globs choose', async () => {
  await using scene = new Scene({
    specs: {
      ...plainSpecs(4),
      [TWO]: specText({ front: 'labels: [nightly]' }),
      [THREE]: specText({ front: 'labels:\n  - nightly' }),
    },
  })
  const chosen = async (inputs: Readonly<Record<string, string>>) => {
    const { main } = await scene.run({ mode: 'plan', ...inputs })
    const { include } = JSON.parse(main.outputs['matrix'] ?? '{"include":[]}')
    return include.map(({ spec }: { spec: string }) => spec)
  }
  expect(await chosen({ labels: 'nightly, weekly' })).toEqual([TWO, THREE])
  expect(await chosen({ specs: '001\n*-003-*' })).toEqual([ONE, THREE])
  expect(await chosen({ specs: `.chant/specs/${ONE}.md`, labels: '' })).toEqual([ONE])
})
