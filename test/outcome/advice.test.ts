import { expect, it } from 'vitest'
import { advice, headline } from '../../src/outcome/advice.ts'
import { CRITERIA_UNCHECKED } from '../report/board-fixture.ts'

it('says in a few words what happened', () => {
  expect(headline(CRITERIA_UNCHECKED)).toBe('1 of 4 criteria open')
  expect(headline({ type: 'exit-non-zero', code: 2, message: '' })).toBe('exit code 2')
  expect(headline({ type: 'dependency-failed', needs: ['a', 'b'], message: '' })).toBe('needs a, b')
})

it('knows the exit codes that mean the same in every shell', () => {
  const of = (code: number): string => advice({ type: 'exit-non-zero', code, message: '' })
  expect(of(127)).toContain('not found')
  expect(of(126)).toContain('executable')
  expect(of(137)).toContain('memory')
  expect(of(1)).toContain('log')
})

it('speaks of an agent only where one was started', () => {
  const left = { type: 'worktree-error', message: '' } as const
  expect([headline(left), advice(left)]).toMatchInlineSnapshot(`
    [
      "worktree not as we made it",
      "Nothing was removed: look at the branch and the log. The agent may have switched, moved or rewritten its branch.",
    ]
  `)
  const neverMade = { ...left, stage: 'preparing' } as const
  expect([headline(neverMade), advice(neverMade)]).toMatchInlineSnapshot(`
    [
      "worktree could not be made",
      "No agent was started. Remove what is in the way, then run the spec again.",
    ]
  `)
})

it('has none after success', () => {
  expect(advice({ type: 'completed', message: '' })).toBe('')
})
