import { describe, expect, it } from 'vitest'
import { judgeEnd } from '../../src/agent/judge.ts'
import { NOTHING_SEEN } from '../../src/agent/seen.ts'
import type { Exit } from '../../src/board/event.ts'

const code = (code: number): Exit => ({ type: 'code', code })
const told = (...args: Parameters<typeof judgeEnd>) => {
  const judgement = judgeEnd(...args)
  return judgement.type === 'success' ? 'success' : `${judgement.reason}: ${judgement.message}`
}

describe('judgeEnd', () => {
  it('wants the agent’s own word and exit code 0', () => {
    const done = { ...NOTHING_SEEN, result: { ok: true, message: 'Done' } } as const
    expect(told(done, code(0), '')).toBe('success')
    expect(told(done, code(1), '')).toBe('crash: It said that it was done, then exited with code 1')
    expect(told(NOTHING_SEEN, code(0), '')).toBe('no-result: It exited with code 0 and never said that it was done')
    expect(told(done, { type: 'unknown' }, '')).toBe(
      'crash: It said that it was done, then ended in a way nobody could tell',
    )
  })

  it('asks the last tries of one that says nothing, then its exit code, then the end of its stderr', () => {
    const retry = { type: 'retry', reason: 'overloaded', status: 529, delayMs: 500 } as const
    expect(told({ ...NOTHING_SEEN, retry }, code(1), '')).toBe(
      'overloaded: It exited with code 1 while it tried a request again that was answered with status 529',
    )
    expect(told(NOTHING_SEEN, code(41), 'Pick a login\n', { 41: 'auth' })).toBe('auth: Pick a login')
    expect(told(NOTHING_SEEN, code(1), 'warning\nNot logged in\n\n')).toBe('auth: Not logged in')
    expect(told(NOTHING_SEEN, code(1), '')).toBe('crash: It exited with code 1')
  })

  it('does not take for a reason what an agent’s commands printed long before', () => {
    expect(told(NOTHING_SEEN, code(1), `429 Too Many Requests\n${'ok\n'.repeat(5)}`)).toBe('crash: ok')
    expect(told(NOTHING_SEEN, code(143), 'connection refused\n')).toBe('crash: It exited with code 143')
  })
})
