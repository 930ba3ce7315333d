import { describe, expect, it } from 'vitest'
import { formatDiagnostic } from '../../src/spec/diagnostic.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import type { Spec } from '../../src/spec/spec.ts'

const parse = (text: string) => parseSpec('a', 'a.md', text)

function spec(text: string): Spec {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(parsed.error.map(formatDiagnostic).join('\n'))
  return parsed.value.spec
}

const problems = (text: string): string[] => {
  const parsed = parse(text)
  return (parsed.ok ? parsed.value.warnings : parsed.error).map((d) => `${d.severity} ${d.code} ${formatDiagnostic(d)}`)
}

describe('fields', () => {
  it('has defaults where there is no front matter', () => {
    expect(spec('Just text.\n')).toMatchObject({
      type: 'code',
      status: 'pending',
      title: 'a',
      dependsOn: [],
      bodyLine: 1,
    })
    expect(spec('')).toMatchObject({ body: '', unknown: {}, fieldLines: {}, criteria: [] })
    expect(spec('---\n---\nx')).toMatchObject({ body: 'x', bodyLine: 3, status: 'pending' })
    expect(spec('---\n# only a comment\n---')).toMatchObject({ body: '', status: 'pending' })
    expect(spec('---\n~\n---\n')).toMatchObject({ status: 'pending' })
  })

  it('reads every field chant knows', () => {
    const text = `---
type: task
status: in_progress
depends_on: [x, y.1]
labels:
- 123
- 1e3
target_files:
  - src/a.ts
context: [docs/a.md]
prompt: standard
branch: chant/a
commits: ['1234567', 0123456, 1e10000]
completed_at: 2026-01-24T04:20:27Z
model: sonnet
tracks: [t]
informed_by: [i]
origin: [o]
schedule: weekly
source_branch: s
target_branch: t
conflicting_files: [c]
blocked_specs: [b]
original_spec: os
last_verified: 2026-01-24
verification_status: partial
verification_failures: [vf]
replayed_at: 2026-01-24
replay_count: 2
original_completed_at: 2026-01-24
derived_fields: [df]
approval:
  required: true
  status: approved
  by: someone
members: [a.1]
output_schema: schema.json
public: false
retry_state: {attempts: 2}
superseded_by: b
---
`
    const { head, body, bodyLine, fieldLines, ...rest } = spec(text)
    expect(rest).toEqual({
      id: 'a',
      file: 'a.md',
      title: 'a',
      criteria: [],
      type: 'task',
      status: 'in_progress',
      dependsOn: ['x', 'y.1'],
      ownOrder: true,
      labels: ['123', '1e3'],
      targetFiles: ['src/a.ts'],
      context: ['docs/a.md'],
      prompt: 'standard',
      branch: 'chant/a',
      commits: ['1234567', '0123456', '1e10000'],
      completedAt: '2026-01-24T04:20:27Z',
      model: 'sonnet',
      tracks: ['t'],
      informedBy: ['i'],
      origin: ['o'],
      schedule: 'weekly',
      sourceBranch: 's',
      targetBranch: 't',
      conflictingFiles: ['c'],
      blockedSpecs: ['b'],
      originalSpec: 'os',
      lastVerified: '2026-01-24',
      verificationStatus: 'partial',
      verificationFailures: ['vf'],
      replayedAt: '2026-01-24',
      replayCount: 2,
      originalCompletedAt: '2026-01-24',
      derivedFields: ['df'],
      approval: { required: true, status: 'approved', by: 'someone' },
      members: ['a.1'],
      outputSchema: 'schema.json',
      public: false,
      retryState: { attempts: 2 },
      unknown: { superseded_by: 'b' },
    })
    expect({ head, body, bodyLine }).toEqual({ head: text, body: '', bodyLine: 42 })
    expect(fieldLines).toMatchObject({ type: 2, depends_on: 4, labels: 5, superseded_by: 40 })
  })

  it('takes one id for depends_on, and null and empty for absent', () => {
    expect(spec('---\ndepends_on: x\n---\n').dependsOn).toEqual(['x'])
    const absent = spec('---\ndepends_on: ""\nstatus: ~\nmodel:\nlabels: null\napproval:\n---\n')
    expect(absent).toMatchObject({ dependsOn: [], status: 'pending', labels: [] })
    expect(absent).not.toHaveProperty('model')
    expect(absent).not.toHaveProperty('approval')
  })

  it('takes a reference in the text for text', () => {
    expect(spec('---\nstatus: pending\n---\n# T\n\nSee [[x]].\n')).toMatchObject({ dependsOn: [], ownOrder: false })
  })

  it('has an order of its own in a group where it says depends_on, be it an empty list', () => {
    const own = (value: string): boolean => spec(`---\ndepends_on: ${value}\n---\n`).ownOrder
    expect(['[]', '[x]', 'x'].map(own)).toEqual([true, true, true])
    expect(['', '~', '""'].map(own)).toEqual([false, false, false])
    expect(spec('# T\n').ownOrder).toBe(false)
  })

  it('reads numbers, dates and booleans as they are written where text is expected', () => {
    const fields = 'prompt: 0123\nmodel: 1e5\nlabels: [true, 2026-01-24, 1.50]\ndepends_on: [12]\nschedule: no'
    expect(spec(`---\n${fields}\n---\n`)).toMatchObject({
      prompt: '0123',
      model: '1e5',
      labels: ['true', '2026-01-24', '1.50'],
      dependsOn: ['12'],
      schedule: 'no',
    })
  })

  it('follows aliases', () => {
    expect(spec('---\nx: &m [a, &b b]\nmembers: *m\nlabels: [*b]\n---\n')).toMatchObject({
      members: ['a', 'b'],
      labels: ['b'],
    })
    expect(spec('---\nx: &m {a: [1, &b b]}\ny: *m\nz: [*b, *m]\n---\n').unknown).toEqual({
      x: { a: [1, 'b'] },
      y: { a: [1, 'b'] },
      z: ['b', { a: [1, 'b'] }],
    })
  })

  it('keeps keys that mean something to JavaScript as data', () => {
    const { unknown } = spec('---\n__proto__: {polluted: true}\nconstructor: x\n---\n')
    expect(Object.keys(unknown)).toEqual(['__proto__', 'constructor'])
    expect({}).not.toHaveProperty('polluted')
  })

  it('refuses a model that is an option or not on one line', () => {
    expect(problems('---\nstatus: pending\nmodel: --yes\n---\n')).toEqual([
      'error invalid-model a.md:3:1 front matter: "model" is "--yes", expected the name of a model, such as `sonnet` or `claude-opus-4-5`',
    ])
    expect(problems('---\nmodel: "a\\0b"\n---\n')[0]).toContain('error invalid-model a.md:2:1')
  })

  it('says every wrong value at its place', () => {
    const text = `---
type: docs
status: done
labels: x
members: [[a], '']
public: maybe
replay_count: -1
approval:
  required: 'yes'
  status: maybe
model: [a]
---
`
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "warning unknown-type a.md:2:1 front matter: "type" is "docs", which chant does not know (code, task, driver, documentation, research, group, conflict): here it is worked as code, chant refuses the file",
        "error unknown-status a.md:3:9 front matter: "status" is "done", expected one of pending, in_progress, paused, completed, failed, needs_attention, ready, blocked, cancelled",
        "error wrong-type a.md:4:9 front matter: "labels" is "x", expected a list",
        "error wrong-type a.md:5:11 front matter: "members[]" is a list, expected text",
        "error wrong-type a.md:5:16 front matter: "members[]" is empty, expected text",
        "error wrong-type a.md:6:9 front matter: "public" is "maybe", expected true or false",
        "error wrong-type a.md:7:15 front matter: "replay_count" is "-1", expected a whole number from 0 to 4294967295",
        "error wrong-type a.md:9:13 front matter: "approval.required" is "yes", expected true or false",
        "error unknown-status a.md:10:11 front matter: "approval.status" is "maybe", expected one of pending, approved, rejected",
        "error wrong-type a.md:11:8 front matter: "model" is a list, expected text",
      ]
    `)
  })

  it('reads a count as chant does, and refuses what is none for chant', () => {
    const read = (value: string) =>
      parse(`---\nreplay_count: ${value}\n---\n`).ok
        ? spec(`---\nreplay_count: ${value}\n---\n`).replayCount
        : 'refused'
    const counts = ['0', '7', '+7', '0x1F', '0o17', '0b101', '4294967295', '!!int 7', '!!str 7', '~', '']
    expect(counts.map(read)).toEqual([0, 7, 7, 31, 15, 5, 4294967295, 7, 7, undefined, undefined])
    const others = ['1.0', '1e0', '0.0', '007', '-0', '1_000', '4294967296', '"7"', '!!int "7"', '""', '|\n  7']
    expect(others.map(read)).toEqual(others.map(() => 'refused'))
  })

  it('takes the line end of a block for a part of it, and says so', () => {
    expect(spec('---\nstatus: |-\n  failed\nmodel: >-\n  a\nlabels:\n- |-\n  a\n  b\n---\n')).toMatchObject({
      status: 'failed',
      model: 'a',
      labels: ['a\nb'],
    })
    expect(spec('---\nprompt: |\n  a\nbranch: "a\\\n  b\n  c"\n---\n')).toMatchObject({ prompt: 'a\n', branch: 'ab c' })
    for (const mark of ['|', '>', '|+'])
      expect(problems(`---\ntype: code\nstatus: ${mark}\n  pending\n---\n`)).toEqual([
        `error unknown-status a.md:3:9 front matter: "status" is "pending\\n", expected one of pending, in_progress, paused, completed, failed, needs_attention, ready, blocked, cancelled, with no blank or line end around it`,
      ])
  })

  it('refuses an approval that is asked for with nothing, and text that is empty where none is expected', () => {
    expect(problems('---\napproval:\n  required:\n---\n')).toEqual([
      'error wrong-type a.md:3:12 front matter: "approval.required" is empty, expected true or false',
    ])
    expect(problems('---\napproval: ""\n---\n')).toEqual([
      'error wrong-type a.md:2:11 front matter: "approval" is empty, expected fields of its own',
    ])
    expect(problems('---\npublic: ""\nstatus: ""\n---\n').map((each) => each.slice(0, 34))).toEqual([
      'error wrong-type a.md:2:9 front ma',
      'error unknown-status a.md:3:9 fron',
    ])
  })

  it('refuses a tag with no value behind it, which chant may take for the value', () => {
    for (const field of ['status: !completed', 'type: !driver', 'model: !opus', 'labels: !x'])
      expect(problems(`---\n${field}\n---\n`)[1]).toMatch(
        /^error wrong-type a\.md:2:\d+ front matter: "\w+" is empty, expected a value behind its tag !/,
      )
    expect(problems('---\nmodel: !!str\nx: !y\n---\n').filter((each) => each.startsWith('error'))).toEqual([])
  })

  it('merges nothing: << is a field that chant does not know', () => {
    const merged = spec('---\nx: &x {status: completed}\n<<: *x\n---\n')
    expect(merged).toMatchObject({ status: 'pending', unknown: { '<<': { status: 'completed' } } })
  })

  it('only warns about an unknown type', () => {
    expect(spec('---\ntype: docs\n---\n').type).toBe('docs')
  })

  it('refuses a known type that is spelled otherwise, for a driver would be worked', () => {
    for (const [written, shown] of [
      ['Driver', 'Driver'],
      ['"group "', 'group '],
      ['|\n  driver', 'driver\n'],
    ] as const)
      expect(problems(`---\ntype: ${written}\n---\n`)).toEqual([
        `error wrong-type a.md:2:1 front matter: "type" is ${JSON.stringify(shown)}, expected ${shown.trim().toLowerCase()} in small letters with no blank or line end around it`,
      ])
  })

  it('has nothing against the types that chant has or writes', () => {
    for (const type of ['code', 'task', 'driver', 'group', 'documentation', 'research', 'conflict'])
      expect(problems(`---\ntype: ${type}\n---\n`)).toEqual([])
  })
})

describe('front matter that cannot be read', () => {
  it.each([
    [
      '---\ntype: code\nstatus: a\nstatus: b\n---\n',
      'duplicate-key a.md:4:1 front matter: duplicate key "status" (first on line 3)',
    ],
    ['---\na:\n  b: 1\n  b: 2\n---\n', 'duplicate-key a.md:4:3 front matter: duplicate key "b" (first on line 3)'],
    [
      '\uFEFF---\r\na: 1\r\na: 2\r\n---\r\n',
      'duplicate-key a.md:3:1 front matter: duplicate key "a" (first on line 2)',
    ],
    ['---\na:\n\tb: 1\n---\n', 'tab-indentation a.md:3:1 front matter: a tab is used as indentation; use spaces'],
    ['---\na: [1\n---\n', 'invalid-yaml a.md:3:1'],
    ['---\n- a\n---\n', 'not-a-mapping a.md:2:1 front matter: expected fields of the form "key: value"'],
    ['---\njust text\n---\n', 'not-a-mapping a.md:2:1'],
    ['---\n\u00a0\n---\n', 'not-a-mapping a.md:2:1'],
    ['---\n? [a]\n: b\n---\n', 'invalid-yaml a.md:2:3'],
    [
      '---\ntype: code\n...\nstatus: completed\n---\n',
      'invalid-yaml a.md:4:1 front matter: a second document starts here, behind a line "..." or "---", and would be lost; take that line out',
    ],
    [
      '---\nlabels: *x\n---\n',
      'invalid-yaml a.md:2:9 front matter: nothing before it has the anchor that the alias "*x" stands for; write the value out, or in quotes where it is text',
    ],
    ['---\ntarget_files:\n- *.ts\n---\n', 'invalid-yaml a.md:3:3'],
    ['---\nstatus: pending\n# no end\n', 'unclosed-front-matter a.md:1:1'],
    ['---', 'unclosed-front-matter a.md:1:1'],
    ['\n\n---\nstatus: pending\n', 'unclosed-front-matter a.md:3:1'],
    ['---\nstatus: pending\n ---\n# T\n', 'unclosed-front-matter a.md:3:1 front matter: this is not its end'],
    ['---\r\nstatus: pending\r\n--- # T\r\n', 'unclosed-front-matter a.md:3:1 front matter: this is not its end'],
    ['---\nstatus: pending\n# T\n\n------\n', 'unclosed-front-matter a.md:1:1'],
    ['---\rstatus: completed\r---\r# T\r', 'carriage-return a.md:1:4 front matter: a line ends with a carriage return'],
    ['---\nstatus: failed\r\r\n---\n', 'carriage-return a.md:2:15 front matter: a line ends with a carriage return'],
    ['---js\nthrow 1\n---\n', 'front-matter-language a.md:1:1'],
    ['---javascript\n---\n', 'front-matter-language a.md:1:1'],
    ['--- json\n{}\n---\n', 'front-matter-language a.md:1:1'],
    ['---\na: &a [*a]\n---\n', 'alias-limit a.md:2:8'],
    [`---\na: ${'['.repeat(60_000)}\n---\n`, 'invalid-yaml a.md:2:'],
    [`---\n${'\n'.repeat(5000)}---\n`, 'front-matter-too-large a.md:1:1'],
    [`---\na: ${'x'.repeat(70_000)}\n---\n`, 'front-matter-too-large a.md:1:1'],
    ['# x\na\0b', 'nul-character a.md:2:2'],
    ['x'.repeat(1024 * 1024 + 1), 'file-too-large a.md:1:1'],
    ['€'.repeat(400_000), 'file-too-large a.md:1:1'],
  ])('is an error at its place (%#)', (text, expected) => {
    expect(parse(text).ok).toBe(false)
    expect(problems(text)[0]).toContain(`error ${expected}`)
  })

  it('refuses aliases that unfold without bound', () => {
    const levels = 'bcdefghij'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[i]}`)}]`)
    expect(problems(`---\na: &a [${Array(9).fill('x')}]\n${levels.join('\n')}\n---\n`)[0]).toContain(
      'alias-limit a.md:3:8',
    )
  })

  it('evaluates nothing, whatever tag or language it names', () => {
    Reflect.deleteProperty(globalThis, 'evaluated')
    for (const text of [
      '---js\n{ x: (globalThis.evaluated = 1) }\n---\n',
      '---javascript\nglobalThis.evaluated = 1\n---\n',
      '---coffee\nglobalThis.evaluated = 1\n---\n',
      '---\nx: !!js/function "function () { globalThis.evaluated = 1 }"\n---\n',
      '---\nx: !!js/undefined ""\n---\n',
    ])
      parse(text)
    expect(globalThis).not.toHaveProperty('evaluated')
    expect(problems('---\nx: !!js/function "f"\n---\n')[0]).toContain('warning yaml-warning a.md:2:4')
  })

  it('refuses more aliases than a person writes, each of which would be looked for in all of it', () => {
    const many = (count: number) =>
      `---\nx: [${Array.from({ length: count }, (_, i) => `&a${i} [x], *a${i}`).join(', ')}]\n---\n`
    expect(parse(many(100)).ok).toBe(true)
    expect(problems(many(101))).toEqual([
      'error alias-limit a.md:2:1596 front matter: more than 100 aliases; write the values out',
    ])
  })

  it('is read to a depth of 128, aliases followed, whatever stack there is', () => {
    const lists = (depth: number, inner = '') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`
    expect(parse(`---\nx: ${lists(127)}\n---\n`).ok).toBe(true)
    expect(problems(`---\nx: ${lists(128)}\n---\n`)).toEqual([
      'error invalid-yaml a.md:2:131 front matter: nested too deeply',
    ])
    const aliased = (depth: number) =>
      `---\nx: &x ${lists(100)}\ny: &y ${lists(20, '*x')}\nz: ${lists(depth, '*y')}\n---\n`
    expect(parse(aliased(7)).ok).toBe(true)
    expect(problems(aliased(8))).toEqual(['error invalid-yaml a.md:4:12 front matter: nested too deeply'])
  })

  it('never throws, however deep it is nested', () => {
    for (const [open, close] of ['[]', '{}'].map((pair) => [...pair]))
      for (let depth = 100; depth <= 8000; depth += 300)
        parse(`---\nunknown: ${`${open}a: `.repeat(depth)}${close?.repeat(depth)}\n---\n`)
  })

  it('gives the same answer the second time', () => {
    const broken = '---\na: 1\na: 2\n---\n'
    expect(problems(broken)).toEqual(problems(broken))
  })

  it('names a bad id along with what is wrong inside', () => {
    const parsed = parseSpec('a b', 'a b.md', '---\na: 1\na: 2\n---\n')
    expect(parsed.ok ? [] : parsed.error.map(({ code }) => code)).toEqual(['invalid-id', 'duplicate-key'])
  })
})

describe('fences of the front matter', () => {
  it('ends it only at a line that is --- alone', () => {
    const text = '---\nmodel: a --- b\n---x: 1\nprompt: |\n  ---\n  y\n---\nbody\n---\n'
    expect(spec(text)).toMatchObject({
      model: 'a --- b',
      prompt: '---\ny\n',
      unknown: { '---x': 1 },
      body: 'body\n---\n',
      bodyLine: 8,
    })
  })

  it('keeps CRLF and a byte order mark out of the values and in the body', () => {
    const { status, labels, body, bodyLine } = spec(
      '\uFEFF---\r\nstatus: failed\r\nlabels:\r\n- a\r\n---\r\n\r\n# T\r\n',
    )
    expect({ status, labels, body, bodyLine }).toEqual({
      status: 'failed',
      labels: ['a'],
      body: '\r\n# T\r\n',
      bodyLine: 6,
    })
    expect(spec('\uFEFF# T\n')).toMatchObject({ title: 'T', body: '# T\n' })
  })

  it('may stand below blank lines and carry trailing blanks, as chant allows', () => {
    expect(spec('\n \n---  \nstatus: completed\n--- \nx')).toMatchObject({
      status: 'completed',
      body: 'x',
      bodyLine: 6,
    })
    expect(spec('\n  ---\nstatus: completed\n---\nx').status).toBe('completed')
    expect(problems('---\nstatus: completed\n  ---\nx')[0]).toContain('error unclosed-front-matter a.md:3:1')
  })

  it('takes a longer rule or a later one for text', () => {
    expect(spec('----\nstatus: failed\n----\n')).toMatchObject({ status: 'pending', bodyLine: 1 })
    expect(spec('Text\n---\nstatus: failed\n---\n').status).toBe('pending')
  })
})

describe('title', () => {
  it.each([
    ['# One\n# Two', 'One'],
    ['```\n# code\n```\n# Real', 'Real'],
    ['~~~~md\n# code\n~~~\n# still code\n~~~~\n# Real', 'Real'],
    ['````\n```\n# code\n````\n# Real', 'Real'],
    ['- ```\n  # code\n  ```\n# Real', 'Real'],
    ['```inline``` is no fence\n# Real', 'Real'],
    ['## Two\n#Tag\n# \n#\tTabbed  \r\n', 'Tabbed'],
    ['    # code\n', 'a'],
  ])('of %j is %j', (body, title) => expect(spec(body).title).toBe(title))
})
