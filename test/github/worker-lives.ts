import type { Happening, Story } from './write-simulation.ts'

export interface Lives {
  readonly workers: number
  readonly atOnce: number
  /** Seconds of an agent, least and most. */
  readonly agent: readonly [number, number]
  /** Part of the attempts that are followed by another one, up to three. */
  readonly retried?: number
}

/** Workers that take turns in `atOnce` slots, with the changes of state that real ones have. Times in seconds. */
export function lives({ workers, atOnce, agent, retried = 0.15 }: Lives, roll: () => number): Story {
  const between = (from: number, to: number): number => from + roll() * (to - from)
  const happenings: Happening[] = []
  const active: { key: string; from: number; to: number }[] = []
  const slots = Array.from({ length: atOnce }, () => 0)
  for (let i = 0; i < workers; i++) {
    const key = `worker ${i}`
    const slot = slots.indexOf(Math.min(...slots))
    let at = slots[slot] ?? 0
    const then = (seconds: number, kind: Happening['kind']): void => {
      at += seconds
      happenings.push({ at, key, kind })
    }
    happenings.push({ at: 0, key, kind: 'create' })
    then(0.2, 'state') // preparing
    const from = at
    for (let attempt = 1; attempt === 1 || (attempt <= 3 && roll() < retried); attempt++) {
      then(between(0.5, 3), 'state') // running
      at += between(...agent)
    }
    then(0, 'state') // verifying
    then(between(0.2, 20), 'state') // finalizing
    then(between(0.2, 3), 'final')
    active.push({ key, from, to: at })
    slots[slot] = at
  }
  return { happenings, active }
}

/** The same lives, all told by one key that ends with the last of them. */
export function inOne({ happenings, active }: Story, key: string): Story {
  const end = Math.max(...happenings.map(({ at }) => at))
  return {
    happenings: [
      { at: 0, key, kind: 'create' },
      ...happenings.filter(({ kind }) => kind !== 'create').map(({ at }) => ({ at, key, kind: 'state' as const })),
      { at: end + 0.5, key, kind: 'final' },
    ],
    active: active.map(({ from, to }) => ({ key, from, to })),
  }
}

export const together = (...stories: readonly Story[]): Story => ({
  happenings: stories.flatMap(({ happenings }) => happenings),
  active: stories.flatMap(({ active }) => active),
})
