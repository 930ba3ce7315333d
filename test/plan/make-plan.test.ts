import { describe, expect, it } from 'vitest'
import { makePlan, type PlanChoice } from '../../src/plan/make-plan.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { waves } from '../../src/plan/wave-lines.ts'
import type { Spec, SpecFolder, SpecStatus } from '../../src/spec/spec.ts'
import { aBrokenSpec, aFolder, aSpec } from '../builders.ts'

const choice: PlanChoice = {
  specs: [],
  labels: [],
  today: '2026-11-02',
  skipDeps: false,
  skipApproval: false,
  branchPrefix: 'chant/',
  agent: 'command',
}

function plan(specs: readonly Spec[], over: Partial<PlanChoice> = {}, folder: Partial<SpecFolder> = {}): Plan {
  const made = makePlan(aFolder(specs, folder), { ...choice, ...over })
  if (!made.ok) throw new Error(made.error.message)
  return made.value
}

const worked = (made: Plan): string[] => made.workers.map(({ specId }) => specId)
const refused = (made: Plan): string[] =>
  made.notPlanned.map(({ specId, reason, asked }) => `${specId} ${reason.type}${asked ? ' asked' : ''}`)

/** a ← b ← c, and d alone. */
const chain = (status: SpecStatus = 'pending'): Spec[] => [
  aSpec({ id: 'a', status }),
  aSpec({ id: 'b', dependsOn: ['a'] }),
  aSpec({ id: 'c', dependsOn: ['b'] }),
  aSpec({ id: 'd' }),
]

describe('every ready spec', () => {
  it('is worked after its dependencies, in the same run, longest chain first', () => {
    const made = plan(chain())
    expect(made.workers.map((w) => [w.specId, w.criticalPath, w.wave, w.dependsOn])).toEqual([
      ['a', 3, 1, []],
      ['b', 2, 2, ['a']],
      ['c', 1, 3, ['b']],
      ['d', 1, 1, []],
    ])
    expect(waves(made)).toEqual([['a', 'd'], ['b'], ['c']])
    expect(made.notPlanned).toEqual([])
  })

  it.each(['pending', 'failed', 'ready', 'blocked'] as const)('may be %s', (status) => {
    expect(worked(plan([aSpec({ status })]))).toHaveLength(1)
  })

  it.each(['in_progress', 'paused', 'needs_attention'] as const)(
    'may not be %s, and takes those behind it along',
    (status) => {
      const made = plan(chain(status))
      expect(worked(made)).toEqual(['d'])
      expect(refused(made)).toEqual(['a status', 'b needs', 'c needs'])
      expect(made.counts).toEqual({ total: 4, completed: 0, blocked: 2, approval: 0 })
    },
  )

  it('is neither a completed nor a cancelled one, which count as done, as does the archive', () => {
    for (const done of [chain('completed'), chain('cancelled')]) {
      expect(worked(plan(done))).toEqual(['b', 'c', 'd'])
      expect(refused(plan(done))).toEqual([])
    }
    expect(worked(plan(chain().slice(1), {}, { archived: ['a'] }))).toEqual(['b', 'c', 'd'])
  })

  it('takes prompt and model from the spec where nobody decides them', () => {
    const own = [aSpec({ prompt: 'ralph', model: 'opus' })]
    expect(plan(own).workers[0]).toMatchObject({
      prompt: 'ralph',
      model: 'opus',
      agent: 'command',
      branch: 'chant/2026-11-02-001-abc',
    })
    const workedWith = ({ id }: Spec) => ({ prompt: `for ${id}`, chosenBy: { prompt: 'input prompt' } })
    const [decided] = plan(own, { workedWith }).workers
    expect(decided).toMatchObject({ prompt: 'for 2026-11-02-001-abc', chosenBy: { prompt: 'input prompt' } })
    expect(decided).not.toHaveProperty('model')
    expect(plan([aSpec()]).workers[0]).not.toHaveProperty('prompt')
  })

  it.each(['pending', 'failed', 'cancelled', 'completed', 'in_progress'] as const)(
    'may be a member of a driver that is %s, and gets nothing from it',
    (status) => {
      const driver = aSpec({ id: 'x', status, labels: ['api'], prompt: 'ralph', model: 'opus' })
      const made = plan([driver, aSpec({ id: 'x.1' })])
      expect(worked(made)).toEqual(['x.1'])
      expect(made.workers[0]).not.toHaveProperty('prompt')
      expect(made.workers[0]).not.toHaveProperty('model')
    },
  )

  it('may be narrowed, and then does not pull in what it needs', () => {
    const made = plan(chain(), { only: new Set(['a', 'c']) })
    expect(worked(made)).toEqual(['a'])
    expect(refused(made)).toEqual(['c needs'])
  })

  it('is found beside broken specs and drivers, which are named', () => {
    const made = plan(
      [
        aSpec({ id: 'x' }),
        aSpec({ id: 'x.1' }),
        aSpec({ id: 'y', status: 'completed' }),
        aSpec({ id: 'y.1', status: 'completed' }),
      ],
      {},
      {
        broken: [aBrokenSpec('bad')],
      },
    )
    expect(worked(made)).toEqual(['x.1'])
    expect(refused(made)).toEqual(['bad invalid-spec', 'x driver'])
    expect(made.notPlanned[0]).toMatchObject({
      line: 4,
      column: 9,
      message: expect.stringContaining('duplicate key "status"'),
    })
    expect(made.counts).toEqual({ total: 5, completed: 2, blocked: 0, approval: 0 })
  })
})

describe('named specs', () => {
  it('are worked alone, after each other', () => {
    expect(worked(plan(chain(), { specs: ['a', 'b'] }))).toEqual(['a', 'b'])
  })

  it('need what is neither completed nor named', () => {
    const made = plan(chain(), { specs: ['b', 'c', 'd'] })
    expect(worked(made)).toEqual(['d'])
    expect(made.notPlanned).toMatchObject([
      {
        specId: 'b',
        line: 3,
        asked: true,
        reason: { type: 'needs', specs: ['a'] },
        message: 'Needs a (pending), not completed and not worked by this run. Add it to `specs`, or set `skip-deps`.',
      },
      {
        specId: 'c',
        reason: { type: 'needs', specs: ['b'] },
        message: 'Needs b (pending), not completed and not worked by this run. Complete it first, or set `skip-deps`.',
      },
    ])
  })

  it.each(['completed', 'cancelled', 'in_progress', 'paused', 'needs_attention'] as const)(
    'may not be %s',
    (status) => {
      const made = plan([aSpec({ id: 'a', status })], { specs: ['a'] })
      expect(made.notPlanned).toMatchObject([
        {
          specId: 'a',
          line: 2,
          asked: true,
          reason: { type: 'status', status },
          message: expect.stringContaining('set its status to pending'),
        },
      ])
    },
  )

  it('by a glob are those that are left to do', () => {
    const specs = [...chain('completed'), aSpec({ id: 'e', status: 'paused' })]
    const made = plan(specs, { specs: ['*'] })
    expect(worked(made)).toEqual(['b', 'c', 'd'])
    expect(refused(made)).toEqual(['e status'])
    expect(refused(plan(specs, { specs: ['[a]'] }))).toEqual(['a status'])
  })

  it('by a glob or driver that stumble are said, and an error unless it is by their status', () => {
    const specs = [
      aSpec({ id: 'x', type: 'driver' }),
      aSpec({ id: 'x.1', status: 'in_progress' }),
      aSpec({ id: 'x.2', dependsOn: ['nobody'] }),
      aSpec({ id: 'x.3', dependsOn: [], approval: { required: true, status: 'pending' } }),
    ]
    for (const name of ['x*', 'x'])
      expect(refused(plan(specs, { specs: [name] }))).toEqual([
        'x driver',
        'x.1 status',
        'x.2 missing-dependency asked',
        'x.3 approval-required asked',
      ])
    expect(refused(plan(specs)).filter((line) => line.endsWith('asked'))).toEqual([])
  })

  it('stand for their members', () => {
    const specs = [
      aSpec({ id: 'x' }),
      aSpec({ id: 'x.1', status: 'completed' }),
      aSpec({ id: 'x.2' }),
      aSpec({ id: 'x.3' }),
      aSpec({ id: 'y' }),
    ]
    expect(worked(plan(specs, { specs: ['x'] }))).toEqual(['x.2', 'x.3'])
    expect(refused(plan(specs, { specs: ['x'] }))).toEqual(['x driver'])
    expect(refused(plan(specs.slice(0, 2), { specs: ['x'] }))).toEqual(['x driver', 'x.1 status'])
    expect(refused(plan([aSpec({ id: 'x', type: 'driver' })], { specs: ['x'] }))).toEqual(['x driver asked'])
  })

  it('by a label do not mean the members of a driver that carries it, and that is said', () => {
    const specs = [aSpec({ id: 'x', labels: ['api'] }), aSpec({ id: 'x.1' }), aSpec({ id: 'x.2' })]
    const message = 'Is a driver: its members are worked, x itself never is.'
    const hint = ' None of them has the label: put it on those that are meant.'
    expect(plan(specs, { labels: ['api'] })).toMatchObject({ workers: [], notPlanned: [{ message: message + hint }] })
    const some = [...specs.slice(0, 2), aSpec({ id: 'x.2', labels: ['api', 'other'], dependsOn: [] })]
    expect(plan(some, { labels: ['api'] })).toMatchObject({ workers: [{ specId: 'x.2' }], notPlanned: [{ message }] })
    expect(worked(plan(some, { labels: ['api'], specs: ['x'] }))).toEqual(['x.2'])
  })

  it('that are broken are an answer to who named them', () => {
    expect(refused(plan([], { specs: ['bad'] }, { broken: [aBrokenSpec('bad')] }))).toEqual(['bad invalid-spec asked'])
  })

  it('that nobody has, or a prefix that git refuses, are errors', () => {
    expect(makePlan(aFolder(chain()), { ...choice, specs: ['zzzzzz'] })).toMatchObject({
      ok: false,
      error: { input: 'specs' },
    })
    expect(makePlan(aFolder(chain()), { ...choice, branchPrefix: 'a b' })).toMatchObject({
      ok: false,
      error: { input: 'branch-prefix' },
    })
  })
})

describe('what stands in the way', () => {
  const approval = { required: true, status: 'pending' } as const

  it('is an approval that is missing, of the spec or of a driver it is in', () => {
    const specs = [
      aSpec({ id: 'a', approval, fieldLines: { approval: 4 } }),
      aSpec({ id: 'x', approval }),
      aSpec({ id: 'x.1' }),
    ]
    const made = plan(specs)
    expect(refused(made)).toEqual(['a approval-required', 'x driver', 'x.1 approval-required'])
    expect(made.notPlanned.map(({ line, message }) => [line, message])).toEqual([
      [4, 'It is not approved yet. Approve it with `chant approve a --by <name>`.'],
      [undefined, 'Is a driver: its members are worked, x itself never is.'],
      [undefined, 'Its driver x is not approved yet. Approve it with `chant approve x --by <name>`.'],
    ])
    expect(made.counts.approval).toBe(2)
    expect(worked(plan(specs, { skipApproval: true }))).toEqual(['a', 'x.1'])
    expect(worked(plan([aSpec({ id: 'a', approval: { required: true, status: 'approved' } })]))).toEqual(['a'])
  })

  it('is a rejection, also of a spec that failed, but no approval that nobody asks for', () => {
    const rejected = aSpec({ id: 'a', status: 'failed', approval: { required: true, status: 'rejected' } })
    const free = aSpec({ id: 'b', approval: { required: false, status: 'rejected' } })
    const made = plan([rejected, free])
    expect(worked(made)).toEqual(['b'])
    expect(made.notPlanned[0]?.message).toBe('It was rejected. Approve it with `chant approve a --by <name>`.')
  })

  it('is a dependency that does not exist', () => {
    const made = plan([aSpec({ id: 'a', dependsOn: ['x', 'y'] }), aSpec({ id: 'b', dependsOn: ['a'] })])
    expect(refused(made)).toEqual(['a missing-dependency', 'b needs'])
    expect(made.notPlanned[0]).toMatchObject({
      line: 3,
      message: 'Depends on x and y, which do not exist. Correct `depends_on`, or set `skip-deps`.',
    })
  })

  it('is a dependency that cannot be one, which is quoted and cut', () => {
    const made = plan([aSpec({ id: 'a', dependsOn: ['../x', 'a\n::error::b', 'x'.repeat(300)] })])
    expect(made.notPlanned[0]?.message).toBe(
      `Depends on "../x", "a\\n::error::b" and "${'x'.repeat(60)}…", which do not exist. Correct \`depends_on\`, or set \`skip-deps\`.`,
    )
  })

  it('is a dependency in another repository, which nobody can look into', () => {
    const made = plan([aSpec({ id: 'a', dependsOn: ['backend:2026-11-02-001-abc'] })])
    expect(refused(made)).toEqual(['a missing-dependency'])
    expect(made.notPlanned[0]?.message).toBe(
      'Depends on backend:2026-11-02-001-abc, in another repository, into which a run does not look. When it is done there, take it out of `depends_on`, or set `skip-deps`.',
    )
    expect(worked(plan([aSpec({ id: 'a', dependsOn: ['backend:x'] })], { skipDeps: true }))).toEqual(['a'])
  })

  it('is a cycle, for those on it and those behind it, while others run', () => {
    const made = plan([
      aSpec({ id: 'a', dependsOn: ['b'] }),
      aSpec({ id: 'b', dependsOn: ['a'] }),
      aSpec({ id: 'c', dependsOn: ['b'] }),
      aSpec({ id: 'd' }),
    ])
    expect(worked(made)).toEqual(['d'])
    expect(made.notPlanned.map(({ specId, reason, message }) => [specId, reason.type, message])).toEqual([
      ['a', 'cycle', 'Waits for itself: a → b → a. Take one of these out of `depends_on`, or set `skip-deps`.'],
      ['b', 'cycle', 'Waits for itself: a → b → a. Take one of these out of `depends_on`, or set `skip-deps`.'],
      [
        'c',
        'cycle',
        'Waits for specs that wait for each other: a → b → a. Take one of these out of `depends_on`, or set `skip-deps`.',
      ],
    ])
  })

  it('is a cycle through a driver, which is named where the member itself says nothing', () => {
    const made = plan([
      aSpec({ id: 'x', dependsOn: ['b'] }),
      aSpec({ id: 'x.1' }),
      aSpec({ id: 'b', dependsOn: ['x'] }),
      aSpec({ id: 'y.1', dependsOn: ['y.2'] }),
      aSpec({ id: 'y.2' }),
    ])
    const advice = 'Take one of these out of `depends_on`, or set `skip-deps`.'
    expect(made.notPlanned.filter(({ reason }) => reason.type === 'cycle').map(({ message }) => message)).toEqual([
      `Waits for itself: b → x.1 → b (x.1 because of its driver x). ${advice}`,
      `Waits for itself: b → x.1 → b (x.1 because of its driver x). ${advice}`,
      `Waits for itself: y.1 → y.2 → y.1. ${advice}`,
      `Waits for itself: y.1 → y.2 → y.1. ${advice}`,
    ])
  })

  it('is a cycle of many, of which each spec names those after it', () => {
    const names = Array.from({ length: 40 }, (_, i) => `s${String(i).padStart(2, '0')}`)
    const made = plan(names.map((id, i) => aSpec({ id, dependsOn: [names[(i + 1) % 40] ?? ''] })))
    expect(made.notPlanned[35]?.message).toBe(
      'Waits for itself: s35 → s36 → s37 → s38 → s39 → s00 → s01 → s02 → s03 → s04 → … 30 more … → s35. Take one of these out of `depends_on`, or set `skip-deps`.',
    )
  })

  it('is what a spec names and cannot be used, wherever that is wrong', () => {
    const file = '.chant/prompts/round.md'
    const problem = { file, line: 2, column: 1, code: 'prompt-cycle', severity: 'error', message: 'a circle' } as const
    const specs = chain()
    const faultOf = ({ id }: Spec) => (id === 'a' ? problem : undefined)
    const made = plan(specs, { faultOf })
    expect(worked(made)).toEqual(['d'])
    expect(refused(made)).toEqual(['a invalid-spec', 'b needs', 'c needs'])
    expect(made.notPlanned[0]).toMatchObject({ file, line: 2, column: 1, message: 'a circle' })
    expect(refused(plan(specs, { faultOf, specs: ['a'] }))).toEqual(['a invalid-spec asked'])
  })

  it('is none of these with skip-deps, and no order is kept', () => {
    const specs = [
      ...chain('paused'),
      aSpec({ id: 'e', dependsOn: ['nobody'] }),
      aSpec({ id: 'f', dependsOn: ['f'] }),
      aSpec({ id: 'x.1' }),
      aSpec({ id: 'x.2' }),
    ]
    const made = plan(specs, { skipDeps: true })
    expect(worked(made)).toEqual(['b', 'c', 'd', 'e', 'f', 'x.1', 'x.2'])
    expect(
      made.workers.every(
        ({ dependsOn, wave, criticalPath }) => dependsOn.length === 0 && wave === 1 && criticalPath === 1,
      ),
    ).toBe(true)
  })

  it('is told of a driver in the same words', () => {
    const made = plan([
      aSpec({ id: 'x' }),
      aSpec({ id: 'x.1', status: 'paused' }),
      aSpec({ id: 'y', dependsOn: ['x'] }),
    ])
    expect(made.notPlanned.at(-1)?.message).toBe(
      'Needs x.1 (paused), not completed and not worked by this run. Complete it first, or set `skip-deps`.',
    )
  })
})

describe('a spec with a fault', () => {
  const faultOf = ({ id, file }: Spec) =>
    id === 'a' || id === 'x' || id === 'done'
      ? {
          file,
          line: 7,
          column: 3,
          code: 'missing-title',
          severity: 'error' as const,
          message: 'It has none.',
          advice: 'Add one.',
        }
      : undefined

  it('is not worked, is told at its place what is wrong, and takes those behind it along', () => {
    const made = plan(chain(), { faultOf, specs: ['a', 'b', 'd'] })
    expect(worked(made)).toEqual(['d'])
    expect(refused(made)).toEqual(['a invalid-spec asked', 'b needs asked'])
    expect(made.notPlanned[0]).toMatchObject({ line: 7, column: 3, message: 'It has none. Add one.' })
    expect(made.counts.blocked).toBe(1)
  })

  it('is asked for it only where it could be worked', () => {
    const specs = [aSpec({ id: 'x' }), aSpec({ id: 'x.1' }), aSpec({ id: 'done', status: 'completed' })]
    expect(refused(plan(specs, { faultOf }))).toEqual(['x driver'])
  })
})

it('says of what is not planned what it waits for, planned or not', () => {
  const specs = [
    aSpec({ id: 'a' }),
    aSpec({ id: 'b', status: 'paused' }),
    aSpec({ id: 'c', dependsOn: ['a', 'b', 'gone'] }),
    aSpec({ id: 'x', type: 'driver', dependsOn: ['a'] }),
  ]
  const needs = plan(specs).notPlanned.map(({ specId, dependsOn }) => [specId, dependsOn])
  expect(needs).toEqual([
    ['b', undefined],
    ['c', ['a', 'b', 'gone']],
    ['x', undefined],
  ])
})

it('plans ten thousand specs that hang together', () => {
  const id = (n: number): string => `2026-11-02-${n.toString(36).padStart(3, '0')}-abc`
  const specs = Array.from({ length: 10_000 }, (_, n) =>
    aSpec({ id: id(n), dependsOn: [n - 1, n - 7, n - 100].filter((d) => d >= 0).map(id) }),
  )
  expect(worked(plan(specs))).toHaveLength(10_000)
})
