import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentBySpec } from './agent.ts'
import { outcomesIn, resultsOf, workerIn } from './results-file.ts'
import { type Finished, Scene } from './scene.ts'
import { idOf, specText } from './spec-text.ts'

/** One run in which everything goes well: alone, in a chain, in a group, and with an agent that does not commit. */

const [ALONE, FIRST, SECOND, TIDY, DRIVER] = [idOf(1), idOf(2), idOf(3), idOf(4), idOf(5)]
const MEMBERS = [1, 2, 3].map((number) => `${DRIVER}.${number}`)

/** Odd in every way that a file may be: comments, quotes, unknown fields, trailing blanks, tabs, no line end. */
const ODD = `---
# written by hand
type: "code"
status: 'pending'   # for now
unknown-field: {a: [1, 2]}
labels: [ a,b ]
---

# Odd   spacing  \t

Text with trailing blanks.   

\`\`\`md
## Acceptance Criteria
- [ ] not one
\`\`\`

## Acceptance Criteria

* [x] already done
* [x] so is this

Last line without an end`

let scene: Scene
let run: Finished
let head: string

beforeAll(async () => {
  scene = new Scene({
    specs: {
      [ALONE]: ODD,
      [FIRST]: specText({ title: 'The first of two' }),
      [SECOND]: specText({ title: 'The second of two', front: `depends_on: [${FIRST}]` }),
      [TIDY]: specText({ title: 'Left to be committed' }),
      [DRIVER]: specText({ title: 'Three in order', type: 'driver', criteria: [] }),
      ...Object.fromEntries(MEMBERS.map((id) => [id, specText({ title: `Member ${id.at(-1)}` })])),
    },
  })
  head = scene.git('rev-parse', 'HEAD')
  run = await scene.run({
    command: agentBySpec(
      {
        [ALONE]: "echo 'Before'; printf '```js\\ncode\\n```\\n````\\n'; echo 'After'; edit; save",
        [SECOND]: `test -f work-${FIRST}.txt; work`,
        [TIDY]: 'edit; tick; echo new > untracked.txt',
        [`${DRIVER}.2`]: `test -f work-${DRIVER}.1.txt; work`,
        [`${DRIVER}.3`]: `test -f work-${DRIVER}.2.txt; work`,
      },
      'work; echo Done.',
    ),
  })
})

afterAll(() => scene[Symbol.asyncDispose]())

const branch = (id: string) => `chant/${id}`
const subjects = (id: string) =>
  scene
    .git('log', '--format=%s', `main..${branch(id)}`)
    .split('\n')
    .reverse()

describe('a run in which all goes well', () => {
  test('succeeds, and says so in its outputs', () => {
    expect(run.main).toMatchObject({ conclusion: 'success', code: 0, problems: [], exportedEnv: {}, addedPaths: [] })
    expect(run.main.outputs).toMatchObject({
      conclusion: 'success',
      total: '7',
      succeeded: '7',
      failed: '0',
      skipped: '0',
    })
    expect(run.main.annotations).toEqual([])
    expect(run.main.lines.at(-1)).toMatch(/7 completed/)
  })

  test('leaves post nothing to do, and nothing behind', () => {
    expect(run.post).toMatchObject({ conclusion: 'success', lines: [], summary: '' })
    expect(run.killed).toEqual([])
    expect(scene.left()).toEqual([])
  })

  test('works every spec but the driver', () => {
    expect(outcomesIn(resultsOf(run.main))).toEqual(
      Object.fromEntries([ALONE, FIRST, SECOND, TIDY, ...MEMBERS].map((id) => [id, 'completed'])),
    )
  })

  test('leaves the main checkout as it was', () => {
    expect(scene.git('status', '--porcelain', '--ignored')).toBe(
      ['.locks', 'logs', 'pids', 'processes'].map((name) => `!! .chant/${name}/`).join('\n'),
    )
    expect(scene.git('rev-parse', 'HEAD')).toBe(head)
    expect(scene.git('symbolic-ref', 'HEAD')).toBe('refs/heads/main')
    expect(scene.git('rev-parse', 'main')).toBe(head)
    expect(scene.git('worktree', 'list').split('\n')).toHaveLength(1)
    expect(scene.branches()).toEqual([...[ALONE, FIRST, SECOND, TIDY, ...MEMBERS].map(branch), 'main'])
    expect(scene.git('config', '--local', '--list')).not.toMatch(/branch\.|chant/)
    expect(scene.git('for-each-ref', '--format=%(refname)')).not.toMatch(/refs\/(?!heads\/)/)
  })

  test('starts a dependent from its dependency, in the same run', () => {
    expect(subjects(SECOND).slice(0, 2)).toEqual([`work of ${FIRST}`, `chant(${FIRST}): completed`])
    expect(subjects(SECOND).slice(2)).toEqual([`work of ${SECOND}`, `chant(${SECOND}): completed`])
    expect(workerIn(resultsOf(run.main), SECOND).commits).toHaveLength(1)
  })

  test('works the members of a group in number order', () => {
    const [first, second, third] = MEMBERS.map((id) => workerIn(resultsOf(run.main), id))
    expect(String(first?.finished_at) <= String(second?.started_at)).toBe(true)
    expect(String(second?.finished_at) <= String(third?.started_at)).toBe(true)
    expect(scene.fileOn(branch(`${DRIVER}.3`), `work-${DRIVER}.1.txt`)).toBe(`${DRIVER}.1\n`)
  })

  test('commits what an agent left', () => {
    expect(subjects(TIDY)).toEqual([`chant(${TIDY}): Left to be committed`, `chant(${TIDY}): completed`])
    expect(scene.fileOn(branch(TIDY), 'untracked.txt')).toBe('new\n')
  })

  test('changes nothing of a spec but what it writes', () => {
    const finalised = scene.specOn(branch(ALONE), ALONE)
    const [, commit = '', at = '', output = ''] =
      /^commits:\n- (\S+)\ncompleted_at: (\S+)\n---\n[\s\S]*^## Agent Output\n\n\S+\n\n(`{3,})$/m.exec(finalised) ?? []
    const fields = `branch: ${branch(ALONE)}\ncommits:\n- ${commit}\ncompleted_at: ${at}\n`
    const said = 'Before\n```js\ncode\n```\n````\nAfter'
    const edited = ODD.replace("'pending'", "'completed'").replace('labels: [ a,b ]\n', `labels: [ a,b ]\n${fields}`)
    expect(finalised).toBe(`${edited}\n\n## Agent Output\n\n${at}\n\n${output}\n${said}\n${output}\n`)
    expect(output.length).toBeGreaterThan(4)
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('names commits that exist, in short', () => {
    for (const id of [ALONE, FIRST, TIDY]) {
      const listed = /^commits:\n((?:- \S+\n)+)/m.exec(scene.specOn(branch(id), id))?.[1] ?? ''
      const hashes = [...listed.matchAll(/^- "?'?([0-9a-f]+)/gm)].map((match) => match[1] ?? '')
      expect(hashes).toHaveLength(1)
      for (const hash of hashes) {
        expect(hash).toMatch(/^[0-9a-f]{7}$/)
        expect(workerIn(resultsOf(run.main), id).commits).toEqual([scene.git('rev-parse', `${hash}^{commit}`)])
      }
    }
  })
})
