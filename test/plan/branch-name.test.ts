import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchName } from '../../src/plan/branch-name.ts'
import { runs } from '../random-cases.ts'

describe('branchName', () => {
  it.each(['chant/', '', 'chant-', 'team/chant/', 'ünï/'])('takes the prefix %j', (prefix) => {
    expect(branchName(prefix, 'x.1')).toEqual({ ok: true, value: `${prefix}x.1` })
  })

  it.each([
    '/',
    'a//',
    '-',
    '.a/',
    'a/.',
    'a..',
    'a b/',
    'a~',
    'a:b/',
    'a\\',
    'a.lock/',
    '@{',
    'refs/heads/',
    'a\n',
    `${'a'.repeat(200)}`,
  ])('refuses the prefix %j', (prefix) => {
    expect(branchName(prefix, 'x')).toMatchObject({ ok: false })
  })

  it('says what is wrong', () => {
    expect(branchName('my work/', 'x')).toMatchInlineSnapshot(`
      {
        "error": ""my work/" makes the branch "my work/x", and git refuses " " in a branch name.",
        "ok": false,
      }
    `)
  })

  it('never allows what git refuses', () => {
    const risky = fc.string({
      unit: fc.constantFrom('a', '/', '.', '-', '@', '{', '~', ' ', '.lock', '\\', '*', '\u007f'),
      maxLength: 6,
    })
    fc.assert(
      fc.property(risky, (prefix) => {
        const name = branchName(prefix, 'x')
        if (name.ok) execFileSync('git', ['check-ref-format', '--branch', name.value], { stdio: 'pipe' })
      }),
      { numRuns: runs(200) },
    )
  })
})
