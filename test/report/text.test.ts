import { expect, it } from 'vitest'
import { clock, clockAhead, count, duration } from '../../src/report/durations.ts'
import { shortIds } from '../../src/report/short-ids.ts'
import { clip, sentence } from '../../src/report/visible.ts'

it('says durations as people do', () => {
  const cases = [0, 40, 420, 949, 950, 42_000, 59_600, 60_000, 296_000, 3_599_400, 3_599_600, 3_720_000, -5, Number.NaN]
  expect(cases.map(duration)).toEqual([
    '0.0s',
    '0.0s',
    '0.4s',
    '0.9s',
    '1s',
    '42s',
    '1m 00s',
    '1m 00s',
    '4m 56s',
    '59m 59s',
    '1h 00m',
    '1h 02m',
    '0.0s',
    '0.0s',
  ])
  expect(clock(Date.parse('2026-11-02T10:31:02.999Z'))).toBe('10:31:02')
  expect([count(1, 'commit'), count(2, 'process', 'processes')]).toEqual(['1 commit', '2 processes'])
})

it('tells a time to come to the nearest second: between two clocks it may lose a millisecond', () => {
  expect(clockAhead(Date.parse('2026-11-02T10:31:02.999Z'))).toBe('10:31:03')
  expect(clockAhead(Date.parse('2026-11-02T10:31:03.001Z'))).toBe('10:31:03')
  expect(clockAhead(Date.parse('2026-11-02T23:59:59.999Z'))).toBe('00:00:00')
  expect(clockAhead(Number.NaN)).toBe('--:--:--')
})

it('drops the date of an id while the rest is unique', () => {
  const short = shortIds([
    '2026-11-02-00k-adf',
    '2026-11-02-00k-xx1',
    '2026-10-30-00k-xx1',
    'plain',
    '2026-11-02-01q-snf.1',
  ])
  expect(short('2026-11-02-00k-adf')).toBe('00k-adf')
  expect(short('2026-11-02-00k-xx1')).toBe('2026-11-02-00k-xx1')
  expect(short('2026-11-02-01q-snf.1')).toBe('01q-snf.1')
  expect(short('plain')).toBe('plain')
  expect(short('2026-01-01-unknown')).toBe('2026-01-01-unknown')
  expect(shortIds(['2026-11-02-a', 'a'])('2026-11-02-a')).toBe('2026-11-02-a')
})

it('cuts at a character, and ends sentences', () => {
  expect(clip('ab😀cd', 4)).toBe('ab…')
  expect(clip('abcd', 4)).toBe('abcd')
  expect([sentence('It failed'), sentence('Why?'), sentence('a\nb'), sentence('')]).toEqual([
    'It failed.',
    'Why?',
    'a b.',
    '',
  ])
})
