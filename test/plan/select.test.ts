import { describe, expect, it } from 'vitest'
import { globMatcher } from '../../src/plan/glob.ts'
import { makeGroups } from '../../src/plan/groups.ts'
import { selectSpecs } from '../../src/plan/select.ts'
import type { SpecFolder } from '../../src/spec/spec.ts'
import { aBrokenSpec, aFolder, aSpec } from '../builders.ts'

const folder = aFolder(
  [
    aSpec({ id: '2026-10-30-00k-xx1', labels: ['docs'] }),
    aSpec({ id: '2026-11-02-00k-adf', status: 'completed' }),
    aSpec({ id: '2026-11-02-01q-snf', type: 'driver', labels: ['api'] }),
    aSpec({ id: '2026-11-02-01q-snf.1', status: 'completed' }),
    aSpec({ id: '2026-11-02-01q-snf.2' }),
    aSpec({ id: '2026-11-03-0a1-zsnf' }),
  ],
  { broken: [aBrokenSpec('2026-11-04-bad')], archived: ['2026-01-01-001-old'] },
)

/** The choice as `id how` lines, or the message of the error. */
function select(
  specs: string[],
  {
    labels = [] as string[],
    only = undefined as string[] | undefined,
    from = folder as SpecFolder,
    today = '2026-11-02',
  } = {},
) {
  const choice = { specs, labels, today, ...(only ? { only: new Set(only) } : {}) }
  const selected = selectSpecs(from, makeGroups(from), choice)
  return selected.ok ? [...selected.value].map(([id, how]) => `${id} ${how}`) : selected.error.message
}

describe('without names', () => {
  it('means everything', () => {
    expect(select([])).toHaveLength(7)
    expect(select(['', ' '])).toHaveLength(7)
  })

  it('is narrowed by labels, any of which is enough and none of which a driver passes on, and by `only`', () => {
    expect(select([], { labels: ['api', 'x'] })).toEqual(['2026-11-02-01q-snf default', '2026-11-04-bad default'])
    expect(select([], { labels: ['api', 'docs'] })).toEqual([
      '2026-10-30-00k-xx1 default',
      '2026-11-02-01q-snf default',
      '2026-11-04-bad default',
    ])
    expect(select([], { only: ['2026-10-30-00k-xx1', '2026-11-03-0a1-zsnf'], labels: ['docs'] })).toEqual([
      '2026-10-30-00k-xx1 default',
    ])
  })
})

describe('a name', () => {
  it.each([
    ['2026-10-30-00k-xx1', 'a whole id'],
    ['.chant/specs/2026-10-30-00k-xx1.md', 'a path'],
    ['00k-xx1', 'parts'],
    ['xx1', 'one part'],
    ['2026-10', 'the beginning'],
    ['0k-xx1', 'the end'],
    ['k-xx', 'the middle'],
  ])('%s is %s', (text) => {
    expect(select([text])).toEqual(['2026-10-30-00k-xx1 named'])
  })

  it('of whole parts goes before one that only ends like it, and a driver stands for its open members', () => {
    expect(select(['snf'])).toEqual(['2026-11-02-01q-snf.2 matched', '2026-11-02-01q-snf matched'])
  })

  it('of a member means only that, done or not', () => {
    expect(select(['snf.1'])).toEqual(['2026-11-02-01q-snf.1 named'])
  })

  it('of a broken spec is a name too', () => {
    expect(select(['bad'])).toEqual(['2026-11-04-bad named'])
  })

  it('wins over a glob that means the same', () => {
    expect(select(['*xx1', 'xx1', '*xx1'])).toEqual(['2026-10-30-00k-xx1 named'])
  })

  it('that one id alone ends with is that one, whatever others hold it', () => {
    const from = aFolder([aSpec({ id: '2026-01-01-snf-abc' }), aSpec({ id: '2026-02-02-001-xsnf' })])
    expect(select(['snf'], { from })).toEqual(['2026-02-02-001-xsnf named'])
    expect(
      select(['001'], { from: aFolder([aSpec({ id: '2026-11-02-001-abc' }), aSpec({ id: '2025-01-01-00a-001' })]) }),
    ).toEqual(['2025-01-01-00a-001 named'])
  })

  it("of three characters is today's before any other day's, with its members where it is a driver", () => {
    expect(select(['00k'], { today: '2026-10-30' })).toEqual(['2026-10-30-00k-xx1 named'])
    expect(select(['00k'], { today: '2026-11-02' })).toEqual(['2026-11-02-00k-adf named'])
    expect(select(['01q'], { today: '2026-11-02' })).toEqual([
      '2026-11-02-01q-snf.2 matched',
      '2026-11-02-01q-snf matched',
    ])
    const from = aFolder(['auth-2026-11-02-001-abc', '2026-11-01-001-abd'].map((id) => aSpec({ id })))
    expect(select(['001'], { from })).toEqual(['auth-2026-11-02-001-abc named'])
    const twice = aFolder(['2026-11-02-001-abc', '2026-11-02-001-abd', '2026-11-01-001-abe'].map((id) => aSpec({ id })))
    expect(select(['001'], { from: twice })).toMatch(/Did you mean 2026-11-02-001-abc or 2026-11-02-001-abd\?/)
  })

  it.each(['2026-10-30-00k', '10-30-00k', '30-00k'])('%s has its date with it', (text) => {
    expect(select([text])).toEqual(['2026-10-30-00k-xx1 named'])
  })

  it('says what it could be when it is not clear', () => {
    const later = { today: '2027-01-01' }
    expect(select(['00k'], later)).toMatchInlineSnapshot(
      `"No spec matches "00k" alone. Did you mean 2026-10-30-00k-xx1 or 2026-11-02-00k-adf? Give more of the id."`,
    )
    const many = aFolder(Array.from({ length: 13 }, (_, n) => aSpec({ id: `a-${n}` })))
    expect(select(['a'], { from: many })).toContain('a-10, a-11, a-12, a-2, a-3, a-4, a-5, a-6 or one of 3 more?')
  })

  it('says what is near, or what there is, when nothing has it', () => {
    expect(select(['2026-11-02-00k-afd'])).toMatchInlineSnapshot(
      `"No spec matches "2026-11-02-00k-afd". Did you mean 2026-11-02-00k-adf?"`,
    )
    expect(select(['xy1'])).toMatchInlineSnapshot(`"No spec matches "xy1". Did you mean 2026-10-30-00k-xx1?"`)
    expect(
      select(['something-else'], { from: aFolder([aSpec({ id: 'a' }), aSpec({ id: 'b' })]) }),
    ).toMatchInlineSnapshot(`"No spec matches "something-else". There is a, b."`)
    expect(select(['a'], { from: aFolder([]) })).toMatchInlineSnapshot(
      `"No spec matches "a": there is none in .chant/specs."`,
    )
  })

  it('of a file is that one, and no other that only has it in its name', () => {
    expect(select(['x/.chant/specs/2026-11-02-00k-adf.md', '2026-11-02-01q-snf.2.md'])).toEqual([
      '2026-11-02-00k-adf named',
      '2026-11-02-01q-snf.2 named',
    ])
    // The list of changed files has those that were removed, too.
    const from = aFolder([aSpec({ id: '2026-11-02-01q-snf.10' })])
    expect(select(['.chant/specs/2026-11-02-01q-snf.1.md'], { from })).toMatchInlineSnapshot(
      `"No spec matches ".chant/specs/2026-11-02-01q-snf.1.md". Did you mean 2026-11-02-01q-snf.10?"`,
    )
    expect(select(['.chant/specs/old.md'])).toMatch(/^No spec matches/)
    expect(select(['.chant/archive/2026-01-01/2026-01-01-001-old.md'])).toMatch(/so it counts as done/)
  })

  it('of another file with the name of a spec is not that spec', () => {
    const from = aFolder([aSpec({ id: 'a', file: '.chant/specs/web/a.md' })])
    for (const text of ['a', 'a.md', './a.md', 'web/a', 'specs/web/a.md', '/w/apps/x/.chant/specs/web/a.md'])
      expect(select([text], { from })).toEqual(['a named'])
    for (const text of ['docs/a.md', '.chant/archive/2026-01-01/a.md', '.chant/specs/a.md', 'b/a'])
      expect(select([text], { from })).toBe(`No spec matches "${text}". Did you mean a?`)
  })

  it('of a file or folder that has none means nothing, not everything', () => {
    for (const text of ['.chant/specs/.md', '.md', './', '.chant/specs/'])
      expect(select([text])).toContain(`No spec matches "${text}".`)
  })

  it('of the archive is done', () => {
    expect(select(['2026-01-01-001-old'])).toMatch(/is in \.chant\/archive, so it counts as done/)
    for (const part of ['old', '01-01-001'])
      expect(select([part])).toMatch(/^2026-01-01-001-old is in \.chant\/archive, so it counts as done/)
  })
})

describe('a glob', () => {
  it('leaves out what is done, unless there is nothing else', () => {
    expect(select(['*-00k-*'])).toEqual(['2026-10-30-00k-xx1 matched'])
    expect(select(['*-adf'])).toEqual(['2026-11-02-00k-adf matched-done'])
  })

  it('with folders in it means the files below them, not every spec', () => {
    const from = aFolder([
      aSpec({ id: 'a', file: '.chant/specs/a.md' }),
      aSpec({ id: 'b', file: '.chant/specs/web/b.md' }),
      aSpec({ id: 'c', file: '.chant/specs/web/deep/c.md' }),
    ])
    expect(select(['web/*'], { from })).toEqual(['b matched', 'c matched'])
    expect(select(['./.chant/specs/web/?.md'], { from })).toEqual(['b matched'])
    expect(select(['apps/x/.chant/specs/*.md'], { from })).toHaveLength(3)
    expect(select(['api/*'], { from })).toMatch(/^No spec matches "api\/\*"\. There is a, b, c/)
  })

  it('that matches nothing is an error', () => {
    expect(select(['2027-*'])).toMatch(/^No spec matches "2027-\*"\. There is /)
  })

  it('with labels that nothing has is an error', () => {
    expect(select(['*-00k-*'], { labels: ['api'] })).toMatchInlineSnapshot(
      `"None of the specs it names has the label api. Name others, or leave \`labels\` empty."`,
    )
  })

  it.each([
    ['*', 'abc', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[^a]x', 'bx', true],
    ['[]]x', ']x', true],
    ['[a-]x', '-x', true],
    ['a[b', 'a[b', true],
    ['a.c', 'abc', false],
    ['', 'a', false],
    ['**a**', 'a', true],
  ])('%s on %s: %s', (pattern, id, matches) => {
    expect(globMatcher(pattern)(id)).toBe(matches)
  })

  it('never takes long', () => {
    expect(globMatcher(`${'*a'.repeat(50)}b`)('a'.repeat(10_000))).toBe(false)
  })
})
