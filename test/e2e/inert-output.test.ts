import { expect, test } from 'vitest'
import { agent } from './agent.ts'
import { resultsOf } from './results-file.ts'
import { Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

/** Whatever an agent or a spec says is text: in the step log, in the files of the job, in the summary. */

const ONE = idOf(1)

const HOSTILE = [
  '::error::acted',
  '  ::warning file=a.md::acted',
  '::set-output name=conclusion::acted',
  '::save-state name=state-dir::/',
  '::set-env name=PATH::/tmp',
  '::add-path::/tmp',
  '::add-mask::e',
  '::stop-commands::guessed-token',
  '::guessed-token::',
  'text ##[group]acted',
  '##[error]acted',
  '##[set-env name=A]acted',
  '::group::acted',
  '::endgroup::',
  'one\\r::error::acted after a return',
  '\\033[31mred\\033[0m \\033]0;title\\007 \\0 nul',
  '\\377\\376 not utf-8 \\303',
  '\\342\\200\\256 right to left',
]

test.each(['off', 'events', 'full'])('nothing that an agent prints is acted on, with log-stream %s', async (stream) => {
  await using scene = new Scene({ specs: { [ONE]: specText({ title: '::error::acted ##[group]title' }) } })
  const { main, post } = await scene.run({
    'log-stream': stream,
    command: agent(`${HOSTILE.map((line) => `printf '${line}\\n'; printf '${line}\\n' >&2\n`).join('')}\nwork; exit 3`),
  })
  expect(main.problems).toEqual([])
  expect([main.exportedEnv, main.addedPaths]).toEqual([{}, []])
  expect(main.annotations.map(({ level, properties }) => [level, properties['file']])).toEqual([
    ['error', `.chant/specs/${ONE}.md`],
    ['error', undefined],
  ])
  expect(main.outputs['conclusion']).toBe('failure')
  expect(Object.keys(main.state)).toEqual(['state-dir'])
  expect(main.lines.filter((line) => line.startsWith('##[group]'))).toHaveLength(1)
  expect(main.lines.filter((line) => line.startsWith('##[endgroup]'))).toHaveLength(1)
  expect(main.lines.some((line) => line.includes('***'))).toBe(false)
  expect(main.lines.filter((line) => /[\u0000-\u0008\u000b-\u001f\u007f\u202e]/.test(line))).toEqual([])
  expect(resultsOf(main).workers[0]?.outcome).toMatchObject({ type: 'exit-non-zero', code: 3 })
  expect(scene.report(`logs/${ONE}.log`)).toContain('right to left')
  expect(post.lines).toEqual([])
})

test('a title of markup is text in the summary', async () => {
  const title = '<img src=x> [a](javascript:x) | `b` \\| $c$ @octocat #1 "quotes"; %%{init}%%'
  await using scene = new Scene({
    specs: { [ONE]: specText({ title }), [idOf(2)]: specText({ front: `depends_on: [${ONE}]` }) },
  })
  const { main } = await scene.run({ command: agent('printf "</details>\\n\\`\\`\\`\\n# Big\\n"; work') })
  expect(main.outputs['conclusion']).toBe('success')
  expect(main.summary).not.toMatch(/<img|\]\(javascript|(?<![\w`])@octocat|^# Big/m)
})
