import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSpecIds, memberOf, parseSpecId } from '../../src/spec/spec-id.ts'
import { runs } from '../random-cases.ts'

const refusal = (name: string): string => {
  const id = parseSpecId(name)
  return id.ok ? 'accepted' : id.error
}

describe('parseSpecId', () => {
  it.each([
    '2026-01-24-01q-snf',
    'x',
    '2026-01-24-01e-o0l.2.1',
    'auth-2026-01-27-001-abc',
    'a_b.c-D',
    'con-fig',
    'company',
    'x'.repeat(100),
  ])('accepts %s', (name) => expect(parseSpecId(name)).toEqual({ ok: true, value: name }))

  it.each([
    '',
    '.',
    '..',
    '../x',
    '-rf',
    'a b',
    'a/b',
    'a\\b',
    '_a',
    '.a',
    'a..b',
    'a.',
    'a.lock',
    'a.LOCK',
    'CON',
    'nul.1',
    'com1',
    'Lpt9.x',
  ])('refuses %j', (name) => expect(parseSpecId(name).ok).toBe(false))

  it.each([
    'é',
    'а',
    'a\u200b',
    'a\n',
    'a\0',
    'x'.repeat(101),
    'x'.repeat(1e6),
    '🚀',
    'a:b',
    'a@{b',
    'a~1',
    '--',
    '...',
  ])('refuses what no path, branch or artifact name can hold (%#)', (name) => expect(parseSpecId(name).ok).toBe(false))

  it('says what to rename the file to', () => {
    expect(refusal('a b')).toBe(
      'spec id "a b" may hold only letters, digits, ".", "_" and "-", and must start with a letter or digit; rename the file, for example to a-b.md',
    )
    expect(refusal('CON')).toContain('rename the file, for example to spec-CON.md')
    expect(refusal('été')).toContain('for example to ete.md')
    expect(refusal('a.lock')).toContain('for example to a.md')
    expect(refusal('..')).toContain('rename the file to a short name of letters and digits')
  })

  it('suggests only names that it accepts, in a message of bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const message = refusal(name)
        const suggestion = /for example to (.+)\.md$/.exec(message)?.[1]
        expect(message.length).toBeLessThan(700)
        if (suggestion !== undefined) expect(parseSpecId(suggestion).ok).toBe(true)
      }),
    )
  })
})

describe('memberOf', () => {
  it('takes the number after the last dot', () => {
    expect(memberOf('x.2')).toEqual({ driver: 'x', number: 2 })
    expect(memberOf('x.2.10')).toEqual({ driver: 'x.2', number: 10 })
    for (const id of ['x', 'x.y', 'x.1a', '.1', 'x.12345678901']) expect(memberOf(id)).toBeUndefined()
  })
})

describe('compareSpecIds', () => {
  it('orders by date, base-36 sequence, driver, member numbers', () => {
    const ordered = [
      '2026-01-24-001-zzz',
      '2026-01-24-00z-aaa',
      '2026-01-24-010-aaa',
      '2026-01-24-010-aaa.1',
      '2026-01-24-010-aaa.2',
      '2026-01-24-010-aaa.2.1',
      '2026-01-24-010-aaa.2.10',
      '2026-01-24-010-aaa.10',
      '2026-01-24-zzz-aaa',
      '2026-01-24-1000-aaa',
      '2026-01-25-001-aaa',
      'auth-2026-01-24-001-abc',
      'b',
      'b.1',
    ]
    expect(ordered.toReversed().sort(compareSpecIds)).toEqual(ordered)
  })

  it('is a total order', () => {
    const id = fc.stringMatching(/^(2026-01-2[0-2]-[01az]{1,3}-a|[ab1-]{1,3})(\.[0-2]{1,2}){0,3}$/)
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(Math.sign(compareSpecIds(a, b))).toBe(-Math.sign(compareSpecIds(b, a)) + 0)
        expect(compareSpecIds(a, b) === 0).toBe(a === b)
        if (compareSpecIds(a, b) <= 0 && compareSpecIds(b, c) <= 0) expect(compareSpecIds(a, c)).toBeLessThanOrEqual(0)
      }),
      { numRuns: runs(1000) },
    )
  })
})
