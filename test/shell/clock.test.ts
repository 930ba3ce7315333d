import { afterEach, expect, test, vi } from 'vitest'
import { onTheWall, steadyNow } from '../../src/shell/clock.ts'

afterEach(() => void vi.useRealTimers())

test('a moment is told as the machine’s clock has it, however that was set meanwhile', () => {
  const inAnHour = steadyNow() + 3_600_000
  for (const jump of [-7_200_000, 7_200_000]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jump })
    // Less the time since it was asked, for here the machine's clock stands.
    expect(Math.abs(onTheWall(inAnHour) - Date.now() - 3_600_000)).toBeLessThan(60_000)
    vi.useRealTimers()
  }
})
