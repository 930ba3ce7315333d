import { expect, it } from 'vitest'
import { judgeAttempt } from '../../src/work/judge-attempt.ts'

it('takes the time of a reset by the clock that told it, on a machine that slept an hour', () => {
  const HOUR = 3_600_000
  const now = { wall: 10 * HOUR, steady: 9 * HOUR }
  const ended = { type: 'ended', exit: { type: 'code', code: 1 }, stdout: [] } as const
  const limits = { timeoutMinutes: 60, stallMinutes: 15 }
  const given = { model: { name: undefined } }
  const failure = { type: 'failure', reason: 'rate-limit', message: '429' } as const
  const told = { ...failure, retryAfterMs: undefined, resetsAt: now.wall + 30_000 }
  expect(judgeAttempt(ended, told, limits, now, given)).toMatchObject({ failure: { resetsAt: now.steady + 30_000 } })
  const asked = { ...failure, retryAfterMs: 5000, resetsAt: undefined }
  expect(judgeAttempt(ended, asked, limits, now, given)).toMatchObject({ failure: { resetsAt: now.steady + 5000 } })
  const unknown = { ...failure, retryAfterMs: undefined, resetsAt: undefined }
  expect(judgeAttempt(ended, unknown, limits, now, given)).not.toHaveProperty('failure.resetsAt')
})
