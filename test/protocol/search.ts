import { wrongAtEnd, wrongNow } from './invariants.ts'
import { Journals } from './journal.ts'
import { Eyes } from './machine.ts'
import { type Rules, startMain } from './main-steps.ts'
import { isOver } from './recovery-steps.ts'
import { Seen } from './seen.ts'
import type { Protocol, Setting, World } from './world.ts'
import { moves } from './world-steps.ts'

export interface Searched {
  /** Worlds that can be reached, each counted once. */
  readonly worlds: number
  readonly moves: number
  /** Worlds in which everybody is done. */
  readonly ends: number
  /** The first thing that must never be, and a shortest way to it. */
  readonly violation?: { readonly what: string; readonly way: readonly string[] }
}

/** Tries every order of everything, breadth first, and stops at the first world that must not be. */
export function search(setting: Setting, protocol: Protocol): Searched {
  const truth = new Eyes(setting, true)
  const eyes = protocol.identity ? truth : new Eyes(setting, false)
  const rules: Rules = { setting, protocol, journals: new Journals(), eyes, truth }
  const first = firstWorld(rules)
  const seen = new Seen()
  seen.add(first)
  const queue: Reached[] = [{ world: first, name: 'start' }]
  let taken = 0
  let ends = 0
  const stop = (what: string, way: readonly string[]): Searched => ({
    worlds: seen.size,
    moves: taken,
    ends,
    violation: { what, way },
  })
  for (const reached of queue) {
    const { world } = reached
    const over = isEnd(world)
    if (over) ends += 1
    const wrong = wrongNow(world, rules) ?? (over ? wrongAtEnd(world, rules) : undefined)
    if (wrong) return stop(wrong, wayTo(reached))
    let onward = 0
    for (const move of moves(world, rules)) {
      onward += 1
      taken += 1
      if (move.wrong) return stop(move.wrong, [...wayTo(reached), move.name])
      if (seen.add(move.world)) queue.push({ world: move.world, name: move.name, from: reached })
    }
    if (onward === 0 && !over) return stop(wrongAtEnd(world, rules) ?? 'nobody can go on', wayTo(reached))
  }
  return { worlds: seen.size, moves: taken, ends }
}

interface Reached {
  readonly world: World
  readonly name: string
  readonly from?: Reached
}

function wayTo(reached: Reached): readonly string[] {
  const names: string[] = []
  for (let at: Reached | undefined = reached; at?.from; at = at.from) names.unshift(at.name)
  return names
}

const firstWorld = ({ setting, journals }: Rules): World => ({
  agents: ['none', 'none'],
  children: [false, false],
  forked: [false, false],
  stranger: 0,
  journal: journals.empty,
  files: [0, 0],
  lock: undefined,
  main: startMain(setting),
  post: undefined,
  next: undefined,
  budget: setting.budget,
})

/** Nobody of ours is at work and nothing is left to recover. A gate that has still to read its end is given the time. */
const isEnd = (world: World): boolean =>
  isOver(world) && !world.post && !world.next && !world.agents.includes('waiting')
