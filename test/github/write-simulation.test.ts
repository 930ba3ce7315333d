import { describe, expect, it } from 'vitest'
import { GITHUB_LIMITS, sharedBy } from '../../src/github/write-pace.ts'
import { inOne, lives, together } from './worker-lives.ts'
import { busiest, dice, figures, type Outcome, percentile, play, type Story } from './write-simulation.ts'

describe('an hour of writing', () => {
  const within = (outcome: Outcome): void => {
    expect(busiest(outcome.records, 3600)).toBeLessThanOrEqual(500)
    expect(busiest(outcome.records, 60)).toBeLessThanOrEqual(80)
    expect(outcome.left).toBe(0)
    expect([...outcome.shown.values()].filter(({ ended }) => !ended)).toEqual([])
  }
  const tell = (name: string, outcome: Outcome): void => console.log(`${name}: ${figures(outcome)}`)

  it.each([1, 2, 3, 4, 5])('50 workers with a check each (dice %i)', (seed) => {
    const roll = dice(seed)
    const outcome = play(lives({ workers: 50, atOnce: 6, agent: [120, 660] }, roll), {}, roll)
    tell('50 checks', outcome)
    within(outcome)
    expect(outcome.shown.size).toBe(50)
    expect(percentile(outcome.delays, 0.95)).toBeLessThanOrEqual(30)
  })

  it.each([1, 2, 3])('200 workers in one check (dice %i)', (seed) => {
    const roll = dice(seed)
    const outcome = play(inOne(lives({ workers: 200, atOnce: 16, agent: [60, 480] }, roll), 'all'), {}, roll)
    tell('200 in one', outcome)
    within(outcome)
    expect(percentile(outcome.delays, 0.95)).toBeLessThanOrEqual(30)
  })

  it('200 workers in one check, and the comment', () => {
    const roll = dice(7)
    const story = lives({ workers: 200, atOnce: 16, agent: [60, 480] }, roll)
    const outcome = play(together(inOne(story, 'all'), inOne(story, 'comment')), {}, roll)
    tell('200 in one and a comment', outcome)
    within(outcome)
    expect(percentile(outcome.delays, 0.95)).toBeLessThanOrEqual(30)
  })

  it('50 workers at once for three hours, each tried up to three times', () => {
    const roll = dice(11)
    const outcome = play(lives({ workers: 50, atOnce: 50, agent: [2400, 3600], retried: 1 }, roll), {}, roll)
    tell('50 for three hours', outcome)
    within(outcome)
    expect(percentile(outcome.delays, 0.95)).toBeLessThanOrEqual(30)
  })

  it('50 workers whose states change at once', () => {
    const keys = Array.from({ length: 50 }, (_, i) => `worker ${i}`)
    const all = (at: number, kind: 'create' | 'state' | 'final'): Story['happenings'] =>
      keys.map((key) => ({ at, key, kind }))
    const story: Story = {
      happenings: [...all(0, 'create'), ...all(120, 'state'), ...all(300, 'state'), ...all(600, 'final')],
      active: keys.map((key) => ({ key, from: 120, to: 600 })),
    }
    const outcome = play(story, {}, dice(13))
    tell('50 at once', outcome)
    within(outcome)
    expect(percentile(outcome.delays, 1)).toBeLessThanOrEqual(60)
    expect(percentile(outcome.delays, 0.95)).toBeLessThanOrEqual(30)
  })

  it('a GitHub that fails every tenth request and asks for five minutes of silence', () => {
    const roll = dice(17)
    const quiet = { at: 1200, until: 1500 }
    const outcome = play(
      lives({ workers: 50, atOnce: 6, agent: [120, 660] }, roll),
      { failures: 0.1, pause: quiet },
      roll,
    )
    tell('50 checks in bad weather', outcome)
    within(outcome)
    expect(outcome.records.filter(({ at }) => at > quiet.at + 1 && at < quiet.until)).toEqual([])
  })

  it('a third of the limits and as many workers as have a check each', () => {
    const roll = dice(23)
    const outcome = play(
      lives({ workers: 50, atOnce: 6, agent: [120, 660] }, roll),
      { limits: sharedBy(GITHUB_LIMITS, 3) },
      roll,
    )
    tell('a shard of three', outcome)
    within(outcome)
    expect(busiest(outcome.records, 3600)).toBeLessThanOrEqual(167)
  })

  it('a tenth of the limits, as one shard of ten has them', () => {
    const roll = dice(19)
    const outcome = play(
      lives({ workers: 5, atOnce: 2, agent: [120, 660] }, roll),
      { limits: sharedBy(GITHUB_LIMITS, 10) },
      roll,
    )
    tell('a shard of ten', outcome)
    within(outcome)
    expect(busiest(outcome.records, 3600)).toBeLessThanOrEqual(50)
    expect(busiest(outcome.records, 60)).toBeLessThanOrEqual(8)
    expect(percentile(outcome.delays, 0.95)).toBeLessThanOrEqual(30)
  })
})
