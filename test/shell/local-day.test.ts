import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { localDay } from '../../src/shell/local-day.ts'

it('is the day of this machine, not that of UTC', () => {
  expect(localDay(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05')
  const module = join(import.meta.dirname, '../../src/shell/local-day.ts')
  const script = `import { localDay } from ${JSON.stringify(module)}; console.log(localDay(new Date('2026-01-05T20:00:00Z')))`
  const dayIn = (zone: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { TZ: zone },
      encoding: 'utf8',
    }).trim()
  expect(['UTC', 'Asia/Tokyo', 'America/Los_Angeles'].map(dayIn)).toEqual(['2026-01-05', '2026-01-06', '2026-01-05'])
})
